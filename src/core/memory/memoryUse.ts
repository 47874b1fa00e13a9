import type { FolderIndex } from '../indexing/folderIndex.ts';
import type { Platform, VectorIndex } from '../ports.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import type { MemoryUse } from './memoryGovernor.ts';

export interface MemoryHolders {
  readonly platform: Pick<Platform, 'memory'>;
  readonly folders: Iterable<FolderIndex>;
  readonly provider: EmbeddingProvider | undefined;
}

/** Measures what the engine holds: live JavaScript heap and what lies outside of it, in WebAssembly as well. */
export async function memoryUse({ platform, folders, provider }: MemoryHolders): Promise<MemoryUse> {
  const { liveHeapBytes, heapLimitBytes, externalBytes } = platform.memory();
  let indexBytesHere = provider?.memoryBytes ?? 0;
  let bytesElsewhere = 0;
  for (const folder of folders) {
    indexBytesHere += folder.catalogue.postings.memoryBytes;
    for (const index of folder.vectorIndexes) {
      const { bytes, bytesHere } = await vectorBytes(index);
      indexBytesHere += bytesHere;
      bytesElsewhere += bytes - bytesHere;
    }
  }
  const here = liveHeapBytes + externalBytes;
  return {
    workingBytes: Math.max(0, here - indexBytesHere),
    totalBytes: here + bytesElsewhere,
    heapShare: liveHeapBytes / heapLimitBytes,
  };
}

/** WebAssembly memory of an index; none of one that cannot be asked. */
export async function vectorBytes(index: VectorIndex): Promise<{ bytes: number; bytesHere: number }> {
  try {
    return await index.stats();
  } catch {
    // Closed, or its thread has died, which the index itself reports: it holds nothing any more.
    return { bytes: 0, bytesHere: 0 };
  }
}

import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { vectorBytes } from '../memory/memoryUse.ts';
import type { Metrics, Platform, VectorIndex } from '../ports.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import { counts } from '../store/report.ts';

export interface GaugedParts {
  readonly platform: Platform;
  readonly folders: Iterable<FolderIndex>;
  readonly cache: EmbeddingCache | undefined;
  readonly provider: EmbeddingProvider | undefined;
}

/** Reads the memory of each part and the length of each queue. */
export async function gaugeEngine(
  metrics: Metrics,
  { platform, folders, cache, provider }: GaugedParts,
): Promise<void> {
  const { rssBytes, heapBytes, buffersBytes } = platform.memory();
  metrics.gauge('engineRssBytes', rssBytes);
  metrics.gauge('jsHeapBytes', heapBytes);
  metrics.gauge('jsBuffersBytes', buffersBytes);
  metrics.gauge('parserRssBytes', platform.chunker.memoryBytes());
  provider?.updateGauges();
  let wasmBytes = provider?.memoryBytes ?? 0;
  let sqliteBytes = cache?.memoryBytes ?? 0;
  let queueFiles = 0;
  let queueChunks = 0;
  const indexes: VectorIndex[] = [];
  for (const { catalogue, answering, vectorIndexes } of folders) {
    indexes.push(...vectorIndexes);
    sqliteBytes += catalogue.database.memoryBytes();
    queueFiles += counts(catalogue.database, undefined).pending;
    if (answering !== undefined) queueChunks += catalogue.ledger.countPendingChunks(answering.tier.spaceRow);
  }
  for (const index of indexes) wasmBytes += (await vectorBytes(index)).bytes;
  metrics.gauge('wasmBytes', wasmBytes);
  metrics.gauge('sqliteCacheBytes', sqliteBytes);
  metrics.gauge('queueFiles', queueFiles);
  metrics.gauge('queueChunks', queueChunks);
}

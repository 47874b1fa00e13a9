import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import type { Metrics, Platform } from '../ports.ts';
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
  for (const { catalogue, answering } of folders) {
    wasmBytes += (await answering?.tier.index?.stats())?.bytes ?? 0;
    sqliteBytes += catalogue.database.memoryBytes();
    queueFiles += counts(catalogue.database, undefined).pending;
    if (answering !== undefined) queueChunks += catalogue.ledger.countPendingChunks(answering.tier.spaceRow);
  }
  metrics.gauge('wasmBytes', wasmBytes);
  metrics.gauge('sqliteCacheBytes', sqliteBytes);
  metrics.gauge('queueFiles', queueFiles);
  metrics.gauge('queueChunks', queueChunks);
}

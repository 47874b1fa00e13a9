import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Fetch, Logger, Platform } from '../core/ports.ts';
import { ShardedVectorIndex } from '../core/vector/vectorIndex.ts';
import { runBenchmark } from './benchmark/benchmark.ts';
import { createKernelLoader } from './kernelLoader.ts';
import { liveHeapBytes } from './liveHeap.ts';
import { createModelLoader } from './modelLoader.ts';
import { nodeClock } from './nodeClock.ts';
import { NodeFileSystem } from './nodeFileSystem.ts';
import { nodeHasher } from './nodeHasher.ts';
import { createNodeHistogram } from './nodeHistogram.ts';
import { NodeStorage } from './nodeStorage.ts';
import { ParsePool } from './parsePool.ts';
import { startProfile } from './profiler.ts';
import { createShardFactory } from './shardThreads.ts';

export interface NodePlatformOptions {
  /** Directory of `grammars/`, `kernel.wasm`, `embed.wasm`, `model.bin`; absent = run from source: grammars from node_modules. */
  readonly assetsDir?: string;
  /** Entry of the parse process. */
  readonly parserPath: string;
  /** Entry of the thread of a part of a large vector index; absent = no such threads. */
  readonly shardPath?: string;
  readonly fetch: Fetch;
  readonly logger: Logger;
}

/** Everything the engine needs, on Node. */
export function createNodePlatform({ assetsDir, parserPath, shardPath, fetch, logger }: NodePlatformOptions): Platform {
  const storage = new NodeStorage();
  const mediaDir = assetsDir ?? join(import.meta.dirname, '../../media');
  const kernelPath = join(mediaDir, 'kernel.wasm');
  const createShard = createShardFactory(
    { loadKernel: createKernelLoader(kernelPath), storage, clock: nodeClock, logger },
    { threadPath: shardPath, kernelPath },
  );
  const platform: Platform = {
    clock: nodeClock,
    logger,
    fileSystem: new NodeFileSystem(),
    hasher: nodeHasher,
    storage,
    chunker: new ParsePool({ parserPath, parser: assetsDir === undefined ? {} : { assetsDir }, logger }),
    vectorIndexes: {
      open: async (options) => ShardedVectorIndex.open(options, { createShard, storage, clock: nodeClock }),
    },
    loadModel: createModelLoader(mediaDir),
    fetch,
    createHistogram: createNodeHistogram,
    memory: () => {
      const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
      return {
        rssBytes: rss,
        heapBytes: heapUsed,
        liveHeapBytes: liveHeapBytes(heapUsed),
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        externalBytes: external,
        buffersBytes: arrayBuffers,
      };
    },
    benchmark: async (options) => runBenchmark(platform, options),
    startProfile,
  };
  return platform;
}

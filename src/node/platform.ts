import { join } from 'node:path';
import type { Fetch, Logger, Platform } from '../core/ports.ts';
import { ShardedVectorIndex } from '../core/vector/vectorIndex.ts';
import { createKernelLoader } from './kernelLoader.ts';
import { nodeClock } from './nodeClock.ts';
import { NodeFileSystem } from './nodeFileSystem.ts';
import { nodeHasher } from './nodeHasher.ts';
import { createNodeHistogram } from './nodeHistogram.ts';
import { NodeStorage } from './nodeStorage.ts';
import { ParsePool } from './parsePool.ts';
import { createShardFactory } from './shardThreads.ts';

export interface NodePlatformOptions {
  /** Directory that holds `grammars/` and `kernel.wasm`; absent = grammars are taken from node_modules (run from source). */
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
  const kernelPath = join(assetsDir ?? join(import.meta.dirname, '../../media'), 'kernel.wasm');
  const createShard = createShardFactory(
    { loadKernel: createKernelLoader(kernelPath), storage, clock: nodeClock, logger },
    { threadPath: shardPath, kernelPath },
  );
  return {
    clock: nodeClock,
    logger,
    fileSystem: new NodeFileSystem(),
    hasher: nodeHasher,
    storage,
    chunker: new ParsePool({ parserPath, parser: assetsDir === undefined ? {} : { assetsDir }, logger }),
    vectorIndexes: { open: async (options) => ShardedVectorIndex.open(options, { createShard, storage }) },
    fetch,
    createHistogram: createNodeHistogram,
    memory: () => {
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
    },
  };
}

import { createVectorIndexFactory } from '../core/vector/vectorIndexFactory.ts';
import type { Fetch, Logger, Platform } from '../core/ports.ts';
import { openHnswGraph } from './hnswLoader.ts';
import { nodeClock } from './nodeClock.ts';
import { NodeFileSystem } from './nodeFileSystem.ts';
import { nodeHasher } from './nodeHasher.ts';
import { createNodeHistogram } from './nodeHistogram.ts';
import { NodeStorage } from './nodeStorage.ts';
import { ParsePool } from './parsePool.ts';

export interface NodePlatformOptions {
  /** Directory that holds `grammars/`; absent = grammars are taken from node_modules (run from source). */
  readonly assetsDir?: string;
  /** Entry of the parse process. */
  readonly parserPath: string;
  readonly fetch: Fetch;
  readonly logger: Logger;
}

/** Everything the engine needs, on Node. */
export function createNodePlatform({ assetsDir, parserPath, fetch, logger }: NodePlatformOptions): Platform {
  return {
    clock: nodeClock,
    logger,
    fileSystem: new NodeFileSystem(),
    hasher: nodeHasher,
    storage: new NodeStorage(),
    chunker: new ParsePool({ parserPath, parser: assetsDir === undefined ? {} : { assetsDir }, logger }),
    vectorIndexes: createVectorIndexFactory({ openGraph: openHnswGraph, clock: nodeClock, logger }),
    fetch,
    createHistogram: createNodeHistogram,
    memory: () => {
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
    },
  };
}

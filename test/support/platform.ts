import { join } from 'node:path';
import { after } from 'mocha';
import type { Memory, Platform } from '../../src/core/ports.ts';
import { createNodePlatform } from '../../src/node/platform.ts';
import { syntheticModel } from './syntheticModel.ts';

/** The engine under test does not answer for what other tests of the process hold. */
const memory: Memory = {
  ...{
    rssBytes: 200e6,
    heapBytes: 50e6,
    liveHeapBytes: 30e6,
    heapLimitBytes: 2e9,
    externalBytes: 60e6,
    buffersBytes: 20e6,
  },
};

let shared: Platform | undefined;

/**
 * The real platform, run from source: parse processes run src/parser, grammars come from node_modules. The processes are
 * shared by all tests of a run (starting one costs half a second) and end with it. The embedded model is a small one whose
 * vectors only know equal words.
 */
export function createTestPlatform(): Platform {
  shared ??= createNodePlatform({
    parserPath: join(import.meta.dirname, '../../src/parser/main.ts'),
    fetch: async (url, init) => fetch(url, init),
    logger: { log: () => undefined },
  });
  const { chunker } = shared;
  return {
    ...shared,
    memory: () => memory,
    loadModel: async () => Promise.resolve(syntheticModel()),
    chunker: {
      chunk: async (request, signal) => chunker.chunk(request, signal),
      configure: (config, metrics) => chunker.configure(config, metrics),
      closeDocument: (documentKey) => chunker.closeDocument(documentKey),
      parallelism: chunker.parallelism,
      memoryBytes: () => chunker.memoryBytes(),
      trimMemory: () => chunker.trimMemory(),
      dispose: async () => undefined,
    },
  };
}

after(async () => shared?.chunker.dispose());

import { ExactIndex } from '../../src/core/vector/exactIndex.ts';
import { createVectorIndexFactory } from '../../src/core/vector/vectorIndexFactory.ts';
import type { VectorIndex, VectorIndexFactory } from '../../src/core/ports.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import { openHnswGraph } from '../../src/node/hnswLoader.ts';

/** Small enough that a test's few thousand rows fill several graphs. */
export const segmentRows = 1500;

/** Every implementation of the port, under the name its tests show. */
export const vectorIndexFactories: Readonly<Record<string, VectorIndexFactory>> = {
  'the exact index': {
    create: async (options) => new ExactIndex(options),
    load: async (options, image) => {
      const index = new ExactIndex(options);
      index.restore(image);
      return index;
    },
  },
  'the HNSW index': createVectorIndexFactory({
    openGraph: openHnswGraph,
    clock: nodeClock,
    logger: {
      log: ({ message, fields }) => {
        throw new Error(`${message}: ${JSON.stringify(fields)}`);
      },
    },
    segmentRows,
  }),
};

/** Does all the work the index has for its idle time. */
export async function settle(index: VectorIndex): Promise<void> {
  while (index.maintain(50)) await nodeClock.yield();
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

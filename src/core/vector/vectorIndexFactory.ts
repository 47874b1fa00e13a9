import type { VectorIndexFactory } from '../ports.ts';
import { HnswIndex, type HnswIndexSurroundings } from './hnswIndex.ts';

/** Indexes that compare exactly while they are small and build graphs as they grow; WASM is loaded with the first graph. */
export function createVectorIndexFactory(surroundings: HnswIndexSurroundings): VectorIndexFactory {
  return {
    create: async (options) => new HnswIndex(options, surroundings),
    load: async (options, image) => {
      const index = new HnswIndex(options, surroundings);
      index.restore(image);
      return index;
    },
  };
}

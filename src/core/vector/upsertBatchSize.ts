/**
 * Vectors added at a time: about a megabyte of 32-bit floats, and 10 to 1,000 of them (seed, "Vector Backend Optimization").
 * Between two batches searches get their turn.
 */
export function upsertBatchSize(dimensions: number): number {
  return Math.max(10, Math.min(1_000, Math.floor(1_048_576 / (dimensions * Float32Array.BYTES_PER_ELEMENT))));
}

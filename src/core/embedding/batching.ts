/** Upper bounds of one request. */
export interface BatchBounds {
  readonly maxBatchInputs: number;
  readonly maxBatchTokens: number;
}

/**
 * How many of the next inputs go into one request: as many as fit both bounds, in order, at least one (an input that is
 * too heavy alone goes alone).
 */
export function countForBatch(weights: Iterable<number>, bounds: BatchBounds): number {
  let inputs = 0;
  let tokens = 0;
  for (const weight of weights) {
    if (inputs > 0 && (inputs >= bounds.maxBatchInputs || tokens + weight > bounds.maxBatchTokens)) break;
    inputs++;
    tokens += weight;
  }
  return inputs;
}

/**
 * Whether weights that are upper bounds (bytes) would make batches smaller than exact token counts could: then, and only
 * then, counting is worth loading the tokenizer.
 */
export function needsExactWeights(upperBounds: readonly number[], bounds: BatchBounds): boolean {
  let start = 0;
  while (start < upperBounds.length) {
    const taken = countForBatch(upperBounds.slice(start, start + bounds.maxBatchInputs), bounds);
    if (taken < Math.min(bounds.maxBatchInputs, upperBounds.length - start)) return true;
    start += taken;
  }
  return false;
}

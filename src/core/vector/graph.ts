/** An HNSW graph over rows numbered 0, 1, … in the order they were added; filled once, then only searched. */
export interface Graph {
  readonly count: number;
  /** Copies the vector (unit length) in. At most {@link GraphOptions.capacity} times. */
  add(vector: Float32Array): void;
  /** Approximately the k nearest rows for which `accept` (which must not throw) is true, in any order. */
  search(query: Float32Array, k: number, ef: number, accept?: (row: number) => boolean): readonly number[];
  /**
   * Where the graph keeps its vectors: row `i` starts at `heap[base + i * stride]`, so they need no second copy.
   * Asked for when filling is over, with two rows at least; the heap is to be asked for again after each search.
   */
  rows(): { readonly heap: Float32Array; readonly base: number; readonly stride: number };
  /** Memory the graph holds. */
  readonly bytes: number;
  dispose(): void;
}

export interface GraphOptions {
  readonly dimensions: number;
  readonly capacity: number;
  readonly m: number;
  readonly efConstruction: number;
}

export type OpenGraph = (options: GraphOptions) => Promise<Graph>;

/** Links per node: 16 up to 384 dimensions, 32 up to 768, 48 above (the product's performance guidelines). */
export function defaultM(dimensions: number): number {
  if (dimensions <= 384) return 16;
  return dimensions <= 768 ? 32 : 48;
}

/** Candidates per insertion: 200, and 50 more per hundred dimensions, up to 800 (the product's performance guidelines). */
export function defaultEfConstruction(dimensions: number): number {
  return Math.min(200 + Math.floor(dimensions / 100) * 50, 800);
}

/** Candidates per search for k hits: four times k up to 200 (the product's performance guidelines), never below k. */
export function defaultEf(k: number): number {
  return Math.max(k, Math.min(4 * k, 200));
}

import type { VectorEngine } from '../../protocol/config.ts';
import type { ShardStats } from '../../protocol/vectorStats.ts';

/** What all shards of an index have in common. Can be cloned. */
export interface ShardOptions {
  readonly spaceId: string;
  readonly dimensions: number;
  readonly prefixDimensions: number;
  readonly m: number;
  readonly efConstruction: number;
  readonly engine: VectorEngine;
  readonly maxBytes: number;
}

export interface ShardQuery {
  /** Float32Array(dimensions), any length but zero. */
  readonly query: Float32Array;
  /** Hits wanted, 1..8,192. */
  readonly limit: number;
  /** Candidates of a walk through the graph. */
  readonly ef: number;
  /** Ids that may be found; absent: all. */
  readonly allowed?: Float64Array;
  /** Compare the codes of all rows. */
  readonly exact: boolean;
  /** How many times as wide as calibrated the filter has to be at least; 1 when left out. */
  readonly effort?: number;
}

/** The best rows of one shard by their codes, best first. */
export interface ShardHits {
  readonly ids: Float64Array;
  readonly scores: Float32Array;
  /** How far each score can be from the cosine of the vectors themselves. */
  readonly errors: Float32Array;
  /** The largest such error of any row, found or not. */
  readonly maxError: number;
}

/**
 * One shard, in this thread or another. Calls are carried out in the order they are made. Each rejects with AppError:
 * `VectorNotFinite`, `VectorCapacity`, and what the storage reports.
 */
export interface ShardApi {
  /** Opens the image at `path`; false: there is none, or it is not usable (the second is logged) and the shard is empty. */
  open(
    options: ShardOptions,
    path: string | undefined,
  ): Promise<{ readonly restored: boolean; readonly count: number }>;
  /** Adds or replaces; `vectors` holds one row after the other. The number of rows after it. */
  add(ids: Float64Array, vectors: Float32Array): Promise<number>;
  /** The number of rows after it. */
  remove(ids: Float64Array): Promise<number>;
  /** The unit vector as its codes have it; undefined: unknown id. */
  get(id: number): Promise<Float32Array | undefined>;
  ids(): Promise<Float64Array>;
  search(query: ShardQuery): Promise<ShardHits>;
  setEngine(engine: VectorEngine): Promise<void>;
  /** Begins to build anew what changes have worn: graph, calibration. False: there is nothing of that kind. */
  rebuild(): Promise<boolean>;
  /** Writes the image at `path` when anything changed since the last one. */
  save(path: string): Promise<void>;
  /** Resolves when there is nothing left to measure, build or tidy. */
  settle(): Promise<void>;
  stats(): Promise<ShardStats>;
  dispose(): Promise<void>;
}

export const shardMethods = [
  'open',
  'add',
  'remove',
  'get',
  'ids',
  'search',
  'setEngine',
  'rebuild',
  'save',
  'settle',
  'stats',
  'dispose',
] as const satisfies readonly (keyof ShardApi)[];

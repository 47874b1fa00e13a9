import type { VectorEngine } from './config.ts';

/** The state of one part of a vector index, for the performance panel and `stats`. */
export interface ShardStats {
  /** Vectors. */
  readonly count: number;
  /** WebAssembly memory. */
  readonly bytes: number;
  /** In the thread of the engine. */
  readonly isHere: boolean;
  /** Of the vectors, in the graph. */
  readonly graphed: number;
  /** Removed vectors the graph still passes through. */
  readonly ghosts: number;
  /** Changes the part has seen. */
  readonly sequence: number;
  /** How the last search went: all codes compared, those that passed the sign filter, or a walk through the graph. */
  readonly way: 'flat' | 'scan' | 'graph';
  /**
   * Why there is a graph or none. `setting`: the setting says so. `small`: too few vectors for one. `measuring`: not known
   * yet. `scanIsFast`: a graph would save too little. `graphPays`: it saves enough. `graphBuilding`: it is being built.
   */
  readonly plan: 'setting' | 'small' | 'measuring' | 'scanIsFast' | 'graphPays' | 'graphBuilding';
  /** The scan's filter as calibrated to these vectors. */
  readonly filter?: {
    /** Rows it lets through for the ten best hits. 0: the filter does not do for these vectors, all codes are compared. */
    readonly wanted: number;
    /** Recall@10 of the filter alone over a sample: of the ten best by codes, the share it let through. */
    readonly recall: number;
  };
  /** Milliseconds of one search over all vectors of the part, measured on this machine; of a walk, an estimate. */
  readonly costs?: { readonly scanMs: number; readonly walkMs: number };
}

/** What was done about a recall below its goal, or well above it. */
export type RecallAction = 'none' | 'raisedEffort' | 'loweredEffort' | 'rebuilt';

/** How complete the answers of a vector index are: the last check against comparing all vectors. */
export interface RecallStats {
  /** Recall@10, 0..1: of the ten nearest by comparing all, the share that a search for ten finds. Mean over the samples. */
  readonly at10: number;
  /** Stored vectors that were searched for, each found among its own ten. */
  readonly samples: number;
  /** What {@link at10} should be at least, 0..1. */
  readonly goal: number;
  /** Epoch ms. */
  readonly at: number;
  /** How long it took, tuning and building anew included. */
  readonly ms: number;
  /**
   * How many times as much as by default searches look at since then: candidates of a walk, width of the sign filter. 1..130;
   * at the end of the range they compare all vectors.
   */
  readonly effort: number;
  /** `rebuilt`: changes had worn the graph or outdated the filter's calibration, and both were made anew. */
  readonly action: RecallAction;
}

/** A vector index as a whole. */
export interface VectorIndexStats {
  readonly engine: VectorEngine;
  readonly count: number;
  readonly dimensions: number;
  /** WebAssembly memory of all shards. */
  readonly bytes: number;
  /** Of that, in the thread of the engine. */
  readonly bytesHere: number;
  readonly m: number;
  readonly efConstruction: number;
  readonly shards: readonly ShardStats[];
  /** Undefined until it is checked for the first time. */
  readonly recall?: RecallStats;
}

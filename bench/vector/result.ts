import type { DataKind } from './data/dataSet.ts';

/** What was measured of one engine on one data set. */
export interface EngineResult {
  readonly engine: string;
  readonly n: number;
  readonly dim: number;
  readonly data: DataKind;
  /** Rows per second of adding and settling together: with a graph, the graph is finished. Without one, of adding alone. */
  readonly addsPerSecond: number;
  /** Settling: building the graph; of a scan, calibrating its filter in the background. */
  readonly settleMs: number;
  /** Latencies of single queries, all rounds together. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Per round, to see how steady the machine was. */
  readonly p50MsOfRounds: readonly number[];
  readonly recallAt10: number;
  readonly bytesPerVector: number;
  readonly rescored: boolean;
  readonly m?: number;
  readonly efConstruction?: number;
  readonly ef?: number;
  readonly filtered?: readonly FilteredResult[];
  readonly saveMs?: number;
  readonly loadMs?: number;
  /** Of the index that was loaded again: that it is whole. */
  readonly loadedRecallAt10?: number;
  readonly replacesPerSecond?: number;
  readonly replaced?: ReplaceResult;
  readonly removesPerSecond?: number;
  readonly churn?: ChurnResult;
  /** Further parameters of the engine come under their own names. */
  readonly [parameter: string]: unknown;
}

export interface FilteredResult {
  /** Share of the rows that are allowed. */
  readonly selectivity: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly recallAt10: number;
}

export interface ReplaceResult {
  /** Fewer than wanted when the time was up. */
  readonly count: number;
  /** Not part of replacesPerSecond: what there is to finish afterwards. */
  readonly settleMs: number;
  readonly recallAt10: number;
}

export interface ChurnResult {
  /** Fewer than wanted when the time was up. */
  readonly rounds: number;
  readonly rowsPerRound: number;
  readonly addsPerSecond: number;
  /** Of all rounds: each is settled before the next, as work in the background would be between edits. */
  readonly settleMs: number;
  readonly p50Ms: number;
  readonly recallAt10: number;
}

/** An engine that is not there, or broke down, and why. */
export interface Skipped {
  readonly engine: string;
  readonly n: number;
  readonly dim: number;
  readonly data: DataKind;
  readonly reason: string;
}

import type { Phrase } from './phrase.ts';

/** Many times of the same thing, in its unit. */
export interface BenchmarkStats {
  readonly iterations: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p95: number;
  /** Standard deviation of the population. */
  readonly std: number;
}

/** Something that was measured many times. */
export interface BenchmarkMeasure extends BenchmarkStats {
  /** Stable, for comparing runs: `search.100000`. */
  readonly id: string;
  /** English; `phrase` is the same, to be put into the user's language. */
  readonly name: string;
  readonly phrase?: Phrase;
  readonly unit: string;
}

/** The seed's three tables of targets ("Performance Requirements"), in their order. */
export const benchmarkTargets = {
  embeddingLatency: { table: 'provider', name: 'Embedding latency', limit: 2, is: 'below', unit: 's' },
  batchThroughput: { table: 'provider', name: 'Batch throughput', limit: 10, is: 'above', unit: 'docs/s' },
  providerMemory: { table: 'provider', name: 'Memory usage', limit: 500, is: 'below', unit: 'MB' },
  apiUtilization: { table: 'provider', name: 'API utilization', limit: 80, is: 'above', unit: '%' },
  searchLatency: { table: 'backend', name: 'Search latency', limit: 100, is: 'below', unit: 'ms' },
  upsertThroughput: { table: 'backend', name: 'Upsert throughput', limit: 1_000, is: 'above', unit: 'vectors/s' },
  indexBuildTime: { table: 'backend', name: 'Index build time', limit: 10, is: 'below', unit: 'min per 1M vectors' },
  memoryEfficiency: { table: 'backend', name: 'Memory efficiency', limit: 2, is: 'below', unit: 'times the vectors' },
  processingLatency: { table: 'service', name: 'Processing latency', limit: 50, is: 'below', unit: 'ms' },
  serviceThroughput: { table: 'service', name: 'Throughput', limit: 100, is: 'above', unit: 'ops/s' },
  serviceMemory: { table: 'service', name: 'Resource usage', limit: 100, is: 'below', unit: 'MB' },
  healthCheck: { table: 'service', name: 'Health check', limit: 5, is: 'below', unit: 'ms' },
} as const;
export type TargetId = keyof typeof benchmarkTargets;

export const targetIds = Object.keys(benchmarkTargets) as readonly TargetId[];

/** A row of the three target tables of the seed ("Performance Requirements"). */
export interface BenchmarkTarget {
  readonly id: string;
  /** As the table names it. */
  readonly name: string;
  /** As the table has it: `< 2`. */
  readonly target: string;
  readonly unit: string;
  readonly measured: number;
  readonly pass: boolean;
  /** What was measured, and on what. English; `phrase` is the same, to be put into the user's language. */
  readonly how: string;
  readonly phrase?: Phrase;
}

/** What numbers are worth little without. */
export interface BenchmarkMachine {
  /** As its maker names it. */
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

export interface BenchmarkReport {
  /** Epoch ms. */
  readonly at: number;
  readonly tookMs: number;
  readonly machine: BenchmarkMachine;
  readonly measures: readonly BenchmarkMeasure[];
  readonly targets: readonly BenchmarkTarget[];
}

/** What a run on a named machine gave, shipped to compare with. */
export interface BenchmarkBaseline {
  /** Of the product. */
  readonly version: string;
  /** Epoch ms. */
  readonly at: number;
  readonly machine: BenchmarkMachine;
  /** How it was measured. English. */
  readonly note: string;
  readonly measures: readonly Pick<BenchmarkMeasure, 'id' | 'median'>[];
  readonly targets: readonly Pick<BenchmarkTarget, 'id' | 'measured'>[];
}

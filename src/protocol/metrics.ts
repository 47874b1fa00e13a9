/** Every timed stage of the engine (DESIGN: one name everywhere: code, panel, docs). */
export const stages = [
  'discover',
  'read',
  'parse',
  'chunk',
  'store',
  'cache',
  'embed',
  'upsert',
  'queryEmbed',
  'vectorSearch',
  'lexicalSearch',
  'fuse',
  'rerank',
  'hydrate',
  'search',
  'render',
] as const;
export type Stage = (typeof stages)[number];

export const counters = [
  'filesIndexed',
  'filesFailed',
  'parseFallbacks',
  'parserRestarts',
  'cacheHits',
  'cacheMisses',
  'embedRequests',
  'embedTokens',
  'embedRetries',
  'rerankRequests',
  'rerankDocuments',
  'queryCacheHits',
  'queryCacheMisses',
  'searches',
] as const;
export type Counter = (typeof counters)[number];

export const gauges = [
  'engineRssBytes',
  'jsHeapBytes',
  'wasmBytes',
  'parserRssBytes',
  'queueFiles',
  'queueChunks',
  'inFlightRequests',
  'requestBudgetUsed',
  'tokenBudgetUsed',
  'hostLoopDelayP99Ms',
  'engineLoopDelayP99Ms',
] as const;
export type Gauge = (typeof gauges)[number];

/** Durations in milliseconds; NaN-free: a stage without samples is not in the snapshot. */
export interface StageStats {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p95: number;
  readonly p99: number;
  /** Duration of the newest sample. */
  readonly last: number;
}

export interface MetricsSnapshot {
  /** Epoch ms. */
  readonly at: number;
  readonly stages: Readonly<Partial<Record<Stage, StageStats>>>;
  readonly counters: Readonly<Record<Counter, number>>;
  readonly gauges: Readonly<Partial<Record<Gauge, number>>>;
}

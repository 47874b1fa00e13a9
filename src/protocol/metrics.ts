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
  'cacheSavedRequests',
  'cacheSavedTokens',
  'vectorsAdded',
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

/** Gauges whose course is kept. */
export const historyGauges = [
  'engineRssBytes',
  'jsHeapBytes',
  'jsBuffersBytes',
  'wasmBytes',
  'sqliteCacheBytes',
  'parserRssBytes',
  'queueFiles',
  'queueChunks',
  'inFlightRequests',
] as const;

export const gauges = [
  ...historyGauges,
  'concurrencyLimit',
  'requestBudgetUsed',
  'tokenBudgetUsed',
  'hostLoopDelayP99Ms',
  'engineLoopDelayP99Ms',
] as const;
export type Gauge = (typeof gauges)[number];

/** Durations in milliseconds, none of them NaN. */
export interface DurationStats {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p95: number;
  readonly p99: number;
}

/** Service time of one stage: waiting in a queue before it is not part of it. A stage without samples is not in the snapshot. */
export interface StageStats extends DurationStats {
  /** Duration of the newest sample. */
  readonly last: number;
  /** Samples per second, over the last minute or the time since the first. */
  readonly perSecond: number;
  /** How often it ended with an error, of which the times may know nothing; being cancelled is no error. */
  readonly errors: number;
  /** Time in the queue before the stage; absent where there is none (or nothing has waited). */
  readonly wait?: DurationStats;
}

export interface MetricsSnapshot {
  /** Epoch ms. */
  readonly at: number;
  readonly stages: Readonly<Partial<Record<Stage, StageStats>>>;
  readonly counters: Readonly<Record<Counter, number>>;
  readonly gauges: Readonly<Partial<Record<Gauge, number>>>;
}

/** Counters whose course is kept. */
export const historyCounters = [
  'filesIndexed',
  'vectorsAdded',
  'embedRequests',
  'embedTokens',
  'searches',
] as const satisfies readonly Counter[];

/** Time between two samples of the history. */
export const historyIntervalMs = 5_000;
/** Samples that are kept: half an hour without a gap. */
export const maxHistorySamples = 360;

/** A stretch of the engine's time. Where it does not begin when the one before ends, the engine was idle: a gap. */
export interface HistorySample {
  /** Its end, epoch ms. */
  readonly at: number;
  /** Its length in milliseconds. */
  readonly ms: number;
  /** Counted in it. */
  readonly counts: Readonly<Record<(typeof historyCounters)[number], number>>;
  /** As they stood at its end. */
  readonly gauges: Readonly<Partial<Record<(typeof historyGauges)[number], number>>>;
}

import { CancelledError } from '../../protocol/errors.ts';
import {
  counters,
  type Counter,
  type Gauge,
  type MetricsSnapshot,
  type Stage,
  type StageStats,
} from '../../protocol/metrics.ts';
import type { Clock, Histogram, Metrics } from '../ports.ts';
import { StageRecord } from './stageRecord.ts';

/**
 * Timings, counters and gauges of one engine, in bounded memory. Percentiles are those of HDR histograms (3 significant
 * digits), not of a sorted list (seed, "Performance Monitoring").
 */
export class EngineMetrics implements Metrics {
  readonly #clock: Clock;
  readonly #createHistogram: () => Histogram;
  readonly #onActivity: () => void;
  readonly #stages = new Map<Stage, StageRecord>();
  readonly #counters = new Map<Counter, number>();
  readonly #gauges = new Map<Gauge, number>();

  /** @param onActivity Called for each sample and count; setting a gauge is none. */
  constructor(clock: Clock, createHistogram: () => Histogram, onActivity: () => void = () => undefined) {
    this.#clock = clock;
    this.#createHistogram = createHistogram;
    this.#onActivity = onActivity;
  }

  record(stage: Stage, ms: number): void {
    this.#stage(stage).record(ms);
    this.#onActivity();
  }

  wait(stage: Stage, ms: number): void {
    this.#stage(stage).wait(ms);
  }

  fail(stage: Stage): void {
    this.#stage(stage).fail();
  }

  time<T>(stage: Stage, body: () => T): T {
    const start = this.#clock.monotonicMs();
    try {
      return body();
    } catch (error) {
      this.#failed(stage, error);
      throw error;
    } finally {
      this.record(stage, this.#clock.monotonicMs() - start);
    }
  }

  async timeAsync<T>(stage: Stage, body: () => Promise<T>): Promise<T> {
    const start = this.#clock.monotonicMs();
    try {
      return await body();
    } catch (error) {
      this.#failed(stage, error);
      throw error;
    } finally {
      this.record(stage, this.#clock.monotonicMs() - start);
    }
  }

  count(counter: Counter, by = 1): void {
    this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + by);
    this.#onActivity();
  }

  gauge(gauge: Gauge, value: number): void {
    this.#gauges.set(gauge, value);
  }

  snapshot(): MetricsSnapshot {
    const stages: Partial<Record<Stage, StageStats>> = {};
    for (const [stage, record] of this.#stages) {
      const stats = record.stats();
      if (stats !== undefined) stages[stage] = stats;
    }
    const counts = Object.fromEntries(counters.map((name) => [name, this.#counters.get(name) ?? 0]));
    return {
      at: this.#clock.now(),
      stages,
      counters: counts as Record<Counter, number>,
      gauges: Object.fromEntries(this.#gauges),
    };
  }

  #stage(stage: Stage): StageRecord {
    let record = this.#stages.get(stage);
    if (record === undefined) {
      record = new StageRecord(this.#clock, this.#createHistogram);
      this.#stages.set(stage, record);
    }
    return record;
  }

  #failed(stage: Stage, error: unknown): void {
    if (!(error instanceof CancelledError)) this.fail(stage);
  }
}

import {
  counters,
  type Counter,
  type Gauge,
  type MetricsSnapshot,
  type Stage,
  type StageStats,
} from '../../protocol/metrics.ts';
import type { Clock, Histogram, Metrics } from '../ports.ts';

/**
 * Timings, counters and gauges of one engine, in bounded memory: one HDR histogram per stage that was used.
 * Percentiles are those of the histogram (3 significant digits), not of a sorted list (seed, "Performance Monitoring").
 */
export class EngineMetrics implements Metrics {
  readonly #clock: Clock;
  readonly #createHistogram: () => Histogram;
  readonly #stages = new Map<Stage, { histogram: Histogram; last: number }>();
  readonly #counters = new Map<Counter, number>();
  readonly #gauges = new Map<Gauge, number>();

  constructor(clock: Clock, createHistogram: () => Histogram) {
    this.#clock = clock;
    this.#createHistogram = createHistogram;
  }

  record(stage: Stage, ms: number): void {
    let entry = this.#stages.get(stage);
    if (entry === undefined) {
      entry = { histogram: this.#createHistogram(), last: 0 };
      this.#stages.set(stage, entry);
    }
    entry.histogram.record(ms);
    entry.last = ms;
  }

  time<T>(stage: Stage, body: () => T): T {
    const start = this.#clock.monotonicMs();
    try {
      return body();
    } finally {
      this.record(stage, this.#clock.monotonicMs() - start);
    }
  }

  async timeAsync<T>(stage: Stage, body: () => Promise<T>): Promise<T> {
    const start = this.#clock.monotonicMs();
    try {
      return await body();
    } finally {
      this.record(stage, this.#clock.monotonicMs() - start);
    }
  }

  count(counter: Counter, by = 1): void {
    this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + by);
  }

  gauge(gauge: Gauge, value: number): void {
    this.#gauges.set(gauge, value);
  }

  snapshot(): MetricsSnapshot {
    const stages: Partial<Record<Stage, StageStats>> = {};
    for (const [stage, { histogram, last }] of this.#stages) {
      stages[stage] = {
        count: histogram.count,
        mean: histogram.mean,
        median: histogram.percentile(50),
        min: histogram.min,
        max: histogram.max,
        p95: histogram.percentile(95),
        p99: histogram.percentile(99),
        last,
      };
    }
    const counts = Object.fromEntries(counters.map((name) => [name, this.#counters.get(name) ?? 0]));
    return {
      at: this.#clock.now(),
      stages,
      counters: counts as Record<Counter, number>,
      gauges: Object.fromEntries(this.#gauges),
    };
  }
}

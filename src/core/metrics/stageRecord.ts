import type { DurationStats, StageStats } from '../../protocol/metrics.ts';
import type { Clock, Histogram } from '../ports.ts';

/** Seconds that {@link StageStats.perSecond} looks back. */
const rateSeconds = 60;

/** What is known of one stage, in bounded memory: two HDR histograms and a count for each second of the last minute. */
export class StageRecord {
  readonly #clock: Clock;
  readonly #createHistogram: () => Histogram;
  readonly #service: Histogram;
  #wait: Histogram | undefined;
  /** Samples in a second of the monotonic clock, by its remainder. */
  readonly #perSecond = new Uint32Array(rateSeconds);
  #firstSecond: number | undefined;
  #newestSecond = 0;
  #last = 0;
  #errors = 0;

  constructor(clock: Clock, createHistogram: () => Histogram) {
    this.#clock = clock;
    this.#createHistogram = createHistogram;
    this.#service = createHistogram();
  }

  record(ms: number): void {
    this.#service.record(ms);
    this.#last = ms;
    this.#turnTo(this.#second());
    this.#perSecond[this.#newestSecond % rateSeconds]! += 1;
  }

  wait(ms: number): void {
    this.#wait ??= this.#createHistogram();
    this.#wait.record(ms);
  }

  fail(): void {
    this.#errors++;
  }

  stats(): StageStats | undefined {
    if (this.#service.count === 0 && this.#errors === 0) return undefined;
    return {
      ...durationStats(this.#service),
      last: this.#last,
      perSecond: this.#rate(),
      errors: this.#errors,
      ...(this.#wait === undefined ? {} : { wait: durationStats(this.#wait) }),
    };
  }

  #second(): number {
    return Math.floor(this.#clock.monotonicMs() / 1_000);
  }

  #rate(): number {
    if (this.#firstSecond === undefined) return 0;
    const now = this.#second();
    this.#turnTo(now);
    const seconds = Math.min(rateSeconds, now - this.#firstSecond + 1);
    return this.#perSecond.reduce((sum, count) => sum + count, 0) / seconds;
  }

  /** Empties the seconds that have passed since the newest. */
  #turnTo(second: number): void {
    if (this.#firstSecond === undefined) this.#firstSecond = this.#newestSecond = second;
    const passed = Math.min(rateSeconds, second - this.#newestSecond);
    for (let offset = 0; offset < passed; offset++) this.#perSecond[(second - offset) % rateSeconds] = 0;
    this.#newestSecond = Math.max(second, this.#newestSecond);
  }
}

/** A histogram as it is shown. */
function durationStats(histogram: Histogram): DurationStats {
  const { count, mean, min, max } = histogram;
  const [median = 0, p95 = 0, p99 = 0] = [50, 95, 99].map((p) => histogram.percentile(p));
  return { count, mean, median, min, max, p95, p99 };
}

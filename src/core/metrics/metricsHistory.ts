import { CancelledError, toAppError } from '../../protocol/errors.ts';
import {
  type Counter,
  historyCounters,
  historyGauges,
  historyIntervalMs,
  type HistorySample,
  maxHistorySamples,
  type MetricsSnapshot,
} from '../../protocol/metrics.ts';
import type { Clock, Logger } from '../ports.ts';

export interface MetricsHistoryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The engine as it stands. */
  readonly measure: () => Promise<MetricsSnapshot>;
}

/**
 * Half an hour of the engine in numbers, in bounded memory. A sample is taken every {@link historyIntervalMs}, but only
 * while something happens or somebody looks: an idle engine has no timer. What lies between is a gap, not a line.
 */
export class MetricsHistory {
  readonly #options: MetricsHistoryOptions;
  readonly #closing = new AbortController();
  #samples: HistorySample[] = [];
  #counted: Partial<Record<Counter, number>> = {};
  #isTouched = false;
  #running: Promise<void> | undefined;

  constructor(options: MetricsHistoryOptions) {
    this.#options = options;
  }

  /** Something happened: the time from now on is worth a sample. Called for each measurement, so it has to cost nothing. */
  touch(): void {
    this.#isTouched = true;
    if (this.#running === undefined && !this.#closing.signal.aborted) this.#running = this.#run();
  }

  /** Samples taken after `at` (epoch ms), oldest first. Whoever asks is looking: sampling goes on. */
  since(at: number): readonly HistorySample[] {
    this.touch();
    return this.#samples.filter((sample) => sample.at > at);
  }

  close(): void {
    this.#closing.abort(new CancelledError());
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      let sinceMs = clock.monotonicMs();
      while (this.#isTouched) {
        this.#isTouched = false;
        await clock.sleep(historyIntervalMs, this.#closing.signal);
        const now = clock.monotonicMs();
        this.#add(await this.#options.measure(), now - sinceMs);
        sinceMs = now;
      }
    } catch (error) {
      // The next touch tries again. While the engine is closed its databases cannot be measured, and need not be.
      if (!this.#closing.signal.aborted) {
        const fields = { error: toAppError(error).message };
        logger.log({ level: 'warn', message: 'The history of the metrics has a gap', fields });
      }
    } finally {
      this.#running = undefined;
    }
  }

  #add({ at, counters, gauges }: MetricsSnapshot, ms: number): void {
    const counts = historyCounters.map((name) => [name, counters[name] - (this.#counted[name] ?? 0)] as const);
    const values = historyGauges.flatMap((name) => (gauges[name] === undefined ? [] : [[name, gauges[name]] as const]));
    this.#counted = counters;
    const sample: HistorySample = {
      at,
      ms,
      counts: Object.fromEntries(counts) as HistorySample['counts'],
      gauges: Object.fromEntries(values),
    };
    this.#samples = [...this.#samples, sample].slice(-maxHistorySamples);
  }
}

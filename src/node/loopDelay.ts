import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The monitor samples this often; a sample is never shorter, so it is taken off what is reported. */
const resolutionMs = 10;
const nanosecondsPerMs = 1e6;

/** How late the event loop of this thread is. Runs only between {@link start} and {@link stop}: it wakes the thread. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #running = false;

  /** Begins a new measurement; does nothing while one runs. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#histogram.reset();
    this.#histogram.enable();
  }

  /** Ends the measurement; its values stay readable. */
  stop(): void {
    this.#running = false;
    this.#histogram.disable();
  }

  /** Milliseconds; undefined before the first sample. */
  percentileMs(p: number): number | undefined {
    if (this.#histogram.count === 0) return undefined;
    return Math.max(0, this.#histogram.percentile(p) / nanosecondsPerMs - resolutionMs);
  }
}

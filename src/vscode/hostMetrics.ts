import { LoopDelay } from '../node/loopDelay.ts';
import { createNodeHistogram } from '../node/nodeHistogram.ts';
import type { MetricsSnapshot, StageStats } from '../protocol/metrics.ts';

/** What only the extension host can measure: how late its event loop is while indexing, and how long pages render. */
export class HostMetrics {
  readonly #loopDelay = new LoopDelay();
  readonly #render = createNodeHistogram();
  #lastRenderMs = 0;

  /** The event loop is watched only while there is work: the monitor itself wakes the thread. */
  setBusy(busy: boolean): void {
    if (busy) this.#loopDelay.start();
    else this.#loopDelay.stop();
  }

  recordRender(ms: number): void {
    this.#render.record(ms);
    this.#lastRenderMs = ms;
  }

  /** The engine's snapshot with the host's own measurements. */
  merge(snapshot: MetricsSnapshot): MetricsSnapshot {
    const hostLoopDelayP99Ms = this.#loopDelay.percentileMs(99);
    const render = this.#renderStats();
    return {
      ...snapshot,
      stages: { ...snapshot.stages, ...(render && { render }) },
      gauges: { ...snapshot.gauges, ...(hostLoopDelayP99Ms !== undefined && { hostLoopDelayP99Ms }) },
    };
  }

  dispose(): void {
    this.#loopDelay.stop();
  }

  #renderStats(): StageStats | undefined {
    const { count, mean, min, max } = this.#render;
    if (count === 0) return undefined;
    const [median = 0, p95 = 0, p99 = 0] = [50, 95, 99].map((p) => this.#render.percentile(p));
    return { count, mean, median, min, max, p95, p99, last: this.#lastRenderMs };
  }
}

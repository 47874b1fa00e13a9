import { LoopDelay } from '../node/loopDelay.ts';
import { createNodeMetrics } from '../node/nodeMetrics.ts';
import type { MetricsSnapshot } from '../protocol/metrics.ts';

/** What only the extension host can measure: how late its event loop is while indexing, and how long pages render. */
export class HostMetrics {
  readonly #loopDelay = new LoopDelay();
  readonly #metrics = createNodeMetrics();

  /** The event loop is watched only while there is work: the monitor itself wakes the thread. */
  setBusy(busy: boolean): void {
    if (busy) this.#loopDelay.start();
    else this.#loopDelay.stop();
  }

  recordRender(ms: number): void {
    this.#metrics.record('render', ms);
  }

  /** The engine's snapshot with the host's own measurements. */
  merge(snapshot: MetricsSnapshot): MetricsSnapshot {
    const hostLoopDelayP99Ms = this.#loopDelay.percentileMs(99);
    const { render } = this.#metrics.snapshot().stages;
    return {
      ...snapshot,
      stages: { ...snapshot.stages, ...(render && { render }) },
      gauges: { ...snapshot.gauges, ...(hostLoopDelayP99Ms !== undefined && { hostLoopDelayP99Ms }) },
    };
  }

  dispose(): void {
    this.#loopDelay.stop();
  }
}

import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/**
 * JavaScript heap of this thread that is in use: what the last full collection left, and what has been added at most since.
 * The heap as Node reports it holds garbage as well, often more than what lives, until V8 sees a reason to collect it.
 */
class LiveHeap {
  #afterCollection: number | undefined;

  constructor() {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { detail } = entry as PerformanceEntry & { readonly detail: { readonly kind: number } };
        if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.#afterCollection = process.memoryUsage().heapUsed;
      }
    });
    observer.observe({ entryTypes: ['gc'] });
  }

  /** Bytes; `heapBytes`: as Node reports it now. */
  of(heapBytes: number): number {
    return Math.min(heapBytes, this.#afterCollection ?? heapBytes);
  }
}

let liveHeap: LiveHeap | undefined;

/** Bytes of `heapBytes` that live. Observing begins with the first call. */
export function liveHeapBytes(heapBytes: number): number {
  liveHeap ??= new LiveHeap();
  return liveHeap.of(heapBytes);
}

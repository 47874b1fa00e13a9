import { PerformanceObserver } from 'node:perf_hooks';

/**
 * JavaScript heap of this thread that is in use, as far as collections tell: what the last one left, small or full. The heap as
 * Node reports it holds what was let go of since as well. A small collection leaves garbage that has outlived the young
 * generation, so this is an upper bound until V8 sees a reason for a full one.
 */
class LiveHeap {
  #afterCollection: number | undefined;

  constructor() {
    const observer = new PerformanceObserver(() => {
      this.#afterCollection = process.memoryUsage().heapUsed;
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

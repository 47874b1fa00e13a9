import { createHistogram } from 'node:perf_hooks';
import type { Histogram } from '../core/ports.ts';

const microsecondsPerMs = 1000;
/** One hour; longer durations count as one hour. */
const highestMicroseconds = 3600 * 1000 * microsecondsPerMs;

/**
 * Node's own HDR histogram at microsecond resolution: 1 µs to 1 h, 3 significant digits, about 200 kB. All zero while empty.
 * A percentile is the sample of the nearest rank.
 */
export function createNodeHistogram(): Histogram {
  const histogram = createHistogram({ lowest: 1, highest: highestMicroseconds, figures: 3 });
  const inMs = (microseconds: number): number => (histogram.count === 0 ? 0 : microseconds / microsecondsPerMs);
  return {
    record(ms) {
      histogram.record(Math.min(Math.max(Math.round(ms * microsecondsPerMs), 1), highestMicroseconds));
    },
    get count() {
      return histogram.count;
    },
    get mean() {
      return inMs(histogram.mean);
    },
    get min() {
      return inMs(histogram.min);
    },
    get max() {
      return inMs(histogram.max);
    },
    percentile(p) {
      if (histogram.count === 0) return 0;
      // The underlying call takes 0 < p <= 100.
      return p <= 0 ? inMs(histogram.min) : inMs(histogram.percentile(Math.min(p, 100)));
    },
    reset() {
      histogram.reset();
    },
  };
}

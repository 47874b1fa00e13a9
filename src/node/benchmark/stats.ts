import type { BenchmarkStats } from '../../protocol/benchmark.ts';
import { percentile } from '../../util/percentile.ts';

/** At least one value. */
export function statsOf(values: readonly number[]): BenchmarkStats {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    iterations: values.length,
    mean,
    median: percentile(values, 50),
    min: Math.min(...values),
    max: Math.max(...values),
    p95: percentile(values, 95),
    std: Math.sqrt(variance),
  };
}

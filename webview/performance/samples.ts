import { maxSearchSamples } from '../../src/protocol/views.ts';
import type { SearchSample } from '../../src/protocol/views.ts';
import type { PerformanceStrings } from '../../src/protocol/viewStrings.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';

/** The newest samples with the new ones behind them. */
export function appendSamples(
  samples: readonly SearchSample[],
  added: readonly SearchSample[],
): readonly SearchSample[] {
  return added.length === 0 ? samples : [...samples, ...added].slice(-maxSearchSamples);
}

export interface SampleSummary {
  readonly count: number;
  readonly lastMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Undefined without samples. Percentiles by nearest rank. */
export function summarize(samples: readonly SearchSample[]): SampleSummary | undefined {
  const sorted = samples.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const lastMs = samples.at(-1)?.totalMs;
  const maxMs = sorted.at(-1);
  if (lastMs === undefined || maxMs === undefined) return undefined;
  const percentile = (p: number): number => sorted[Math.ceil((p / 100) * sorted.length) - 1] ?? maxMs;
  return { count: sorted.length, lastMs, medianMs: percentile(50), p95Ms: percentile(95), maxMs };
}

export function summaryText(summary: SampleSummary | undefined, strings: PerformanceStrings, format: Format): string {
  if (summary === undefined) return strings.latencyEmpty;
  const { count, lastMs, medianMs, p95Ms, maxMs } = summary;
  const times = [lastMs, medianMs, p95Ms, maxMs].map((ms) => format.ms(ms));
  return fill(strings[`latencySummary${format.plural(count)}`], format.integer(count), ...times);
}

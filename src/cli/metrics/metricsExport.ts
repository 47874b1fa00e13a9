import {
  counters,
  gauges,
  stages,
  type DurationStats,
  type MetricsSnapshot,
  type Stage,
} from '../../protocol/metrics.ts';
import { performanceStrings } from '../../protocol/viewStrings.ts';

/** Base units, as UCUM writes them; absent: things that are counted. `1` is a share. */
export type Unit = 'By' | 's' | '1';

interface Named {
  /** Lower case, words parted by `_` and by dots: `stage.duration`. */
  readonly name: string;
  readonly unit?: Unit;
  readonly description: string;
}

/** A metric as it leaves the program, in base units, before any format. */
export type ExportedMetric =
  | (Named & { readonly kind: 'summary'; readonly points: readonly SummaryPoint[] })
  | (Named & { readonly kind: 'counter'; readonly points: readonly CounterPoint[] })
  | (Named & { readonly kind: 'gauge'; readonly value: number });

export interface SummaryPoint {
  readonly stage: Stage;
  readonly count: number;
  /** Seconds. */
  readonly sum: number;
  /** By rising quantile, 0 (least) to 1 (most); empty without samples. Seconds. */
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

export interface CounterPoint {
  readonly stage?: Stage;
  readonly value: number;
}

/** All that a snapshot holds but rates, which readers make of counts: each metric once, the same for every format. */
export function exportedMetrics(snapshot: MetricsSnapshot): ExportedMetric[] {
  const measured = stages.flatMap((stage) => {
    const stats = snapshot.stages[stage];
    return stats === undefined ? [] : [{ stage, stats }];
  });
  const waits = measured.flatMap(({ stage, stats }) =>
    stats.wait === undefined ? [] : [summaryPoint(stage, stats.wait)],
  );
  return [
    {
      ...{ kind: 'summary', name: 'stage.duration', unit: 's' },
      description: 'Service time of a stage, without time in a queue.',
      points: measured.map(({ stage, stats }) => summaryPoint(stage, stats)),
    },
    {
      ...{ kind: 'summary', name: 'stage.wait', unit: 's' },
      description: 'Time in the queue before a stage.',
      points: waits,
    },
    {
      ...{ kind: 'counter', name: 'stage.errors' },
      description: 'Runs of a stage that failed; cancelled ones do not count.',
      points: measured.map(({ stage, stats }) => ({ stage, value: stats.errors })),
    },
    ...counters.map((counter): ExportedMetric => ({
      ...{ kind: 'counter', name: snakeCase(counter), points: [{ value: snapshot.counters[counter] }] },
      description: `${performanceStrings[`counter_${counter}`]}.`,
    })),
    ...gauges.flatMap((gauge): ExportedMetric[] => {
      const value = snapshot.gauges[gauge];
      if (value === undefined) return [];
      const description = performanceStrings[`gaugeHint_${gauge}`];
      return [{ kind: 'gauge', description, ...inBaseUnit(gauge, value) }];
    }),
  ];
}

function summaryPoint(stage: Stage, { count, mean, min, median, p95, p99, max }: DurationStats): SummaryPoint {
  const quantiles = [
    [0, min],
    [0.5, median],
    [0.95, p95],
    [0.99, p99],
    [1, max],
  ] as const;
  return {
    stage,
    count,
    sum: seconds(count * mean),
    quantiles: count === 0 ? [] : quantiles.map(([quantile, ms]) => [quantile, seconds(ms)]),
  };
}

/** To the microsecond, which is what is measured. */
function seconds(ms: number): number {
  return Math.round(ms * 1e3) / 1e6;
}

/** The unit is in the name of a gauge, which then goes without it. */
function inBaseUnit(gauge: string, value: number): { name: string; unit?: Unit; value: number } {
  if (gauge.endsWith('Bytes')) return { name: snakeCase(gauge.slice(0, -'Bytes'.length)), unit: 'By', value };
  if (gauge.endsWith('Ms')) return { name: snakeCase(gauge.slice(0, -'Ms'.length)), unit: 's', value: seconds(value) };
  if (gauge.endsWith('BudgetUsed')) return { name: snakeCase(gauge), unit: '1', value };
  return { name: snakeCase(gauge), value };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

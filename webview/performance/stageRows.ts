import { stages } from '../../src/protocol/metrics.ts';
import type { MetricsSnapshot, Stage } from '../../src/protocol/metrics.ts';
import type { PerformanceStrings } from '../../src/protocol/viewStrings.ts';
import { noValue } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';

export interface StageColumn {
  readonly title: string;
  /** Undefined: a plain number. */
  readonly unit: string | undefined;
  readonly hint: string;
}

export interface StageRow {
  readonly stage: Stage;
  readonly name: string;
  /** One per column. */
  readonly cells: readonly string[];
}

export function stageColumns(strings: PerformanceStrings): readonly StageColumn[] {
  const timed = (title: string, hint: string): StageColumn => ({ title, unit: strings.unitMilliseconds, hint });
  return [
    { title: strings.columnCount, unit: undefined, hint: strings.countHint },
    timed(strings.columnMean, strings.meanHint),
    timed(strings.columnMedian, strings.medianHint),
    timed(strings.columnP95, strings.p95Hint),
    timed(strings.columnP99, strings.p99Hint),
    timed(strings.columnMax, strings.maxHint),
    timed(strings.columnLast, strings.lastHint),
    timed(strings.columnWait, strings.waitHint),
    { title: strings.columnRate, unit: undefined, hint: strings.rateHint },
    { title: strings.columnErrors, unit: undefined, hint: strings.errorsHint },
  ];
}

/** The stages that have run, in the order in which code flows through them. */
export function stageRows(
  { stages: stats }: MetricsSnapshot,
  strings: PerformanceStrings,
  format: Format,
): readonly StageRow[] {
  return stages.flatMap((stage) => {
    const stat = stats[stage];
    if (stat === undefined) return [];
    const times = [stat.mean, stat.median, stat.p95, stat.p99, stat.max, stat.last];
    const cells = [
      format.integer(stat.count),
      ...times.map((time) => format.column(time)),
      stat.wait === undefined ? noValue : format.column(stat.wait.p95),
      format.column(stat.perSecond),
      format.integer(stat.errors),
    ];
    return [{ stage, name: strings[`stage_${stage}`], cells }];
  });
}

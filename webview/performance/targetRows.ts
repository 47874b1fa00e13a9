import { benchmarkTargets, targetIds } from '../../src/protocol/benchmark.ts';
import type { BenchmarkReport, TargetId } from '../../src/protocol/benchmark.ts';
import type { PerformanceData } from '../../src/protocol/views.ts';
import { fill, noValue } from '../shared/format.ts';
import type { FactWords } from './facts.ts';

/** Vectors from which on their index is larger than what a kernel needs in any case. */
const manyVectors = 10_000;

export interface TargetRow {
  readonly id: TargetId;
  readonly table: string;
  readonly name: string;
  readonly target: string;
  /** {@link noValue} before the first benchmark. */
  readonly measured: string;
  readonly pass: boolean | undefined;
  readonly result: string;
  /** {@link noValue} where nothing live is the same thing. */
  readonly live: string;
  readonly how: string;
}

/** Every row of the three target tables, in their order, with what the last benchmark of this machine found. */
export function targetRows(
  report: BenchmarkReport | undefined,
  data: PerformanceData,
  { strings, format }: FactWords,
): readonly TargetRow[] {
  const live = liveValues(data);
  return targetIds.map((id) => {
    const { table, limit, is } = benchmarkTargets[id];
    const unit = strings[`unit_${id}`];
    const found = report?.targets.find((target) => target.id === id);
    const write = (value: number): string => fill(strings.targetValue, format.decimal(value), unit);
    const value = live[id];
    return {
      id,
      table: strings[`table_${table}`],
      name: strings[`target_${id}`],
      target: fill(is === 'below' ? strings.targetBelow : strings.targetAbove, format.integer(limit), unit),
      measured: found === undefined ? noValue : write(found.measured),
      pass: found?.pass,
      result: found === undefined ? strings.targetOpen : found.pass ? strings.targetPass : strings.targetFail,
      live: value === undefined ? noValue : write(value),
      how: found?.how ?? noValue,
    };
  });
}

export interface TargetColumn {
  readonly title: string;
  readonly hint: string;
  readonly cell: (row: TargetRow) => string;
}

/** Columns of the table and of the report. */
export function targetColumns({ strings }: FactWords): readonly TargetColumn[] {
  const column = (title: string, cell: (row: TargetRow) => string, hint: string = strings.targetsHint) => {
    return { title, cell, hint };
  };
  return [
    column(strings.columnName, ({ table, name }) => `${table}: ${name}`),
    column(strings.columnTarget, ({ target }) => target),
    column(strings.columnMeasured, ({ measured }) => measured),
    column(strings.columnResult, ({ result }) => result),
    column(strings.columnLive, ({ live }) => live, strings.liveHint),
    column(strings.columnHow, ({ how }) => how),
  ];
}

/** When it was measured, and how many targets are met. */
export function targetsText(report: BenchmarkReport | undefined, { strings, format }: FactWords): string {
  if (report === undefined) return strings.targetsNever;
  const met = report.targets.filter(({ pass }) => pass).length;
  const counts = [met, targetIds.length].map((count) => format.integer(count));
  return fill(strings.targetsMeasured, format.dateTime(report.at), ...counts);
}

/** The same quantities, in the units of the table, from the work at hand. */
function liveValues({ metrics, status, health }: PerformanceData): Partial<Record<TargetId, number | undefined>> {
  const { vectorSearch, search } = metrics.stages;
  const indexes = status.folders.flatMap(({ vectorIndex }) => vectorIndex ?? []);
  const count = indexes.reduce((sum, index) => sum + index.count, 0);
  const bytes = indexes.reduce((sum, index) => sum + index.bytes, 0);
  const floats = indexes.reduce((sum, index) => sum + index.count * index.dimensions * 4, 0);
  return {
    searchLatency: vectorSearch?.p95,
    processingLatency: search?.p95,
    healthCheck: health.ms,
    memoryEfficiency: count < manyVectors ? undefined : bytes / floats,
  };
}

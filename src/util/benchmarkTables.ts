import type { BenchmarkBaseline, BenchmarkMachine, BenchmarkMeasure, BenchmarkReport } from '../protocol/benchmark.ts';
import { compareWithBaseline, type BaselineComparison } from './benchmarkBaseline.ts';

/** What a run is set beside. */
export interface BenchmarkComparisons {
  readonly last?: BenchmarkReport | undefined;
  readonly baseline: BenchmarkBaseline;
}

/** Two Markdown tables, to read and to paste: targets, and what was measured, beside the baseline and the last run. */
export function benchmarkTables(report: BenchmarkReport, { last, baseline }: BenchmarkComparisons): string {
  const { targets, measures } = report;
  const then = compareWithBaseline(report, baseline);
  return [
    ...table(
      ['target', 'goal', 'measured', 'met', 'baseline', 'how'],
      targets.map(({ id, name, target, unit, measured, pass, how }) => [
        name,
        `${target} ${unit}`,
        digits(measured),
        pass ? 'yes' : 'NO',
        digitsOrNothing(baseline.targets.find((one) => one.id === id)?.measured),
        how,
      ]),
    ),
    '',
    ...table(
      ['measured', 'unit', 'n', 'median', 'mean', 'min', 'max', 'p95', 'std', 'last run', 'baseline'],
      measures.map((measure) => [
        measure.name,
        measure.unit,
        String(measure.iterations),
        ...[measure.median, measure.mean, measure.min, measure.max, measure.p95, measure.std].map(digits),
        besideMedian(measure, last?.measures),
        besideMedian(measure, baseline.measures),
      ]),
    ),
    '',
    'Last run and baseline: the median then, and how many times that it is now; below 1.00x is faster.',
    baselineText(then),
    '',
  ].join('\n');
}

/** A machine as a line says it. */
export function machineText({ processor, cores, memoryBytes }: BenchmarkMachine): string {
  return `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB`;
}

function baselineText({ version, at, machine, note, sameMachine }: BaselineComparison): string {
  const day = new Date(at).toISOString().slice(0, 10);
  const hint = sameMachine
    ? 'This machine is of the same kind.'
    : 'This is another machine: what is beside the baseline is only a hint.';
  return `Baseline: CodeWeaver ${version} on ${machineText(machine)}, ${day}. ${note} ${hint}`;
}

/** Below 1 is faster than then. */
function besideMedian(
  { id, median }: BenchmarkMeasure,
  measures: readonly Pick<BenchmarkMeasure, 'id' | 'median'>[] | undefined,
): string {
  const then = measures?.find((measure) => measure.id === id)?.median;
  return then === undefined || then === 0 ? '' : `${digits(then)} (${(median / then).toFixed(2)}x)`;
}

function digitsOrNothing(value: number | undefined): string {
  return value === undefined ? '' : digits(value);
}

function digits(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

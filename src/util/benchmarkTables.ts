import type { BenchmarkMeasure, BenchmarkReport } from '../protocol/benchmark.ts';

/** Two Markdown tables, to read and to paste: targets, and what was measured beside an earlier run. */
export function benchmarkTables({ targets, measures }: BenchmarkReport, before?: BenchmarkReport): string {
  return [
    ...table(
      ['target', 'goal', 'measured', 'met', 'how'],
      targets.map(({ name, target, unit, measured, pass, how }) => [
        name,
        `${target} ${unit}`,
        digits(measured),
        pass ? 'yes' : 'NO',
        how,
      ]),
    ),
    '',
    ...table(
      ['measured', 'unit', 'n', 'median', 'mean', 'min', 'max', 'p95', 'std', 'beside the last run'],
      measures.map((measure) => [
        measure.name,
        measure.unit,
        String(measure.iterations),
        ...[measure.median, measure.mean, measure.min, measure.max, measure.p95, measure.std].map(digits),
        besideLast(measure, before),
      ]),
    ),
    '',
  ].join('\n');
}

/** Medians; below 1 is faster than then. */
function besideLast({ id, median }: BenchmarkMeasure, before: BenchmarkReport | undefined): string {
  const last = before?.measures.find((measure) => measure.id === id)?.median;
  return last === undefined || last === 0 ? '' : `${(median / last).toFixed(2)}x`;
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

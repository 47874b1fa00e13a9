import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineFacts } from './machine.ts';

const resultsDirectory = join(import.meta.dirname, '../results');

/** One line of the table: what was measured, what it was, what it had to be. */
export interface Row {
  readonly name: string;
  readonly value: string;
  /** The bar, where there is one; empty otherwise. */
  readonly target?: string;
  readonly pass?: boolean;
}

/** Writes `bench/results/<name>.json` and `.md` and prints the table; `details` is Markdown that follows it. */
export async function writeReport(
  name: string,
  title: string,
  machine: MachineFacts,
  rows: readonly Row[],
  data: object,
  details = '',
): Promise<void> {
  const table = details === '' ? renderTable(rows) : `${renderTable(rows)}\n\n${details}`;
  const { cpu, cores, node, system, date, commit, loadAverage } = machine;
  const facts = `${cpu}, ${cores} cores; ${system}; Node ${node}; ${date.slice(0, 10)}; commit ${commit}; load ${loadAverage}`;
  await mkdir(resultsDirectory, { recursive: true });
  await writeFile(
    join(resultsDirectory, `${name}.json`),
    `${JSON.stringify({ title, machine, rows, ...data }, null, 2)}\n`,
  );
  await writeFile(join(resultsDirectory, `${name}.md`), `# ${title}\n\n${facts}\n\n${table}\n`);
  process.stdout.write(`\n${title}\n${facts}\n\n${table}\n`);
}

export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, target = '', pass }) => [
    name,
    value,
    target,
    pass === undefined ? '' : pass ? 'yes' : 'NO',
  ]);
  return renderGrid(['measured', 'value', 'bar', 'met'], cells);
}

/** A Markdown table whose source can be read as well. */
export function renderGrid(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkBaseline, BenchmarkReport } from '../../src/protocol/benchmark.ts';
import { machineFacts } from '../shared/machine.ts';
import { measuredRun } from '../shared/measuredRun.ts';
import { type Row, writeReport } from '../shared/report.ts';

const project = join(import.meta.dirname, '../..');
const cliPath = join(project, 'dist/cli.js');
const baselinePath = join(project, 'src/util/benchmarkBaseline.json');
/** Of a machine's load, what a user cares to read. */
const significantDigits = 4;

/**
 * Measures the baseline that ships anew: `codeweaver bench` so many times, of each figure the median run. The targets also
 * become a table in bench/results.
 */
export async function writeBaseline({ rounds, note }: { rounds: number; note: string }): Promise<void> {
  if (!existsSync(cliPath)) throw new Error('dist/cli.js is missing: run "npm run build" first.');
  const reports: (BenchmarkReport & { readonly version: string })[] = [];
  for (let round = 1; round <= rounds; round++) {
    process.stdout.write(`Round ${round} of ${rounds} …\n`);
    reports.push(await runOnce());
  }
  const [first] = reports;
  if (first === undefined) throw new Error('A baseline takes at least one round.');
  const { version, at, machine } = first;
  const baseline: BenchmarkBaseline = {
    ...{ version, at, machine },
    note: `Of each figure the median of ${rounds} runs. ${note}`.trim(),
    measures: first.measures.map(({ id }) => ({
      id,
      median: middle(reports.map(({ measures }) => measures.find((one) => one.id === id)?.median)),
    })),
    targets: first.targets.map(({ id }) => ({
      id,
      measured: middle(reports.map(({ targets }) => targets.find((one) => one.id === id)?.measured)),
    })),
  };
  await writeFile(baselinePath, `${JSON.stringify(baseline, null, 2)}\n`);
  const rows = first.targets.map(({ id, name, how, target, unit, pass }): Row => {
    const measured = baseline.targets.find((one) => one.id === id)?.measured ?? NaN;
    return { name: `${name}: ${how}`, value: `${measured} ${unit}`, target: `${target} ${unit}`, pass };
  });
  await writeReport('targets', 'Targets, as `codeweaver bench` measures them', machineFacts(), rows, baseline);
}

async function runOnce(): Promise<BenchmarkReport & { readonly version: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'codeweaver-baseline-'));
  try {
    const args = [cliPath, 'bench', '--json', '--no-progress', '--index-dir', directory];
    const { stdout } = await measuredRun(process.execPath, args);
    return JSON.parse(stdout) as BenchmarkReport & { readonly version: string };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The value of one of the runs: of an even number, the larger of the two in the middle. */
function middle(values: readonly (number | undefined)[]): number {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return Number((sorted[sorted.length >> 1] ?? NaN).toPrecision(significantDigits));
}

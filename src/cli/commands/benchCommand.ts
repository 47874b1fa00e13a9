import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { BenchmarkMeasure, BenchmarkReport } from '../../protocol/benchmark.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatBytes, formatDuration } from '../format.ts';

/** The last run on this machine, beside the indexes. */
const fileName = 'benchmark.json';

/** What is printed by `--json`, and kept to compare the next run with. */
interface BenchJson extends BenchmarkReport {
  readonly version: string;
  readonly machine: { readonly processor: string; readonly cores: number; readonly memoryBytes: number };
}

/** `codeweaver bench`: how fast the product is on this machine, beside its targets and the run before. */
export async function benchCommand(json: boolean, context: CommandContext): Promise<ExitCode> {
  const { terminal, environment, dataDir, signal, options } = context;
  const report = await environment.runBenchmark({
    directory: dataDir,
    signal,
    onPart: (part) => {
      if (options.progress) terminal.note(`Measuring ${part} …`);
    },
  });
  const [processor] = cpus();
  const result: BenchJson = {
    version: packageJson.version,
    machine: { processor: processor?.model ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() },
    ...report,
  };
  const before = await readLast(dataDir);
  await terminal.write(
    json ? `${JSON.stringify({ ...result, last: before ?? null }, null, 2)}\n` : render(result, before),
  );
  await keep(result, dataDir);
  return exitCodes.ok;
}

/** Undefined when there was no run, or what it left cannot be read: a comparison is all that is lost. */
async function readLast(directory: string): Promise<BenchJson | undefined> {
  const text = await readFile(join(directory, fileName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const last = JSON.parse(text) as Partial<BenchJson>;
    return Array.isArray(last.measures) && typeof last.at === 'number' ? (last as BenchJson) : undefined;
  } catch {
    return undefined;
  }
}

async function keep(result: BenchJson, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, fileName);
  await writeFile(`${path}.new`, JSON.stringify(result));
  await rename(`${path}.new`, path);
}

/** Two Markdown tables, to read and to paste. */
function render({ targets, measures, tookMs, machine, version }: BenchJson, before: BenchJson | undefined): string {
  const lines = [
    `CodeWeaver ${version} on ${machine.processor}, ${machine.cores} cores, ${formatBytes(machine.memoryBytes)}`,
    '',
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
    `Took ${formatDuration(tookMs)}. ${before === undefined ? 'The next run is compared with this one.' : `The last run was ${new Date(before.at).toISOString()}.`}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Medians; below 1 is faster than then. */
function besideLast({ id, median }: BenchmarkMeasure, before: BenchJson | undefined): string {
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

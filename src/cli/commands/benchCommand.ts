import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { BenchmarkReport } from '../../protocol/benchmark.ts';
import { benchmarkTables } from '../../util/benchmarkTables.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { writeJsonFile } from '../jsonFile.ts';
import { withEngine } from '../session.ts';

/** The last run on this machine, beside the indexes. */
const fileName = 'benchmark.json';

/** What is printed by `--json`, and kept to compare the next run with. */
interface BenchJson extends BenchmarkReport {
  readonly version: string;
  readonly machine: { readonly processor: string; readonly cores: number; readonly memoryBytes: number };
}

/** `codeweaver bench`: how fast the product is on this machine, beside its targets and the run before. */
export async function benchCommand(json: boolean, context: CommandContext): Promise<ExitCode> {
  const { terminal, dataDir, signal, options } = context;
  const report = await withEngine(context, async (engine) => {
    engine.on('activity', ({ step }) => {
      if (options.progress) terminal.note(`Measuring ${step} …`);
    });
    return engine.benchmark(dataDir, signal);
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
  await writeJsonFile(dataDir, fileName, result);
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

function render(result: BenchJson, before: BenchJson | undefined): string {
  const { version, machine, tookMs } = result;
  return [
    `CodeWeaver ${version} on ${machine.processor}, ${machine.cores} cores, ${formatBytes(machine.memoryBytes)}`,
    '',
    benchmarkTables(result, before),
    `Took ${formatDuration(tookMs)}. ${before === undefined ? 'The next run is compared with this one.' : `The last run was ${new Date(before.at).toISOString()}.`}`,
    '',
  ].join('\n');
}

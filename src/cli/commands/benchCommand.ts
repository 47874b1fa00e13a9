import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { BenchmarkReport } from '../../protocol/benchmark.ts';
import { english } from '../../protocol/phrase.ts';
import { benchmarkBaseline, compareWithBaseline } from '../../util/benchmarkBaseline.ts';
import { benchmarkTables, machineText } from '../../util/benchmarkTables.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatDuration } from '../format.ts';
import { writeJsonFile } from '../jsonFile.ts';
import { jsonText } from '../jsonText.ts';
import { withEngine } from '../session.ts';

/** The last run on this machine, beside the indexes. */
const fileName = 'benchmark.json';

/** What is printed by `--json`, and kept to compare the next run with. */
interface BenchJson extends BenchmarkReport {
  readonly version: string;
}

/** `codeweaver bench`: how fast the product is on this machine, beside its targets, the run before and the shipped baseline. */
export async function benchCommand(json: boolean, context: CommandContext): Promise<ExitCode> {
  const { terminal, dataDir, signal, options } = context;
  const report = await withEngine(context, async (engine) => {
    engine.on('activity', ({ step }) => {
      if (options.progress) terminal.note(`Measuring ${english(step)} …`);
    });
    return engine.benchmark(dataDir, signal);
  });
  const result: BenchJson = { version: packageJson.version, ...report };
  const last = await readLast(dataDir);
  const baseline = compareWithBaseline(report, benchmarkBaseline);
  await terminal.write(json ? `${jsonText({ ...result, last: last ?? null, baseline }, 2)}\n` : render(result, last));
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

function render(result: BenchJson, last: BenchJson | undefined): string {
  const { version, machine, tookMs } = result;
  return [
    `CodeWeaver ${version} on ${machineText(machine)}`,
    '',
    benchmarkTables(result, { last, baseline: benchmarkBaseline }),
    `Took ${formatDuration(tookMs)}. ${last === undefined ? 'The next run is compared with this one.' : `The last run was ${new Date(last.at).toISOString()}.`}`,
    '',
  ].join('\n');
}

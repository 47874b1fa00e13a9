import type { FileEntry } from '../../protocol/types.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatNumberOf } from '../format.ts';
import { jsonText } from '../jsonText.ts';
import { locateFolder } from '../locations.ts';
import { withFolder } from '../session.ts';
import { printable } from '../terminal.ts';

/** Entries written at a time: a repository of a million files is never one string. */
const batchSize = 500;

/** `codeweaver files <folder>`: a JSON array, or a line for each file. */
export async function filesCommand(folder: string, json: boolean, context: CommandContext): Promise<ExitCode> {
  const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  return withFolder(context, location, true, async ({ engine }) => {
    const files = await engine.files(location.root, context.signal);
    const { terminal } = context;
    if (json) await terminal.write('[');
    for (let start = 0; start < files.length && !terminal.readerGone; start += batchSize) {
      const batch = files.slice(start, start + batchSize);
      const lines = json ? batch.map((file) => jsonText(file)).join(',\n') : batch.map(fileLine).join('\n');
      const separator = start === 0 ? '' : json ? ',\n' : '\n';
      await terminal.write(separator + lines);
    }
    await terminal.write(json ? ']\n' : files.length > 0 ? '\n' : '');
    return exitCodes.ok;
  });
}

function fileLine({ path, state, reason, detail, language, chunks }: FileEntry): string {
  const about = [state === 'indexed' ? formatNumberOf(chunks, 'chunk') : reason, language, detail];
  return `${state.padEnd(8)} ${printable(path)}  ${printable(about.filter(Boolean).join(', '))}`;
}

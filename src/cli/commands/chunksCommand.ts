import type { Ansis } from 'ansis';
import type { FileChunks, InspectedChunk } from '../../protocol/chunks.ts';
import { AppError } from '../../protocol/errors.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatNumberOf } from '../format.ts';
import { canonicalFile, relativeWithin } from '../locations.ts';
import { updateIndex, withFolder } from '../session.ts';
import { jsonText } from '../jsonText.ts';
import { printable } from '../terminal.ts';
import { findFolder } from './whyCommand.ts';

export interface ChunksOptions {
  readonly json: boolean;
  /** The indexed folder the file belongs to; found when not given. */
  readonly folder?: string;
  /** False: the stored index as it is. */
  readonly update: boolean;
}

/** Long enough for another command that started at the same moment. */
const lockWaitMs = 1_000;

/** `codeweaver chunks <file>`: how a file is cut, and the state of its vectors. */
export async function chunksCommand(file: string, options: ChunksOptions, context: CommandContext): Promise<ExitCode> {
  const { environment, terminal, signal } = context;
  const path = await canonicalFile(file, environment.workingDirectory);
  const location = await findFolder(path, options.folder, context);
  const relative = relativeWithin(location.root, path, environment.platform);
  if (relative === undefined) {
    throw new AppError('NotFound', `${path} is not inside ${location.root}. Name the folder it is in with --folder.`);
  }
  return withFolder(context, location, true, async (session) => {
    if (options.update) {
      const outcome = await updateIndex(session, context, lockWaitMs);
      if (outcome.state === 'failed') throw outcome.error;
    }
    const report = await session.engine.chunks(location.root, relative, signal);
    await terminal.write(
      options.json ? `${jsonText({ folder: location.root, ...report }, 2)}\n` : renderChunks(report, terminal.colours),
    );
    return exitCodes.ok;
  });
}

/** One line a chunk, and one that sums up. */
function renderChunks({ path, language, model, chunks }: FileChunks, colours: Ansis): string {
  const width = Math.max(...chunks.map((chunk) => rangeOf(chunk).length), 0);
  const lines = chunks.map((chunk) => {
    const name = chunk.symbol === '' ? '' : ` ${colours.bold(printable(chunk.symbol))}`;
    const reason = chunk.detail === undefined ? '' : ` (${printable(chunk.detail)})`;
    const facts = `${formatNumberOf(chunk.tokens, 'token')}, ${vectorTexts[chunk.vector]}${reason}, ${chunk.hash.slice(0, 12)}`;
    return `${colours.green(rangeOf(chunk).padStart(width))}  ${colours.yellow(chunk.kind)}${name}  ${colours.dim(facts)}`;
  });
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
  const facts = [language, formatNumberOf(chunks.length, 'chunk'), `about ${formatNumberOf(tokens, 'token')}`, model];
  return [...lines, colours.dim(`${printable(path)}: ${facts.filter(Boolean).join(', ')}`)].join('\n') + '\n';
}

const vectorTexts: Readonly<Record<InspectedChunk['vector'], string>> = {
  embedded: 'has a vector',
  pending: 'waits for its vector',
  failed: 'could not be embedded',
  none: 'no vector: there is no model',
};

function rangeOf({ startLine, endLine }: InspectedChunk): string {
  return `${startLine}-${endLine}`;
}

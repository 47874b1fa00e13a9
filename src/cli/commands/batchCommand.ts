import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AppError, throwIfAborted, toAppError } from '../../protocol/errors.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { answerJson, errorJson } from '../json.ts';
import type { SearchOptions } from '../options.ts';
import { parseQueryLine } from '../queryLine.ts';
import type { Session } from '../session.ts';
import { noteDegraded, searchRequest, withSearchableFolder, type SearchCommandOptions } from './searchCommand.ts';

/** `codeweaver search <folder> --queries <file>`: one JSON line in, one out, in order; `-` reads stdin. */
export async function batchCommand(
  folder: string,
  file: string,
  options: SearchCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const input = await openInput(file, context);
  return withSearchableFolder(folder, options.update, context, async (session) => {
    let failed = 0;
    let noted = false;
    let lineNumber = 0;
    for await (const line of linesOf(input, context.signal)) {
      lineNumber++;
      if (line.trim() === '') continue;
      const answer = await answerLine(line, lineNumber, session, options, context);
      if ('error' in answer.json) failed++;
      else if (answer.response && !noted) {
        noteDegraded(answer.response, context);
        noted = answer.response.degraded !== undefined;
      }
      await context.terminal.write(`${JSON.stringify(answer.json)}\n`);
    }
    if (failed > 0) context.terminal.note(`error: ${failed} of the queries could not be answered.`);
    return failed > 0 ? exitCodes.error : exitCodes.ok;
  });
}

async function answerLine(
  line: string,
  lineNumber: number,
  session: Session,
  defaults: SearchOptions,
  context: CommandContext,
) {
  let id: unknown = null;
  try {
    const parsed = parseQueryLine(line, lineNumber, defaults);
    id = parsed.id;
    if ('error' in parsed) throw parsed.error;
    const response = await session.engine.search(searchRequest(session, parsed.query, parsed.options), context.signal);
    return { json: { id, ...answerJson(response) }, response };
  } catch (error) {
    const appError = toAppError(error);
    if (appError.group === 'cancelled') throw appError;
    return { json: { id, error: errorJson(appError) } };
  }
}

/** Opened before anything is indexed: a wrong file name should not cost minutes. */
async function openInput(file: string, { environment }: CommandContext): Promise<Readable> {
  if (file === '-') return environment.stdin;
  const path = resolve(environment.workingDirectory, file);
  const stream = createReadStream(path);
  try {
    await new Promise((opened, failed) => {
      stream.once('open', opened).once('error', failed);
    });
  } catch (error) {
    throw new AppError('NotFound', `The query file ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return stream;
}

async function* linesOf(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
  const lines = createInterface({ input, crlfDelay: Infinity, signal });
  try {
    yield* lines;
    // An aborted interface ends like one whose input has ended.
    throwIfAborted(signal);
  } finally {
    lines.close();
    input.destroy();
  }
}

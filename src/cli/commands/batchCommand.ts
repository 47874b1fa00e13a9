import { toAppError } from '../../protocol/errors.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { answerJson, errorJson } from '../json.ts';
import { jsonText } from '../jsonText.ts';
import type { SearchOptions } from '../options.ts';
import { openQueryInput, queryLines } from '../queryInput.ts';
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
  const input = await openQueryInput(file, context);
  return withSearchableFolder(folder, options.update, context, async (session) => {
    let failed = 0;
    let noted = false;
    for await (const { text, number } of queryLines(input, context.signal)) {
      const answer = await answerLine(text, number, session, options, context);
      if ('error' in answer.json) failed++;
      else if (answer.response && !noted) {
        noted = noteDegraded(answer.response, context);
      }
      await context.terminal.write(`${jsonText(answer.json)}\n`);
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

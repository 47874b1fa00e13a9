import { performance } from 'node:perf_hooks';
import type { SearchRequest, SearchResponse } from '../../protocol/types.ts';
import type { CommandContext } from '../context.ts';
import { noteEmbeddingError } from '../embeddingError.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatDuration, formatNumberOf } from '../format.ts';
import { answerJson, reportJson } from '../json.ts';
import { jsonText } from '../jsonText.ts';
import { locateFolder } from '../locations.ts';
import { toSearchFilter, type SearchOptions } from '../options.ts';
import { renderResponse } from '../render.ts';
import { folderStatus, updateIndex, withFolder, type Session, type UpdateOutcome } from '../session.ts';

/** Long enough for another search that started at the same moment, short enough to wait for an answer. */
const lockWaitMs = 1_000;

export interface SearchCommandOptions extends SearchOptions {
  readonly json: boolean;
  /** False: the stored index is searched as it is. */
  readonly update: boolean;
}

/** `codeweaver search <folder> <query>`. */
export async function searchCommand(
  folder: string,
  query: string,
  options: SearchCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  return withSearchableFolder(folder, options.update, context, async (session, indexed) => {
    const response = await session.engine.search(searchRequest(session, query, options), context.signal);
    if (options.json) {
      await context.terminal.write(`${jsonText({ query, ...answerJson(response), index: indexed.json })}\n`);
      noteDegraded(response, context);
    } else {
      await context.terminal.write(renderResponse(response, query, indexed.text, context.terminal.colours));
    }
    return exitCodes.ok;
  });
}

/** What happened to the index before the search. */
export interface Indexed {
  /** For people: `index up to date in 0.2 s`. */
  readonly text: string;
  readonly json: { readonly updated: boolean; readonly totalMs: number } & Partial<ReturnType<typeof reportJson>>;
}

/** Opens a folder, brings its index up to date when `update` is set (an index that cannot be is used as it is). */
export async function withSearchableFolder<T>(
  folder: string,
  update: boolean,
  context: CommandContext,
  body: (session: Session, indexed: Indexed) => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  return withFolder(context, location, !update, async (session) => {
    const outcome = update ? await updateForSearch(session, context) : undefined;
    return body(session, describe(outcome, performance.now() - start));
  });
}

async function updateForSearch(session: Session, context: CommandContext): Promise<UpdateOutcome> {
  const { terminal } = context;
  const { updatedAt } = await folderStatus(session, context.signal);
  if (updatedAt === 0) terminal.note(`Indexing ${session.folder.root} (once; later searches only look for changes) …`);
  const outcome = await updateIndex(session, context, lockWaitMs);
  switch (outcome.state) {
    case 'busy':
      terminal.note('Another process is indexing this folder: searching what is stored so far.');
      break;
    case 'failed':
      if (outcome.error.group === 'bug' || outcome.error.code === 'FolderNotFound') throw outcome.error;
      terminal.note(`The index could not be updated: ${outcome.error.message} Searching what is stored.`);
      break;
    case 'done':
      if (outcome.report.error) noteEmbeddingError(outcome.report.error, terminal);
      break;
  }
  return outcome;
}

function describe(outcome: UpdateOutcome | undefined, totalMs: number): Indexed {
  if (outcome?.state !== 'done') return { text: 'stored index', json: { updated: false, totalMs } };
  const { report } = outcome;
  const changed = report.filesChunked + report.filesRemoved;
  const text =
    changed === 0
      ? `index up to date in ${formatDuration(totalMs)}`
      : `${formatNumberOf(changed, 'file')} updated in ${formatDuration(totalMs)}`;
  return { text, json: { updated: true, ...reportJson(report), totalMs } };
}

export function searchRequest(session: Session, query: string, options: SearchOptions): SearchRequest {
  return {
    query,
    ...(options.k === undefined ? {} : { k: options.k }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.ranking === false ? { ranking: false } : {}),
    ...(options.rerank === false ? { rerank: false } : {}),
    filter: { ...toSearchFilter(options), folders: [session.folder.root] },
  };
}

/**
 * Tells the person who runs a program that reads JSON; true when there was something to tell. Without a provider lexical
 * results are what was asked for.
 */
export function noteDegraded({ degraded, rerankFailed }: SearchResponse, { terminal }: CommandContext): boolean {
  const notes = [
    ...(degraded === undefined || degraded.code === 'NoProvider' ? [] : [degraded.message]),
    ...(rerankFailed === undefined ? [] : [`Not reranked: ${rerankFailed.message}`]),
  ];
  for (const note of notes) terminal.note(`note: ${note}`);
  return notes.length > 0;
}

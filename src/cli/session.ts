import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExcludeGlob } from '../protocol/config.ts';
import type { FolderSpec, LogRecord } from '../protocol/engineApi.ts';
import { AppError, toAppError } from '../protocol/errors.ts';
import type { FolderStatus, HealthReport, EngineStatus, IndexReport } from '../protocol/types.ts';
import type { CommandContext } from './context.ts';
import type { CliEngine } from './environment.ts';
import { cacheDirOf, relativeWithin, type FolderLocation } from './locations.ts';
import { credentialsOf, mergeIndexOptions, pickIndexOptions, toEngineConfig, type IndexOptions } from './options.ts';
import { Progress, type ProgressStyle } from './progress.ts';
import { readRemembered, writeRemembered } from './remembered.ts';

/** A process that is creating an index has made its tables after this long. */
const creationWaitMs = 3_000;
/** Between two looks whether it has. */
const lockPollMs = 100;

/** One folder, open in an engine of this process. */
export interface Session {
  readonly engine: CliEngine;
  readonly folder: FolderLocation;
  /** Options in force: given now, else remembered. */
  readonly options: IndexOptions;
  /** They differ from what the index directory remembers. */
  readonly optionsChanged: boolean;
}

export type UpdateOutcome =
  | { readonly state: 'done'; readonly report: IndexReport }
  /** Another process writes this index. */
  | { readonly state: 'busy' }
  /** What was done before the failure is kept. */
  | { readonly state: 'failed'; readonly error: AppError };

/**
 * Opens the folder's index, runs `body` and closes everything again, however `body` ends. Nothing is indexed here.
 * Throws AppError `IndexMissing` when `mustExist` is set and the folder was never indexed. Without `remoteProvider`
 * nothing is sent.
 */
export async function withFolder<T>(
  context: CommandContext,
  folder: FolderLocation,
  mustExist: boolean,
  body: (session: Session) => Promise<T>,
  remoteProvider = true,
): Promise<T> {
  const { environment, signal } = context;
  const remembered = await readRemembered(folder.indexDir);
  if (mustExist && remembered === undefined) throw missingIndex(folder);
  const options = mergeIndexOptions(remembered?.options ?? {}, pickIndexOptions(context.options));
  return withEngine(context, async (engine) => {
    const permissions = { remoteProvider, reranker: true };
    const config = toEngineConfig(options, ownExcludes(context, folder));
    await engine.configure(config, credentialsOf(environment.variables), permissions, signal);
    await openFolder(engine, { folderId: folder.root, ...folder }, signal);
    const optionsChanged = JSON.stringify(options) !== JSON.stringify(remembered?.options);
    return body({ engine, folder, options, optionsChanged });
  });
}

/** Starts an engine, runs `body` and closes it again, however `body` ends. */
export async function withEngine<T>(
  context: CommandContext,
  body: (engine: CliEngine) => Promise<T>,
  cacheDir: string = cacheDirOf(context.dataDir),
): Promise<T> {
  const engine = await context.environment.createEngine({
    cacheDir,
    log: (record) => {
      if (context.options.verbose) context.terminal.note(logLine(record));
    },
  });
  try {
    return await body(engine);
  } finally {
    await context.records.keepMetrics(engine);
    await close(engine, context);
  }
}

/** Waits for a process that is just creating the index; one that goes on indexing does not keep others from opening it. */
export async function openFolder(engine: CliEngine, folder: FolderSpec, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += lockPollMs) {
    try {
      await engine.openFolder(folder, signal);
      return;
    } catch (error) {
      if (toAppError(error).code !== 'IndexLocked' || waitedMs >= creationWaitMs) throw error;
    }
    await sleep(lockPollMs);
  }
}

/** What the command did stands, and everything it stored is safe: a close that fails (full disk) costs time later on. */
async function close(engine: CliEngine, { terminal }: CommandContext): Promise<void> {
  try {
    await engine.close();
  } catch (error) {
    terminal.note(`The index was not closed cleanly and is checked at the next start: ${toAppError(error).message}`);
  }
}

/** Like {@link withFolder}; a folder never indexed is opened through a throw-away index, so that a question leaves nothing behind. */
export async function withStoredOrEmpty<T>(
  context: CommandContext,
  folder: FolderLocation,
  body: (session: Session, indexed: boolean) => Promise<T>,
  remoteProvider = true,
): Promise<T> {
  if (await readRemembered(folder.indexDir)) {
    return withFolder(context, folder, true, (session) => body(session, true), remoteProvider);
  }
  const indexDir = await mkdtemp(join(tmpdir(), 'codeweaver-'));
  try {
    return await withFolder(context, { ...folder, indexDir }, false, (session) => body(session, false), remoteProvider);
  } finally {
    await rm(indexDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Brings the index in line with the disk, showing how far it is. Throws only when cancelled. `lockWaitMs`: how
 * long to wait for another process, which may have the index for a moment only.
 */
export async function updateIndex(
  session: Session,
  context: CommandContext,
  lockWaitMs: number,
): Promise<UpdateOutcome> {
  const stopShowing = showProgress(session, context);
  try {
    // What the index is made by is for its writer to say; before it starts, so that a pass that is killed goes on alike.
    const { leader } = await folderStatus(session, context.signal);
    if (leader) await remember(session);
    for (let waitedMs = 0; ; waitedMs += lockPollMs) {
      const outcome = await indexOnce(session, context.signal);
      if (outcome.state === 'done' && !leader) await remember(session);
      if (outcome.state !== 'busy' || waitedMs >= lockWaitMs) return outcome;
      await sleep(lockPollMs);
    }
  } catch (error) {
    const appError = toAppError(error);
    if (appError.group === 'cancelled') throw appError;
    return { state: 'failed', error: appError };
  } finally {
    stopShowing();
  }
}

/**
 * As {@link updateIndex}, for a session that sends nothing and shall leave no options behind. Another process that writes
 * the index is as good: what it has is planned with. Throws what failed.
 */
export async function indexByWords(session: Session, context: CommandContext): Promise<void> {
  const stopShowing = showProgress(session, context);
  try {
    await indexOnce(session, context.signal);
  } finally {
    stopShowing();
  }
}

function showProgress({ engine }: Session, context: CommandContext): () => void {
  const progress = new Progress(context.terminal.stderr, progressStyle(context));
  const stopListening = engine.on('progress', (value) => {
    progress.update(value);
  });
  return () => {
    stopListening();
    progress.stop();
  };
}

async function remember({ folder, options, optionsChanged }: Session): Promise<void> {
  if (optionsChanged) await writeRemembered(folder.indexDir, { root: folder.root, options });
}

async function indexOnce({ engine, folder }: Session, signal: AbortSignal): Promise<UpdateOutcome> {
  try {
    return { state: 'done', report: await engine.index(folder.root, signal) };
  } catch (error) {
    const appError = toAppError(error);
    if (appError.code !== 'IndexLocked') throw appError;
    return { state: 'busy' };
  }
}

export async function folderStatus(
  session: Session,
  signal: AbortSignal,
): Promise<FolderStatus & { readonly engine: EngineStatus; readonly health: HealthReport }> {
  const engine = await session.engine.status(signal);
  const health = await session.engine.health(signal);
  const folder = engine.folders.find(({ folderId }) => folderId === session.folder.root);
  if (!folder) throw new AppError('FolderNotOpen', `The engine does not know the folder ${session.folder.root}.`);
  return { ...folder, engine, health };
}

function missingIndex(folder: FolderLocation): AppError {
  return new AppError(
    'IndexMissing',
    `${folder.root} has no index yet. Run "codeweaver index" on it first (or search without --no-update).`,
  );
}

/** An index kept inside the folder it describes must not index itself. */
function ownExcludes(context: CommandContext, folder: FolderLocation): readonly ExcludeGlob[] {
  if (context.dataDir === folder.root) {
    throw new AppError('InvalidArgument', '--index-dir must not be the folder that is indexed; a folder in it may be.');
  }
  const inside = relativeWithin(folder.root, context.dataDir, context.environment.platform);
  if (inside === undefined) return [];
  const literal = inside.replace(/[\\*?[\]{}()!+@]/g, '\\$&');
  return [{ glob: `${literal}/**`, source: '--index-dir' }];
}

function progressStyle({ options, terminal }: CommandContext): ProgressStyle {
  if (!options.progress) return 'none';
  // Log lines would be written into the bar.
  return terminal.stderr.isTTY === true && !options.verbose ? 'bar' : 'lines';
}

function logLine({ level, message, fields }: LogRecord): string {
  const details = Object.entries(fields ?? {}).map(([name, value]) => `${name}=${value}`);
  return [`${level}: ${message}`, ...details].join(' ');
}

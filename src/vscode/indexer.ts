import type { EngineApi } from '../protocol/engineApi.ts';
import { AppError, CancelledError, errorGroups, toAppError } from '../protocol/errors.ts';
import { phrase } from '../protocol/phrase.ts';
import type { FileChange, IndexReport } from '../protocol/types.ts';
import { Emitter } from '../util/emitter.ts';

/** Waits before a pass that failed for a passing reason (engine restarted, provider down) is tried again. */
const retryMs = [2_000, 10_000, 30_000, 120_000, 600_000];
/** Another window indexes this folder: how often to look whether it still does. */
const lockedRetryMs = 30_000;

export interface IndexerOptions {
  readonly engine: Pick<EngineApi, 'index' | 'applyChanges'>;
  /** Whether file events are followed and failed passes repeated (the setting `index.auto`). */
  readonly isAutomatic: () => boolean;
}

export interface IndexerEvent {
  readonly folderId: string;
  readonly outcome: { readonly report: IndexReport } | { readonly error: AppError };
}

interface Folder {
  readonly id: string;
  /** The pass that runs, with the promise all its callers share. */
  pass: { readonly controller: AbortController; readonly done: Promise<IndexReport> } | undefined;
  /** Something happened that only another whole pass can take up. */
  stale: boolean;
  readonly changes: FileChange[];
  applying: boolean;
  failures: number;
  retry: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Decides when the engine works: one whole pass per folder at a time, file events beside it in order, again after a
 * passing failure, not at all while paused.
 */
export class Indexer {
  readonly #options: IndexerOptions;
  readonly #folders = new Map<string, Folder>();
  readonly #stateChanged = new Emitter<void>();
  readonly #finished = new Emitter<IndexerEvent>();
  #paused = false;

  /** {@link isIndexing} or {@link isPaused} changed. */
  readonly onDidChangeState = this.#stateChanged.event;
  /** A whole pass ended; not told when it was cancelled. */
  readonly onDidFinish = this.#finished.event;

  constructor(options: IndexerOptions) {
    this.#options = options;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** A whole pass is under way in some folder. */
  get isIndexing(): boolean {
    return [...this.#folders.values()].some(({ pass }) => pass !== undefined);
  }

  addFolder(id: string): void {
    if (this.#folders.has(id)) return;
    this.#folders.set(id, {
      id,
      pass: undefined,
      stale: false,
      changes: [],
      applying: false,
      failures: 0,
      retry: undefined,
    });
  }

  removeFolder(id: string): void {
    const folder = this.#folders.get(id);
    this.#folders.delete(id);
    clearTimeout(folder?.retry);
    folder?.pass?.controller.abort(new CancelledError());
  }

  /** Brings a folder in line with the disk; joins the pass that runs. Rejects with the AppError of the engine. */
  async index(folderId: string): Promise<IndexReport> {
    const folder = this.#folders.get(folderId);
    if (folder === undefined) throw new AppError('FolderNotOpen', phrase`The folder ${folderId} is not open.`);
    clearTimeout(folder.retry);
    folder.retry = undefined;
    folder.pass ??= this.#startPass(folder);
    return folder.pass.done;
  }

  /** As {@link index} for all folders, for nobody in particular: outcomes are told by events. */
  indexAll(): void {
    if (this.#paused) return;
    for (const id of this.#folders.keys()) this.index(id).catch(() => undefined);
  }

  /** What a whole pass depends on changed (settings, permission): running passes are followed by another one. */
  invalidate(): void {
    for (const folder of this.#folders.values()) folder.stale = true;
  }

  /** Takes up file events, in order and one batch at a time. */
  apply(folderId: string, changes: readonly FileChange[]): void {
    const folder = this.#folders.get(folderId);
    if (folder === undefined || this.#paused || !this.#options.isAutomatic()) return;
    folder.changes.push(...changes);
    if (!folder.applying) void this.#applyAll(folder);
  }

  /** Ends the passes that run. What was indexed stays; the next pass goes on from there. */
  cancel(): void {
    for (const { pass } of this.#folders.values()) pass?.controller.abort(new CancelledError());
  }

  /** Stops all work until {@link resume}; file events are then made up for by a whole pass. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.cancel();
    for (const folder of this.#folders.values()) {
      clearTimeout(folder.retry);
      folder.changes.length = 0;
    }
    this.#stateChanged.fire();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#stateChanged.fire();
    this.indexAll();
  }

  dispose(): void {
    for (const id of [...this.#folders.keys()]) this.removeFolder(id);
  }

  #startPass(folder: Folder): NonNullable<Folder['pass']> {
    const controller = new AbortController();
    const done = this.#pass(folder, controller.signal);
    const pass = { controller, done };
    done.then(
      (report) => this.#endPass(folder, { report }),
      (error: unknown) => this.#endPass(folder, { error: toAppError(error) }),
    );
    // Told once the caller has stored the pass, so that listeners see it.
    queueMicrotask(() => this.#stateChanged.fire());
    return pass;
  }

  async #pass(folder: Folder, signal: AbortSignal): Promise<IndexReport> {
    for (;;) {
      folder.stale = false;
      try {
        const report = await this.#joinPass(folder.id, signal);
        if (!folder.stale) return report;
      } catch (error) {
        // The engine itself ended it, because of what made it stale: the provider may not be asked any more.
        if (!(error instanceof CancelledError) || signal.aborted || !folder.stale) throw error;
      }
    }
  }

  /** The engine lets a second pass join one that was cancelled a moment ago; it then ends as cancelled with it. */
  async #joinPass(folderId: string, signal: AbortSignal): Promise<IndexReport> {
    try {
      return await this.#options.engine.index(folderId, signal);
    } catch (error) {
      if (!(error instanceof CancelledError) || signal.aborted) throw error;
      return this.#options.engine.index(folderId, signal);
    }
  }

  #endPass(folder: Folder, outcome: IndexerEvent['outcome']): void {
    folder.pass = undefined;
    this.#stateChanged.fire();
    const failure = 'error' in outcome ? outcome.error : outcome.report.error;
    if (failure?.code === 'Cancelled' || !this.#folders.has(folder.id)) return;
    this.#finished.fire({ folderId: folder.id, outcome });
    if (failure === undefined) folder.failures = 0;
    else this.#retryLater(folder, failure);
  }

  async #applyAll(folder: Folder): Promise<void> {
    folder.applying = true;
    try {
      while (folder.changes.length > 0) {
        await this.#options.engine.applyChanges(folder.id, folder.changes.splice(0));
      }
    } catch (error) {
      // The events are lost; the whole pass that comes next finds what they were about.
      folder.changes.length = 0;
      folder.stale = true;
      const appError = toAppError(error);
      if (appError.code !== 'Cancelled') this.#retryLater(folder, appError);
    } finally {
      folder.applying = false;
    }
  }

  #retryLater(
    folder: Folder,
    failure: { readonly code: string; readonly data?: Readonly<Record<string, unknown>> },
  ): void {
    if (this.#paused || !this.#options.isAutomatic() || !this.#folders.has(folder.id)) return;
    if (errorGroups[failure.code as keyof typeof errorGroups] !== 'transient') return;
    const backoffMs = retryMs[Math.min(folder.failures++, retryMs.length - 1)] ?? 0;
    const pausedMs = failure.data?.['retryInMs'];
    const waitMs = failure.code === 'IndexLocked' ? lockedRetryMs : Math.max(backoffMs, Number(pausedMs ?? 0));
    clearTimeout(folder.retry);
    folder.retry = setTimeout(() => void this.index(folder.id).catch(() => undefined), waitMs);
  }
}

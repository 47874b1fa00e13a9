import type * as vscode from 'vscode';
import { removeUnusedIndexes } from '../node/unusedIndexes.ts';
import type { EngineModel, ObservableEngine } from './engineModel.ts';
import type { Configuration } from './configuration.ts';
import { setContext } from './contextKeys.ts';
import type { FileWatching } from './fileWatching.ts';
import type { Folders, OpenFolder } from './folders.ts';
import type { HostMetrics } from './hostMetrics.ts';
import type { Indexer, IndexerEvent } from './indexer.ts';
import type { OutputLog } from './outputLog.ts';
import type { Disposable } from '../util/emitter.ts';

/** Time for the editor to come to rest after its start, before the engine is started on its own account. */
const restMs = 500;
/** Indexes of folders that nobody opened for so long are removed: 90 days. */
const unusedMs = 90 * 24 * 3_600_000;
const pausedKey = 'codeweaver.paused';

export interface WorkspaceIndexOptions {
  readonly engine: ObservableEngine;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly indexer: Indexer;
  readonly watching: FileWatching;
  readonly model: EngineModel;
  readonly metrics: HostMetrics;
  readonly log: OutputLog;
  readonly indexesUri: vscode.Uri;
  readonly state: vscode.Memento;
}

/** Keeps the index of the workspace alive: opens folders, indexes and watches them, and stops doing so. */
export class WorkspaceIndex {
  readonly #options: WorkspaceIndexOptions;
  readonly #subscriptions: readonly Disposable[];
  readonly #timer: ReturnType<typeof setTimeout>;
  #started: Promise<void> | undefined;

  constructor(options: WorkspaceIndexOptions) {
    this.#options = options;
    const { configuration, folders, indexer, model, state } = options;
    if (state.get(pausedKey) === true) indexer.pause();
    setContext('codeweaver.paused', indexer.isPaused);
    this.#subscriptions = [
      folders.onDidOpen((folder) => this.#opened(folder)),
      folders.onDidClose(({ id }) => {
        options.watching.remove(id);
        indexer.removeFolder(id);
        model.forget(id);
        model.refreshSoon();
      }),
      configuration.onDidInvalidateIndex(() => {
        indexer.invalidate();
        if (this.#isAutomatic) indexer.indexAll();
      }),
      configuration.onDidChange(() => {
        if (this.#started !== undefined) model.refreshSoon();
      }),
      indexer.onDidChangeState(() => this.#onStateChanged()),
      indexer.onDidFinish((event) => this.#logOutcome(event)),
    ];
    this.#timer = setTimeout(() => {
      if (folders.all.length > 0) void this.start();
    }, restMs);
  }

  /** Starts the engine and opens the folders; later calls wait for the same. */
  async start(): Promise<void> {
    await (this.#started ??= this.#start());
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get #isAutomatic(): boolean {
    return this.#options.configuration.settings.editor.autoIndex;
  }

  async #start(): Promise<void> {
    const { configuration, folders, model } = this.#options;
    await configuration.ready();
    await folders.open();
    if (folders.all.length > 0) model.refreshSoon();
    void this.#removeUnused();
  }

  async #removeUnused(): Promise<void> {
    const { indexesUri, log } = this.#options;
    try {
      const removed = await removeUnusedIndexes(indexesUri.fsPath, unusedMs);
      if (removed > 0) log.info('Removed indexes of folders that are not opened any more', { removed });
    } catch (error) {
      log.background(error);
    }
  }

  /** The stored index answers from here on; what changed meanwhile is found in the background. */
  #opened(folder: OpenFolder): void {
    const { indexer, watching, model } = this.#options;
    indexer.addFolder(folder.id);
    watching.add(folder);
    if (this.#isAutomatic && !indexer.isPaused) indexer.index(folder.id).catch(() => undefined);
    model.refreshSoon();
  }

  #onStateChanged(): void {
    const { indexer, metrics, state } = this.#options;
    setContext('codeweaver.indexing', indexer.isIndexing);
    setContext('codeweaver.paused', indexer.isPaused);
    metrics.setBusy(indexer.isIndexing);
    if (state.get(pausedKey, false) !== indexer.isPaused) void state.update(pausedKey, indexer.isPaused);
  }

  #logOutcome({ outcome }: IndexerEvent): void {
    const { log } = this.#options;
    if ('error' in outcome) {
      if (outcome.error.code !== 'IndexLocked') log.error('Indexing stopped', outcome.error);
      return;
    }
    const { counts, filesChunked, filesRemoved, chunksEmbedded, chunksFromCache, requests, tokens, totalMs } =
      outcome.report;
    log.info('Indexed', {
      ...counts,
      filesChunked,
      filesRemoved,
      chunksEmbedded,
      chunksFromCache,
      requests,
      tokens,
      totalMs: Math.round(totalMs),
    });
  }
}

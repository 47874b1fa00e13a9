import { AppError, CancelledError, failureOf, toAppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { DocumentUpdate, FolderSpec } from '../../protocol/engineApi.ts';
import type {
  Failure,
  FileChange,
  FileEntry,
  FolderStatus,
  IndexReport,
  RelativePath,
  WhyReport,
} from '../../protocol/types.ts';
import { Discovery } from '../discovery/discovery.ts';
import type { VectorIndex, WriterLock } from '../ports.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import { savePostings } from '../lexical/savePostings.ts';
import { Catalogue } from '../store/catalogue.ts';
import { beginPass } from './beginPass.ts';
import { emptyEmbedTotals, type EmbedTotals } from './embedQueue.ts';
import { FolderEmbedding } from './folderEmbedding.ts';
import { recordChanges } from './fileChanges.ts';
import { emptyTotals, FileQueue, lockedError, type FileTotals } from './fileQueue.ts';
import type { FolderDependencies } from './folderDependencies.ts';
import { Progress } from './progress.ts';
import { reconcile } from './reconcile.ts';
import { Spaces, type Space } from './spaces.ts';
import { folderStatus } from './folderStatus.ts';
import { counts, fileEntries } from '../store/report.ts';
import { explainFile } from './why.ts';

/** Of all folders that were opened: an answer that is remembered by its version is never taken for one of another index. */
let lastVersion = 0;
/**
 * The index of one folder: its catalogue, its vectors and the work that keeps both in line with the disk. Lexical
 * search sees a file as soon as it is chunked; vectors follow. While a new embedding space is filled the old one answers.
 */
export class FolderIndex {
  readonly folder: FolderSpec;
  readonly catalogue: Catalogue;
  readonly #dependencies: FolderDependencies;
  readonly #queue: FileQueue;
  readonly #progress: Progress;
  readonly #integrity: 'ok' | 'rebuilt';
  readonly #closing = new AbortController();
  #discovery: Discovery;
  readonly #lock: WriterLock | undefined;
  #configuring: Promise<void> = Promise.resolve();
  #indexing: Promise<IndexReport> | undefined;
  readonly #spaces: Spaces;
  readonly #embedding: FolderEmbedding;
  #error: Failure | undefined;
  #version = ++lastVersion;
  #dataVersion = 0;

  private constructor(
    folder: FolderSpec,
    dependencies: FolderDependencies,
    opened: { catalogue: Catalogue; integrity: 'ok' | 'rebuilt' },
    lock: WriterLock | undefined,
  ) {
    this.folder = folder;
    this.#dependencies = dependencies;
    this.catalogue = opened.catalogue;
    this.#integrity = opened.integrity;
    this.#lock = lock;
    this.#dataVersion = this.catalogue.dataVersion();
    this.#progress = new Progress(folder.folderId, dependencies.platform.clock, (progress) =>
      dependencies.emit('progress', progress),
    );
    this.#discovery = this.#createDiscovery();
    const { platform, metrics, cache, config } = dependencies;
    this.#spaces = new Spaces({
      catalogue: this.catalogue,
      cache,
      platform,
      metrics,
      config,
      indexDir: folder.indexDir,
      writable: lock !== undefined,
      recall: {
        whenIdle: dependencies.checksRecall,
        isBusy: () => this.#indexing !== undefined || this.#embedding.isRunning,
        onChecked: () => dependencies.emit('statusChanged', { folderId: folder.folderId }),
      },
      onChanged: () => this.#changed(),
    });
    this.#embedding = new FolderEmbedding({
      account: dependencies.spending.account(folder.root),
      catalogue: this.catalogue,
      spaces: this.#spaces,
      embedQueue: dependencies.embedQueue,
      logger: platform.logger,
      configured: async () => this.#configuring,
      onProgress: (done, total) => {
        if (this.#progress.phase !== 'embedding' && total > 0) this.#phase('embedding', total);
        if (total > 0) this.#progress.update(done, total);
      },
      onEmbedded: () => this.#changed(),
    });
    this.#queue = new FileQueue({
      root: folder.root,
      catalogue: this.catalogue,
      platform: dependencies.platform,
      metrics: dependencies.metrics,
      config: dependencies.config,
      memory: dependencies.memory,
      onStored: ({ addedIds, removedIds }) => this.#onStored(addedIds, removedIds),
    });
  }

  /** Opens the stored index; does not look at the folder's files. */
  static async open(folder: FolderSpec, dependencies: FolderDependencies): Promise<FolderIndex> {
    const { storage, hasher } = dependencies.platform;
    await storage.ensureDirectory(folder.indexDir);
    const lock = folder.readOnly === true ? undefined : await storage.acquireWriter(folder.indexDir);
    try {
      const opened = await Catalogue.open(storage, folder.indexDir, hasher, lock !== undefined);
      if (lock !== undefined) opened.catalogue.resetUnsaved();
      return new FolderIndex(folder, dependencies, opened, lock);
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  /** Changes whenever results may differ; that of no other folder, also when this one is opened again. */
  get version(): number {
    return this.#version;
  }

  /** False = another process indexes this folder; this one reads. */
  get isWriter(): boolean {
    return this.#lock !== undefined;
  }

  /** Vectors are being added, by this process or, as {@link refresh} will find, by another. */
  get isChanging(): boolean {
    if (!this.isWriter) return this.catalogue.dataVersion() !== this.#dataVersion;
    return this.#embedding.isRunning;
  }

  /** The space that answers searches. */
  get answering(): Space | undefined {
    return this.#spaces.answering;
  }

  /** All that answer, or make vectors at the moment. */
  get providers(): ReadonlySet<EmbeddingProvider> {
    const { answering } = this;
    return new Set([...(answering === undefined ? [] : [answering.provider]), ...this.#embedding.providers]);
  }

  /** All that hold vectors of this folder. */
  get vectorIndexes(): readonly VectorIndex[] {
    return [...this.#spaces.tiers()].flatMap(({ index }) => index ?? []);
  }

  /** Applies a new configuration and provider (undefined = lexical only). */
  async configure(provider: EmbeddingProvider | undefined): Promise<void> {
    this.#discovery = this.#createDiscovery();
    const task = this.#configuring.then(() => this.#embedding.configure(provider, this.#closing.signal));
    this.#configuring = task.catch(() => undefined);
    return task;
  }

  /** Follows what another process has written (for a reader); cheap when nothing changed. */
  async refresh(): Promise<void> {
    if (this.#lock !== undefined) return;
    const version = this.catalogue.dataVersion();
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.#version = ++lastVersion;
    this.catalogue.postings.reconcile();
    await this.#spaces.reconcile();
  }

  /** Brings the index in line with the disk. A second call joins the first. */
  async index(signal?: AbortSignal): Promise<IndexReport> {
    this.#indexing ??= this.#index(signal).finally(() => {
      this.#indexing = undefined;
    });
    return this.#indexing;
  }

  async #index(caller: AbortSignal | undefined): Promise<IndexReport> {
    this.#assertWriter();
    const signal = this.#signal(caller);
    const { platform, metrics, config } = this.#dependencies;
    const totals = emptyTotals();
    const start = platform.clock.monotonicMs();
    this.#error = undefined;
    try {
      const root = await platform.fileSystem.stat(this.folder.root);
      if (root === undefined) {
        throw new AppError(
          'FolderNotFound',
          phrase`The folder ${this.folder.root} does not exist or cannot be read. Its index is kept.`,
        );
      }
      beginPass(this.catalogue, config().chunking);
      this.#phase('discovering', 0);
      this.#discovery.invalidate();
      await metrics.timeAsync('discover', () => this.#reconcile('', totals, signal));
      const pending = counts(this.catalogue.database, undefined).pending;
      this.#phase('chunking', pending);
      this.#embedding.begin(signal);
      await this.#queue.drain(totals, signal, (done) => this.#progress.update(done, pending));
      this.#touch();
      await this.#savePostings();
      if (!this.isChanging) await this.answering?.tier.refill(signal);
      const embed = await this.#embed(this.#embedding.finish(signal));
      return this.#report(totals, embed, start);
    } catch (error) {
      this.#embedding.abandon();
      throw this.#failed(error);
    } finally {
      this.#idle();
    }
  }

  /** Applies file events: what is named is looked at, nothing else is. */
  async applyChanges(changes: readonly FileChange[], caller?: AbortSignal): Promise<IndexReport> {
    this.#assertWriter();
    const signal = this.#signal(caller);
    const { platform } = this.#dependencies;
    const totals = emptyTotals();
    const start = platform.clock.monotonicMs();
    const { files, directories, removedChunks } = await recordChanges(
      changes,
      {
        catalogue: this.catalogue,
        discovery: this.#discovery,
        fileSystem: platform.fileSystem,
        root: this.folder.root,
      },
      totals,
    );
    this.#onStored([], removedChunks);
    for (const prefix of directories) await this.#reconcile(prefix, totals, signal);
    try {
      await this.#queue.processAll(files, totals, signal);
      if (directories.size > 0) await this.#queue.drain(totals, signal, () => undefined);
      this.#touch();
      await this.#savePostings();
      // A long embedding run that is under way takes the new chunks with it, first of all.
      const embed = !this.#embedding.isRunning ? await this.#embed(this.#embedding.run(signal)) : emptyEmbedTotals();
      return this.#report(totals, embed, start);
    } catch (error) {
      throw this.#failed(error);
    } finally {
      if (this.#indexing === undefined) this.#idle();
    }
  }

  async updateDocument(update: DocumentUpdate, signal?: AbortSignal): Promise<void> {
    this.#assertWriter();
    const { path, text } = update;
    if (text !== undefined) {
      await this.#queue.putUnsaved(path, text, this.#signal(signal));
    } else {
      this.#dependencies.platform.chunker.closeDocument(path);
      const row = this.catalogue.file(path);
      if (row?.unsaved !== true) return;
      this.catalogue.markPending(path, row);
      await this.#queue.process(path, emptyTotals(), this.#signal(signal));
    }
    if (this.#embedding.isRunning) return;
    try {
      await this.#embed(this.#embedding.run(this.#signal(signal)));
    } finally {
      if (this.#indexing === undefined) this.#idle();
    }
  }

  async status(): Promise<FolderStatus> {
    const { phase } = this.#progress;
    return folderStatus(this.folder, this.catalogue, this.reported?.tier, this.#dependencies.platform.storage, {
      phase: this.#error !== undefined && phase === 'idle' ? 'error' : phase,
      leader: this.isWriter,
      integrity: this.#integrity,
      spent: this.#dependencies.spending.ofFolder(this.folder.root),
      ...(this.#error === undefined ? {} : { error: this.#error }),
    });
  }

  files(): readonly FileEntry[] {
    return fileEntries(this.catalogue.database, this.reported?.tier.spaceRow);
  }

  async why(path: RelativePath): Promise<WhyReport> {
    return explainFile(path, this.catalogue, this.#discovery, this.files.bind(this));
  }

  /** Stops the work of this folder, writes the snapshot and closes the files. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new CancelledError());
    await Promise.allSettled([this.#configuring, this.#indexing]);
    await this.#embedding.settle();
    await this.#spaces.close();
    this.catalogue.close(this.#lock !== undefined);
    this.#lock?.release();
  }

  /** The space that status and counts speak of. */
  get reported(): Space | undefined {
    return this.#spaces.target ?? this.#spaces.answering;
  }

  #createDiscovery(): Discovery {
    const { platform, config } = this.#dependencies;
    return new Discovery({
      root: this.folder.root,
      config: config().files,
      fileSystem: platform.fileSystem,
      logger: platform.logger,
    });
  }

  /** Becoming the writer means opening anew, with repair and migration; the facade does that. */
  #assertWriter(): void {
    if (this.#closing.signal.aborted) throw new CancelledError();
    if (!this.isWriter) throw lockedError();
  }

  #signal(caller: AbortSignal | undefined): AbortSignal {
    return caller === undefined ? this.#closing.signal : AbortSignal.any([caller, this.#closing.signal]);
  }

  async #reconcile(prefix: RelativePath, totals: FileTotals, signal: AbortSignal): Promise<void> {
    return reconcile(
      {
        catalogue: this.catalogue,
        discovery: this.#discovery,
        clock: this.#dependencies.platform.clock,
        prefix,
        onRemoved: (ids) => this.#onStored([], ids),
        onProgress: (discovered) => {
          if (this.#progress.phase === 'discovering') this.#progress.update(discovered, 0);
        },
      },
      totals,
      signal,
    );
  }

  async #embed(run: Promise<EmbedTotals>): Promise<EmbedTotals> {
    try {
      return await run;
    } finally {
      this.#error = this.#embedding.error;
    }
  }

  async #savePostings(): Promise<void> {
    const { clock, logger } = this.#dependencies.platform;
    await savePostings(this.catalogue.postings, { clock, logger, signal: this.#closing.signal });
  }

  #onStored(addedIds: readonly number[], removedIds: readonly number[]): void {
    this.#spaces.remove(removedIds);
    this.#embedding.onStored(addedIds);
    if (addedIds.length + removedIds.length > 0) this.#changed();
  }

  #changed(): void {
    this.#version = ++lastVersion;
    this.#dependencies.emit('indexChanged', { folderId: this.folder.folderId, version: this.#version });
  }

  #touch(): void {
    this.catalogue.setMeta('updatedAt', this.#dependencies.platform.clock.now());
  }

  #phase(phase: FolderStatus['phase'], total: number): void {
    this.#progress.start(phase, total);
    this.#dependencies.emit('statusChanged', { folderId: this.folder.folderId });
  }

  #idle(): void {
    if (this.#progress.phase !== 'idle') this.#progress.start('idle', 0);
    this.#dependencies.emit('statusChanged', { folderId: this.folder.folderId });
  }

  #failed(error: unknown): AppError {
    const appError = toAppError(error);
    if (appError.code !== 'Cancelled') this.#error = failureOf(appError);
    return appError;
  }

  #report(totals: FileTotals, embed: EmbedTotals, startMs: number): IndexReport {
    return {
      ...totals,
      ...embed,
      counts: counts(this.catalogue.database, this.reported?.tier.spaceRow),
      totalMs: this.#dependencies.platform.clock.monotonicMs() - startMs,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }
}

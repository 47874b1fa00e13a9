import { AppError, type ErrorCode, throwIfAborted, toAppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { EngineConfig } from '../../protocol/config.ts';
import type { RelativePath } from '../../protocol/types.ts';
import { languageOf } from '../chunking/languages.ts';
import { decodeText } from '../discovery/decodeText.ts';
import { inspectContent } from '../discovery/inspectContent.ts';
import type { MemoryGovernor } from '../memory/memoryGovernor.ts';
import type { Chunk, Metrics, Platform } from '../ports.ts';
import type { Catalogue, ChunkDelta, FileRow } from '../store/catalogue.ts';
import { storePhrase } from '../store/storedPhrase.ts';

/** Files read and parsed at once beyond what the chunker works on, so that it never waits for the disk. */
const readAhead = 8;
/** Rows asked from the catalogue at a time. */
const pageSize = 256;
/** A store transaction ends after this long, so that a search waits at most about this much behind it. */
const transactionBudgetMs = 15;

/** The index cannot be written: not this file's fault, and every other file would fail the same way. */
const storeFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['DiskFull', 'StorageFailed', 'IndexLocked']);

/** What a pass over pending files did. */
export interface FileTotals {
  filesChunked: number;
  filesUnchanged: number;
  filesRemoved: number;
  chunksAdded: number;
  chunksRemoved: number;
}

export function emptyTotals(): FileTotals {
  return { filesChunked: 0, filesUnchanged: 0, filesRemoved: 0, chunksAdded: 0, chunksRemoved: 0 };
}

export interface FileQueueOptions {
  readonly root: string;
  readonly catalogue: Catalogue;
  readonly platform: Platform;
  readonly metrics: Metrics;
  readonly config: () => EngineConfig;
  readonly memory: MemoryGovernor;
  /** Called after each committed transaction. */
  readonly onStored: (delta: { addedIds: readonly number[]; removedIds: readonly number[] }) => void;
}

interface StoreJob {
  readonly apply: () => ChunkDelta;
  readonly resolve: (delta: ChunkDelta) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes pending files of one folder through read, chunk and store. The queue itself is the catalogue's `pending`
 * state, so it is bounded in memory and survives a crash; a file is pending until the transaction that stores its
 * chunks has committed.
 */
export class FileQueue {
  readonly #options: FileQueueOptions;
  readonly #inFlight = new Map<RelativePath, Promise<void>>();
  readonly #jobs: StoreJob[] = [];
  #storing = false;

  constructor(options: FileQueueOptions) {
    this.#options = options;
  }

  /** Processes everything pending; `onProgress` gets the number of files finished so far. */
  async drain(totals: FileTotals, signal: AbortSignal | undefined, onProgress: (done: number) => void): Promise<void> {
    await this.processAll(this.#pending(), totals, signal, onProgress);
  }

  /** Processes files that are pending: as many at once as there are hands for, and as memory allows. */
  async processAll(
    paths: Iterable<RelativePath>,
    totals: FileTotals,
    signal: AbortSignal | undefined,
    onProgress: (done: number) => void = () => undefined,
  ): Promise<void> {
    const { memory, platform } = this.#options;
    const width = platform.chunker.parallelism + readAhead;
    const running = new Set<Promise<void>>();
    let done = 0;
    let failure: AppError | undefined;
    for (const path of paths) {
      await memory.admit(signal).catch((error: unknown) => void (failure ??= toAppError(error)));
      if (failure !== undefined || signal?.aborted === true) break;
      const task = this.process(path, totals, signal)
        .then(() => onProgress(++done))
        .catch((error: unknown) => void (failure ??= toAppError(error)))
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= width) await Promise.race(running);
    }
    await Promise.all(running);
    if (failure !== undefined) throw failure;
    throwIfAborted(signal);
  }

  *#pending(): Iterable<RelativePath> {
    let afterId = 0;
    for (;;) {
      const page = this.#options.catalogue.filesInState('pending', afterId, pageSize);
      if (page.length === 0) return;
      for (const { id, path } of page) {
        afterId = id;
        yield path;
      }
    }
  }

  /** Processes one file if it is pending. Never runs twice at once for a path: a second call waits, then looks again. */
  async process(path: RelativePath, totals: FileTotals, signal?: AbortSignal): Promise<void> {
    for (let running = this.#inFlight.get(path); running !== undefined; running = this.#inFlight.get(path)) {
      await running.catch(() => undefined);
    }
    throwIfAborted(signal);
    const task = this.#process(path, totals, signal).finally(() => this.#inFlight.delete(path));
    this.#inFlight.set(path, task);
    await task;
  }

  /** Stores the unsaved text of an open editor as the file's content until the disk is read again. */
  async putUnsaved(path: RelativePath, text: string, signal?: AbortSignal): Promise<void> {
    const { catalogue, platform } = this.#options;
    const row = catalogue.file(path);
    if (row === undefined || row.state === 'skipped') return;
    const hash = platform.hasher.sha256(text);
    if (row.unsaved && row.hash !== undefined && equal(hash, row.hash)) return;
    await this.#chunkAndStore(row, text, { hash, unsaved: true, documentKey: path }, signal);
  }

  async #process(path: RelativePath, totals: FileTotals, signal: AbortSignal | undefined): Promise<void> {
    const { catalogue, platform, metrics, root } = this.#options;
    const row = catalogue.file(path);
    if (row?.state !== 'pending') return;
    try {
      const absolute = platform.fileSystem.join(root, path);
      const checkedMs = platform.clock.now();
      const bytes = await metrics.timeAsync('read', () => platform.fileSystem.readFile(absolute));
      throwIfAborted(signal);
      if (bytes === undefined) {
        const removedIds = catalogue.transaction(() => catalogue.removeFile(row.id));
        totals.filesRemoved++;
        totals.chunksRemoved += removedIds.length;
        this.#options.onStored({ addedIds: [], removedIds });
        return;
      }
      const hash = platform.hasher.sha256(bytes);
      if (row.hash !== undefined && !row.unsaved && equal(hash, row.hash)) {
        catalogue.markUnchanged(row.id, checkedMs);
        totals.filesUnchanged++;
        return;
      }
      const skip = inspectContent(path, bytes);
      if (skip !== undefined) {
        const removedIds = catalogue.transaction(() =>
          catalogue.markSkipped(path, row, skip.reason, storePhrase(skip.detail)),
        );
        totals.chunksRemoved += removedIds.length;
        this.#options.onStored({ addedIds: [], removedIds });
        return;
      }
      const { text } = decodeText(bytes);
      const delta = await this.#chunkAndStore(row, text, { hash, unsaved: false }, signal);
      totals.filesChunked++;
      totals.chunksAdded += delta.addedIds.length;
      totals.chunksRemoved += delta.removedIds.length;
      metrics.count('filesIndexed');
    } catch (error) {
      const appError = toAppError(error);
      if (appError.group === 'cancelled' || appError.group === 'corrupt' || storeFailures.has(appError.code))
        throw appError;
      catalogue.markFailed(row.id, storePhrase(appError.phrase));
      metrics.count('filesFailed');
      platform.logger.log({
        level: 'warn',
        message: 'A file could not be indexed',
        fields: { path, code: appError.code, error: appError.message },
      });
    }
  }

  async #chunkAndStore(
    row: FileRow,
    text: string,
    content: { readonly hash: Uint8Array; readonly unsaved: boolean; readonly documentKey?: string },
    signal: AbortSignal | undefined,
  ): Promise<ChunkDelta> {
    const { catalogue, platform, metrics, config } = this.#options;
    const language = languageOf(row.path, text.slice(0, 256));
    const checkedMs = platform.clock.now();
    const chunked = await platform.chunker.chunk(
      {
        path: row.path,
        language,
        text,
        maxTokens: config().chunking.maxTokens,
        minTokens: config().chunking.minTokens,
        ...(content.documentKey === undefined ? {} : { documentKey: content.documentKey }),
      },
      signal,
    );
    metrics.record('parse', chunked.parseMs);
    metrics.record('chunk', chunked.chunkMs);
    throwIfAborted(signal);
    return this.#store(() => this.#put(catalogue, row, chunked.chunks, { ...content, language, checkedMs }));
  }

  #put(
    catalogue: Catalogue,
    row: FileRow,
    chunks: readonly Chunk[],
    content: {
      readonly hash: Uint8Array;
      readonly language: string;
      readonly checkedMs: number;
      readonly unsaved: boolean;
    },
  ): ChunkDelta {
    const now = catalogue.file(row.path);
    // Removed or found changed again while it was being parsed: what was parsed is already out of date.
    if (now?.id !== row.id || now.state === 'skipped' || now.mtimeMs !== row.mtimeMs || now.bytes !== row.bytes) {
      return { addedIds: [], removedIds: [], kept: 0 };
    }
    return catalogue.putChunks(row, content, chunks);
  }

  /** Group commit: whatever is ready goes into one transaction, at most {@link transactionBudgetMs} of it. */
  async #store(apply: () => ChunkDelta): Promise<ChunkDelta> {
    return new Promise<ChunkDelta>((resolve, reject) => {
      this.#jobs.push({ apply, resolve, reject });
      if (!this.#storing) void this.#storeLoop();
    });
  }

  async #storeLoop(): Promise<void> {
    const { catalogue, platform, metrics } = this.#options;
    this.#storing = true;
    try {
      await platform.clock.yield();
      while (this.#jobs.length > 0) {
        const done: { job: StoreJob; delta: ChunkDelta }[] = [];
        const taken: StoreJob[] = [];
        try {
          metrics.time('store', () =>
            catalogue.transaction(() => {
              const end = platform.clock.monotonicMs() + transactionBudgetMs;
              do {
                const job = this.#jobs.shift();
                if (job === undefined) break;
                taken.push(job);
                done.push({ job, delta: job.apply() });
              } while (platform.clock.monotonicMs() < end);
            }),
          );
        } catch (error) {
          for (const job of taken) job.reject(error);
          continue;
        }
        const addedIds = done.flatMap(({ delta }) => delta.addedIds);
        const removedIds = done.flatMap(({ delta }) => delta.removedIds);
        this.#options.onStored({ addedIds, removedIds });
        for (const { job, delta } of done) job.resolve(delta);
        await platform.clock.yield();
      }
    } finally {
      this.#storing = false;
    }
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The folder cannot be indexed by this process while another one does. */
export function lockedError(): AppError {
  return new AppError(
    'IndexLocked',
    phrase`Another window or process is indexing this folder; this one searches its index.`,
  );
}

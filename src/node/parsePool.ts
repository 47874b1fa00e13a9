import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { chunkText } from '../core/chunking/chunkText.ts';
import type { ChunkedFile, Chunker, ChunkRequest, Logger, Metrics } from '../core/ports.ts';
import { defaultConfig, type ParsingConfig } from '../protocol/config.ts';
import { CancelledError } from '../protocol/errors.ts';
import { toHex } from '../util/hex.ts';
import { nodeHasher } from './nodeHasher.ts';
import { ParseJob } from './parseJob.ts';
import type { ParserOptions } from './parserFrames.ts';
import { hangMessage, ParserProcess } from './parserProcess.ts';

/** Chunked files remembered by content (seed: 1,000), and how much text they may hold together. */
const rememberedFiles = 1_000;
const rememberedCharacters = 4_000_000;
/** Contents that killed a process are not parsed again. */
const quarantinedFiles = 10_000;
/** Heap of a parse process; what grammars hold is outside of it and bounded by `maxProcessBytes`. */
const maxHeapMegabytes = 256;
/** Young generation: what passes through is short-lived. The default let a process grow by another 50 MB, and no faster. */
const maxYoungMegabytes = 8;
/**
 * V8's optimising WebAssembly compiler can abort the process on large grammars ("Zone" out of memory); only the command
 * line turns it off.
 */
const runtimeFlags = [
  '--liftoff-only',
  `--max-old-space-size=${maxHeapMegabytes}`,
  `--max-semi-space-size=${maxYoungMegabytes}`,
];
/** After this many processes in a row that did not come up, none is started for a while. */
const maxFailedStarts = 3;

type FallbackReason = NonNullable<ChunkedFile['fallbackReason']>;

export interface ParsePoolOptions {
  /** Entry of the parse process: built, or `src/parser/main.ts` under a Node that runs TypeScript. */
  readonly parserPath: string;
  readonly parser: ParserOptions;
  readonly logger: Logger;
  /** Beyond the parser's own time limit before a process is taken for hung; loading a grammar falls into it. */
  readonly hangGraceMs?: number;
  /** A process without work for this long is ended: grammars hold memory. */
  readonly idleMs?: number;
  /** How long no process is started after several could not start. */
  readonly pauseMs?: number;
  /** Flags of the runtime; dropped when it refuses them. */
  readonly execArgv?: readonly string[];
}

interface Fields extends Record<string, string> {
  readonly path: string;
  readonly error: string;
}

/** The place of one process; empty until a file needs it, and again after the process ended. */
interface Slot {
  process: ParserProcess | undefined;
  job: ParseJob | undefined;
  idleTimer: NodeJS.Timeout | undefined;
  /** Languages whose grammar the process has loaded. */
  readonly languages: Set<string>;
}

/**
 * Parses in child processes, so that a grammar that crashes, hangs or hoards memory costs one file a retry without it.
 * Processes start with the first file and end when idle.
 */
export class ParsePool implements Chunker {
  readonly #options: Required<Omit<ParsePoolOptions, 'execArgv'>>;
  #config: ParsingConfig = defaultConfig.parsing;
  #metrics: Metrics | undefined;
  #execArgv: readonly string[];
  readonly #queue: ParseJob[] = [];
  readonly #slots: Slot[] = [];
  /** Which slot has the tree of an open editor. */
  readonly #documents = new Map<string, Slot>();
  readonly #remembered: LRUCache<string, ChunkedFile>;
  readonly #quarantine = new LRUCache<string, FallbackReason>({ max: quarantinedFiles });
  readonly #ending = new Set<Promise<void>>();
  #failedStarts = 0;
  #pausedUntil = 0;
  #isDisposed = false;

  constructor({ execArgv = runtimeFlags, ...options }: ParsePoolOptions) {
    this.#options = { hangGraceMs: 5_000, idleMs: 30_000, pauseMs: 30_000, ...options };
    this.#execArgv = execArgv;
    this.#remembered = new LRUCache({
      max: rememberedFiles,
      maxSize: rememberedCharacters,
      sizeCalculation: ({ chunks }) => chunks.reduce((sum, { text, terms }) => sum + text.length + terms.length, 1),
    });
  }

  get parallelism(): number {
    return this.#config.processes > 0 ? this.#config.processes : Math.max(1, availableParallelism() - 1);
  }

  configure(config: ParsingConfig, metrics: Metrics): void {
    this.#config = config;
    this.#metrics = metrics;
    for (const slot of this.#slots.splice(this.parallelism)) if (slot.job === undefined) this.#end(slot);
    this.#next();
  }

  async chunk(request: ChunkRequest, signal?: AbortSignal): Promise<ChunkedFile> {
    if (this.#isDisposed || signal?.aborted === true) throw new CancelledError(signal?.reason);
    const contentKey = contentKeyOf(request);
    const isDocument = request.documentKey !== undefined;
    const remembered = isDocument ? undefined : this.#remembered.get(contentKey);
    if (remembered !== undefined) return { ...remembered, parseMs: 0, chunkMs: 0 };
    const job = new ParseJob(request, contentKey, signal);
    job.withoutGrammar = this.#quarantine.get(contentKey);
    job.onCancel = () => this.#drop(job);
    // Somebody is looking at an open document; the files of an index can wait for it.
    if (isDocument) this.#queue.unshift(job);
    else this.#queue.push(job);
    this.#next();
    const file = await job.result;
    if (file.method === 'fallback') this.#metrics?.count('parseFallbacks');
    else if (!isDocument) this.#remembered.set(contentKey, file);
    return file;
  }

  closeDocument(documentKey: string): void {
    this.#documents.get(documentKey)?.process?.closeDocument(documentKey);
    this.#documents.delete(documentKey);
  }

  memoryBytes(): number {
    return this.#slots.reduce((sum, { process }) => sum + (process?.rssBytes ?? 0), 0);
  }

  trimMemory(): void {
    this.#remembered.clear();
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const job of this.#queue.splice(0)) job.cancel();
    for (const slot of this.#slots) {
      slot.job?.cancel();
      this.#end(slot);
    }
    await Promise.all(this.#ending);
  }

  #drop(job: ParseJob): void {
    const index = this.#queue.indexOf(job);
    if (index >= 0) this.#queue.splice(index, 1);
  }

  /** Gives waiting files to free processes. An open document goes to the process that has its tree, when it has one. */
  #next(): void {
    for (let position = 0; position < this.#queue.length;) {
      const job = this.#queue[position];
      if (job === undefined) return;
      const owner = job.documentKey === undefined ? undefined : this.#documents.get(job.documentKey);
      const slot = owner ?? this.#freeSlot(job.request.language);
      if (slot === undefined) return;
      if (slot.job !== undefined) {
        position++;
        continue;
      }
      this.#queue.splice(position, 1);
      void this.#run(slot, job);
    }
  }

  /** A free place: best one that knows the language, then one that runs, then an empty one. */
  #freeSlot(language: string): Slot | undefined {
    while (this.#slots.length < this.parallelism) {
      this.#slots.push({ process: undefined, job: undefined, idleTimer: undefined, languages: new Set() });
    }
    const free = this.#slots.filter(({ job }) => job === undefined);
    return (
      free.find(({ languages }) => languages.has(language)) ??
      free.find(({ process }) => process !== undefined) ??
      free[0]
    );
  }

  async #run(slot: Slot, job: ParseJob): Promise<void> {
    slot.job = job;
    this.#metrics?.wait('parse', performance.now() - job.queuedAtMs);
    clearTimeout(slot.idleTimer);
    if (job.documentKey !== undefined) this.#documents.set(job.documentKey, slot);
    const { timeoutMs, maxProcessBytes } = this.#config;
    let process: ParserProcess | undefined;
    try {
      if (performance.now() < this.#pausedUntil) {
        // In turns, so that the rest of this thread goes on.
        await setImmediate();
        chunkInPlace(job, 'crash');
        return;
      }
      process = this.#process(slot);
      const { request, withoutGrammar } = job;
      const task = { request, timeoutMs, ...(withoutGrammar === undefined ? {} : { withoutGrammar }) };
      const file = await process.chunk(task, timeoutMs + this.#options.hangGraceMs);
      this.#failedStarts = 0;
      slot.languages.add(request.language);
      if (process.isDamaged) this.#quarantine.set(job.contentKey, file.fallbackReason ?? 'crash');
      if (process.isDamaged || process.rssBytes > maxProcessBytes) this.#retire(slot);
      job.resolve(file);
    } catch (error) {
      this.#end(slot);
      this.#recover(process, job, error);
    } finally {
      slot.job = undefined;
      if (this.#isDisposed || !this.#slots.includes(slot)) this.#end(slot);
      else this.#rest(slot);
      this.#next();
    }
  }

  /** A process that waits for work ends after a while. */
  #rest(slot: Slot): void {
    if (slot.process === undefined) return;
    slot.idleTimer = setTimeout(() => this.#end(slot), this.#options.idleMs).unref();
  }

  /** What becomes of a file whose process ended. */
  #recover(process: ParserProcess | undefined, job: ParseJob, error: unknown): void {
    if (this.#isDisposed) {
      job.cancel();
      return;
    }
    const fields = { path: job.request.path, error: reasonOf(error) };
    if (process?.isReady === true) this.#recoverFromFile(job, fields);
    else this.#recoverFromStart(fields);
    if (job.isSettled) return;
    job.queuedAtMs = performance.now();
    this.#queue.unshift(job);
  }

  #recoverFromStart(fields: Fields): void {
    if (this.#execArgv.length > 0) {
      this.#warn('A parse process did not start; trying without runtime flags', fields);
      this.#execArgv = [];
    } else if (++this.#failedStarts >= maxFailedStarts) {
      this.#warn('Parse processes do not start; files are chunked without grammars', fields);
      this.#pausedUntil = performance.now() + this.#options.pauseMs;
      this.#failedStarts = 0;
    }
  }

  #recoverFromFile(job: ParseJob, fields: Fields): void {
    this.#metrics?.count('parserRestarts');
    if (job.withoutGrammar === undefined) {
      this.#warn('A parse process ended; its file is read again without its grammar', fields);
      job.withoutGrammar = fields.error.startsWith(hangMessage) ? 'timeout' : 'crash';
      this.#quarantine.set(job.contentKey, job.withoutGrammar);
    } else {
      this.#warn('A parse process ended again; its file is read in place', fields);
      chunkInPlace(job, job.withoutGrammar);
    }
  }

  #warn(message: string, fields: Fields): void {
    this.#options.logger.log({ level: 'warn', message, fields });
  }

  #process(slot: Slot): ParserProcess {
    if (slot.process !== undefined && !slot.process.isEnded) return slot.process;
    this.#end(slot);
    const { parserPath, parser } = this.#options;
    slot.process = new ParserProcess({ parserPath, parser, execArgv: this.#execArgv });
    return slot.process;
  }

  #retire(slot: Slot): void {
    this.#end(slot);
    this.#metrics?.count('parserRestarts');
  }

  #end(slot: Slot): void {
    clearTimeout(slot.idleTimer);
    const { process } = slot;
    slot.process = undefined;
    slot.languages.clear();
    for (const [key, owner] of this.#documents) if (owner === slot) this.#documents.delete(key);
    if (process === undefined) return;
    const ended = process.kill().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}

function chunkInPlace(job: ParseJob, fallbackReason: FallbackReason): void {
  const start = performance.now();
  try {
    const chunks = chunkText(job.request);
    job.resolve({ chunks, method: 'fallback', fallbackReason, parseMs: 0, chunkMs: performance.now() - start });
  } catch (error) {
    job.reject(error);
  }
}

function contentKeyOf({ text, language, maxTokens, minTokens }: ChunkRequest): string {
  return `${language}:${maxTokens}:${minTokens}:${toHex(nodeHasher.sha256(text))}`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import { chunkText } from '../core/chunking/chunkText.ts';
import type { Chunk, ChunkedFile, Chunker, ChunkRequest, Logger, Metrics } from '../core/ports.ts';
import { defaultConfig, type ParsingConfig } from '../protocol/config.ts';
import { CancelledError } from '../protocol/errors.ts';
import { nodeHasher } from './nodeHasher.ts';
import type { ParserOptions } from './parserFrames.ts';
import { ParserProcess } from './parserProcess.ts';
import { toHex } from '../util/hex.ts';

/** Chunked files remembered by content (seed: 1,000), and how much text they may hold together. */
const rememberedFiles = 1_000;
const rememberedCharacters = 16_000_000;
/** Files that killed a process are not parsed again. */
const quarantinedFiles = 1_000;
/** Beyond the parser's own time limit before the process is taken for hung. */
const hangGraceMs = 5_000;
/** A process without work for this long is ended: grammars hold memory. */
const idleMs = 30_000;
/** Heap of a parse process; what grammars hold is outside of it and bounded by `maxProcessBytes`. */
const maxHeapMegabytes = 512;
/**
 * V8's optimising WebAssembly compiler can abort the process on large grammars ("Zone" out of memory); only the command
 * line turns it off.
 */
const runtimeFlags = ['--liftoff-only', `--max-old-space-size=${maxHeapMegabytes}`];

export interface ParsePoolOptions {
  readonly parserPath: string;
  readonly parser: ParserOptions;
  readonly logger: Logger;
}

interface Job {
  readonly request: ChunkRequest;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (file: ChunkedFile) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Parses in child processes, so that a grammar that crashes, hangs or hoards memory costs one file a retry without it.
 * Processes start with the first file and end when idle.
 */
export class ParsePool implements Chunker {
  readonly #options: ParsePoolOptions;
  #config: ParsingConfig = defaultConfig.parsing;
  readonly #queue: Job[] = [];
  readonly #slots: (ParserProcess | undefined)[] = [];
  readonly #busy = new Set<number>();
  readonly #remembered: LRUCache<string, readonly Chunk[]>;
  readonly #quarantine = new LRUCache<string, true>({ max: quarantinedFiles });
  #execArgv: readonly string[] = runtimeFlags;
  #idleTimer: NodeJS.Timeout | undefined;
  #metrics: Metrics | undefined;
  #disposed = false;

  constructor(options: ParsePoolOptions) {
    this.#options = options;
    this.#remembered = new LRUCache({
      max: rememberedFiles,
      maxSize: rememberedCharacters,
      sizeCalculation: (chunks) => chunks.reduce((sum, { text, terms }) => sum + text.length + terms.length, 1),
    });
  }

  get parallelism(): number {
    return this.#config.processes > 0 ? this.#config.processes : Math.max(1, availableParallelism() - 1);
  }

  configure(config: ParsingConfig, metrics: Metrics): void {
    this.#config = config;
    this.#metrics = metrics;
  }

  async chunk(request: ChunkRequest, signal?: AbortSignal): Promise<ChunkedFile> {
    if (this.#disposed || signal?.aborted === true) throw new CancelledError(signal?.reason);
    const key = contentKey(request);
    const remembered = request.documentKey === undefined ? this.#remembered.get(key) : undefined;
    if (remembered !== undefined) return { chunks: remembered, method: 'grammar', parseMs: 0, chunkMs: 0 };
    if (this.#quarantine.has(key)) return this.#withoutGrammar(request, 'crash');
    const file = await new Promise<ChunkedFile>((resolve, reject) => {
      const job: Job = { request, signal, resolve, reject };
      signal?.addEventListener('abort', () => this.#drop(job), { once: true });
      this.#queue.push(job);
      this.#next();
    });
    if (file.method !== 'fallback' && request.documentKey === undefined) this.#remembered.set(key, file.chunks);
    return file;
  }

  closeDocument(documentKey: string): void {
    this.#slots[this.#slotOf(documentKey)]?.closeDocument(documentKey);
  }

  memoryBytes(): number {
    return this.#slots.reduce((sum, process) => sum + (process?.rssBytes ?? 0), 0);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#idleTimer);
    for (const job of this.#queue.splice(0)) job.reject(new CancelledError());
    for (const process of this.#slots.splice(0)) process?.kill();
  }

  #drop(job: Job): void {
    const index = this.#queue.indexOf(job);
    if (index < 0) return;
    this.#queue.splice(index, 1);
    job.reject(new CancelledError(job.signal?.reason));
  }

  /** Gives waiting files to free processes; an open document always goes to the one that has its tree. */
  #next(): void {
    for (let position = 0; position < this.#queue.length; position++) {
      const { documentKey } = this.#queue[position]?.request ?? {};
      const slot = documentKey === undefined ? this.#freeSlot() : this.#slotOf(documentKey);
      if (slot === undefined) return;
      if (this.#busy.has(slot)) continue;
      const [job] = this.#queue.splice(position--, 1);
      if (job !== undefined) void this.#run(slot, job);
    }
  }

  #freeSlot(): number | undefined {
    for (let slot = 0; slot < this.parallelism; slot++) if (!this.#busy.has(slot)) return slot;
    return undefined;
  }

  #slotOf(documentKey: string): number {
    let sum = 0;
    for (let index = 0; index < documentKey.length; index++) sum = (sum * 31 + documentKey.charCodeAt(index)) >>> 0;
    return sum % this.parallelism;
  }

  async #run(slot: number, job: Job): Promise<void> {
    this.#busy.add(slot);
    clearTimeout(this.#idleTimer);
    const process = this.#process(slot);
    const { timeoutMs } = this.#config;
    const hang = setTimeout(() => process.kill(), timeoutMs + hangGraceMs);
    try {
      job.resolve(await process.chunk(job.request, timeoutMs));
      if (process.rssBytes > this.#config.maxProcessBytes) this.#retire(slot);
    } catch (error) {
      this.#slots[slot] = undefined;
      if (this.#disposed) job.reject(new CancelledError());
      else this.#recover(slot, process, job, error);
    } finally {
      clearTimeout(hang);
      this.#busy.delete(slot);
      this.#next();
      if (this.#busy.size === 0 && !this.#disposed) this.#idleTimer = setTimeout(() => this.#endIdle(), idleMs).unref();
    }
  }

  #recover(slot: number, process: ParserProcess, job: Job, error: unknown): void {
    const { logger } = this.#options;
    if (process.answered === 0 && this.#execArgv.length > 0) {
      // It may be the runtime that refuses the flags, not the file that kills it.
      logger.log({ level: 'warn', message: 'A parse process ended at once; it is started without runtime flags' });
      this.#execArgv = [];
      this.#queue.unshift(job);
      return;
    }
    this.#metrics?.count('parserRestarts');
    this.#quarantine.set(contentKey(job.request), true);
    logger.log({
      level: 'warn',
      message: 'A parse process ended; its file is chunked without its grammar',
      fields: { path: job.request.path, slot, error: String(error) },
    });
    job.resolve(this.#withoutGrammar(job.request, 'crash'));
  }

  #withoutGrammar(request: ChunkRequest, fallbackReason: NonNullable<ChunkedFile['fallbackReason']>): ChunkedFile {
    const start = performance.now();
    const chunks = chunkText(request);
    return { chunks, method: 'fallback', fallbackReason, parseMs: 0, chunkMs: performance.now() - start };
  }

  #process(slot: number): ParserProcess {
    const current = this.#slots[slot];
    if (current !== undefined && !current.ended) return current;
    const { parserPath, parser } = this.#options;
    const process = new ParserProcess({ parserPath, parser, execArgv: this.#execArgv });
    this.#slots[slot] = process;
    return process;
  }

  #retire(slot: number): void {
    this.#slots[slot]?.kill();
    this.#slots[slot] = undefined;
    this.#metrics?.count('parserRestarts');
  }

  #endIdle(): void {
    this.#slots.forEach((_, slot) => {
      if (!this.#busy.has(slot)) {
        this.#slots[slot]?.kill();
        this.#slots[slot] = undefined;
      }
    });
  }
}

function contentKey({ text, language, maxTokens, minTokens }: ChunkRequest): string {
  return `${language}:${maxTokens}:${minTokens}:${toHex(nodeHasher.sha256(text))}`;
}

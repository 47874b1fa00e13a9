import type { Phrase } from '../protocol/phrase.ts';
import type { BenchmarkReport } from '../protocol/benchmark.ts';
/**
 * What the engine needs from its surroundings. Implementations: `src/node/` (Node) and `test/support/` (fakes).
 * Nothing in `src/core` touches a file, a process, a socket or a database except through these.
 */
import type { ParsingConfig, VectorEngine } from '../protocol/config.ts';
import type { Counter, Gauge, MetricsSnapshot, Stage } from '../protocol/metrics.ts';
import type { LogRecord, ProfileKind } from '../protocol/engineApi.ts';
import type { ChunkKind } from '../protocol/types.ts';
import type { RecallStats, VectorIndexStats } from '../protocol/vectorStats.ts';

/** Milliseconds and timers, so that tests can own time. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Monotonic, sub-millisecond. */
  monotonicMs(): number;
  /** Rejects with CancelledError when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets other work of this thread (a search) run; resolves in the next turn of the event loop. */
  yield(): Promise<void>;
}

export interface Logger {
  log(record: LogRecord): void;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly bytes: number;
  /** Fractional milliseconds as the file system has them. */
  readonly mtimeMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileStat['kind'];
}

/** Read-only view of the disk. Paths are absolute in the platform's form; missing paths give undefined, other failures throw. */
export interface FileSystem {
  readDirectory(path: string): Promise<readonly DirectoryEntry[] | undefined>;
  /** Does not follow a final symlink. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Canonical path with every symlink resolved. */
  realPath(path: string): Promise<string | undefined>;
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** The first `bytes` bytes of a file. */
  readHead(path: string, bytes: number): Promise<Uint8Array | undefined>;
  /** Joins with the platform's separator; `relative` uses forward slashes. */
  join(root: string, relative: string): string;
  /** The user's global git excludes file (core.excludesFile or its default), when there is one. */
  globalGitExcludes(root: string): Promise<string | undefined>;
}

export interface Hasher {
  /** SHA-256, 32 bytes. */
  sha256(data: Uint8Array | string): Uint8Array;
}

export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** One prepared statement; positional parameters. Synchronous, as SQLite is. */
export interface SqlStatement {
  run(...parameters: SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number };
  get(...parameters: SqlValue[]): SqlRow | undefined;
  all(...parameters: SqlValue[]): SqlRow[];
  iterate(...parameters: SqlValue[]): IterableIterator<SqlRow>;
}

/** One open SQLite database, WAL, foreign keys on. Throws AppError `DatabaseDamaged`, `DiskFull`, `StorageFailed` (permissions, I/O) or `IndexLocked` where SQLite says so. */
export interface SqlDatabase {
  exec(sql: string): void;
  /** Prepared statements are cached by text. */
  prepare(sql: string): SqlStatement;
  /** Runs `body` in BEGIN IMMEDIATE … COMMIT; rolls back when it throws. Not re-entrant; `body` is synchronous. */
  transaction<T>(body: () => T): T;
  /** Bytes of pages held in memory at most: SQLite tells no more. */
  memoryBytes(): number;
  /** Lets go of pages that are not in use. */
  shrinkMemory(): void;
  close(): void;
}

/** Opens databases and owns the files around them. */
export interface Storage {
  openDatabase(path: string): SqlDatabase;
  /** Moves a damaged database (with -wal, -shm) aside as `<path>.damaged-<time>`; the newest two are kept. */
  setAside(path: string): Promise<void>;
  /** `body` writes a new file beside the old one; then fsync, rename: readers see the old or the new content. */
  replace(path: string, body: (file: ReplacementFile) => Promise<void>): Promise<void>;
  /** Undefined when the file is missing. */
  open(path: string): Promise<ReadableFile | undefined>;
  remove(path: string): Promise<void>;
  /** Names of the files of a directory, [] when it is missing. */
  list(directory: string): Promise<readonly string[]>;
  /** Bytes of a file, 0 when missing. */
  size(path: string): Promise<number>;
  /** Bytes that can still be written where an existing directory lies. */
  freeBytes(directory: string): Promise<number>;
  join(directory: string, name: string): string;
  ensureDirectory(path: string): Promise<void>;
  /**
   * Takes the one writer's place for an index directory, held until `release` or the death of the process
   * (kept by the operating system, so never stale). Undefined: another process has it.
   */
  acquireWriter(directory: string): Promise<WriterLock | undefined>;
}

/** A file being written. What is not written between the written parts is zeros. */
export interface ReplacementFile {
  write(bytes: Uint8Array, position: number): Promise<void>;
}

export interface ReadableFile {
  readonly bytes: number;
  /** Fills `into` from `position` on; how many bytes there were. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface WriterLock {
  release(): void;
}

/** One chunk of a file as the chunker returns it. */
export interface Chunk {
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /**
   * Qualified name (`Class.method`); empty when the chunk has none. A chunk of several small definitions lists them
   * after the first one's path (`Class.isEmpty, isFull`).
   */
  readonly symbol: string;
  readonly kind: ChunkKind;
  /** The lines, joined by `\n`, without trailing newline. */
  readonly text: string;
  /** The identifier-split search terms of `text`, lower case, separated by spaces (see core/chunking/terms.ts). */
  readonly terms: string;
}

export interface ChunkRequest {
  readonly path: string;
  readonly language: string;
  /** Decoded text (BOM removed, line ends as in the file). */
  readonly text: string;
  readonly maxTokens: number;
  readonly minTokens: number;
  /** Set for an open editor: the process keeps the tree and reparses incrementally. */
  readonly documentKey?: string;
}

export interface ChunkedFile {
  readonly chunks: readonly Chunk[];
  /** `grammar`: syntax-aware; `markdown` and `lines`: the fallbacks by design; `fallback`: the grammar failed. */
  readonly method: 'grammar' | 'markdown' | 'lines' | 'fallback';
  /** Why the grammar was not used, for `fallback`. */
  readonly fallbackReason?: 'timeout' | 'crash' | 'memory' | 'grammar';
  readonly parseMs: number;
  readonly chunkMs: number;
}

/** Chunks files; the Node implementation is a pool of child processes. Never fails because of a file's content. */
export interface Chunker {
  chunk(request: ChunkRequest, signal?: AbortSignal): Promise<ChunkedFile>;
  /** Applies limits; takes effect with the next file. */
  configure(config: ParsingConfig, metrics: Metrics): void;
  /** Drops the tree kept for an open editor. */
  closeDocument(documentKey: string): void;
  /** How many `chunk` calls make sense at once. */
  readonly parallelism: number;
  /** Resident bytes of the processes. */
  memoryBytes(): number;
  /** Lets go of results that are kept for the same content. */
  trimMemory(): void;
  dispose(): Promise<void>;
}

/**
 * HTTP as the provider needs it; in the editor it runs on the extension-host thread, where proxies are honoured.
 * `init` has `method`, `headers` (a plain object), `body` (a string), `redirect: 'manual'` and `signal`: all but the
 * signal can be cloned. Aborting the signal also ends the reading of the body. A failure names its reason by `code`
 * (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …), its own or that of a cause; the connection is kept for the next request.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface VectorHit {
  readonly id: number;
  /** Cosine similarity, -1..1. */
  readonly score: number;
}

export interface VectorSearchOptions {
  /** Candidates of a walk through the graph; at least the hits wanted. */
  readonly ef?: number;
  /** Only these ids. */
  readonly filter?: ReadonlySet<number>;
  /** Hits below this similarity are left out. */
  readonly minScore?: number;
  /** How many of the best hits need their exact order and score; the rest may be ranked by codes. By default all. */
  readonly exactHits?: number;
}

/**
 * Reads exact vectors (any length but zero) by id, in the order asked for; undefined where one is not to be had. The index
 * keeps 8-bit codes alone: the last word on a score comes from here.
 */
export type RowReader = (ids: readonly number[]) => readonly (Float32Array | undefined)[];

/**
 * Nearest neighbours by cosine; ids are chunk ids (1..2^53). Vectors: Float32Array(dimensions), stored at unit length.
 * Not finite, zero or of another dimension: AppError `VectorNotFinite` / `VectorDimension`; no memory left:
 * `VectorCapacity`. Changes are carried out in the order they are made and are found at once. Measuring and graph building
 * go on in the background by themselves; answers before, during and after are equally complete. A change that is under
 * way at its end, or comes after it, rejects with CancelledError; a question does, or finds nothing.
 */
export interface VectorIndex {
  readonly dimensions: number;
  readonly count: number;
  /** Whether anything came from an image. */
  readonly restored: boolean;
  /** Adds or replaces. When it rejects, some of the vectors may be in. */
  add(ids: readonly number[], vectors: readonly Float32Array[]): Promise<void>;
  /** Unknown ids are passed over. */
  remove(ids: readonly number[]): Promise<void>;
  /** The stored vector, at least as its codes have it. */
  get(id: number): Promise<Float32Array | undefined>;
  ids(): Promise<Float64Array>;
  /** Best first, at most k (8,000); fewer only when fewer match. Equal scores: smaller id first. */
  search(query: Float32Array, k: number, options?: VectorSearchOptions): Promise<readonly VectorHit[]>;
  setEngine(engine: VectorEngine): Promise<void>;
  /**
   * Compares answers with those of comparing all vectors, and changes what it takes for the goal to hold: how much a search
   * looks at, or what changes have worn. One query per turn of the event loop, so that searches come between. Undefined:
   * there are no vectors, or they changed meanwhile. Rejects with CancelledError when the signal fires.
   */
  checkRecall(options: RecallOptions, signal?: AbortSignal): Promise<RecallStats | undefined>;
  /** Writes the images at `imagePath`, those that changed. Searches and changes go on meanwhile. */
  save(): Promise<void>;
  /** Resolves when no background work is left. */
  settle(): Promise<void>;
  stats(): Promise<VectorIndexStats>;
  dispose(): Promise<void>;
}

export interface RecallOptions {
  /** Recall@10 to hold, 0..1. */
  readonly goal: number;
  /** Stored vectors to search for, drawn at random; by default 50, which tells recall to within about two hundredths. */
  readonly samples?: number;
}

export interface VectorIndexFactory {
  /** Restores the images at `options.imagePath`; one that is damaged or of another space counts as missing (logged). */
  open(options: VectorIndexOptions): Promise<VectorIndex>;
}

export interface VectorIndexOptions {
  readonly spaceId: string;
  /** 1..4,096. */
  readonly dimensions: number;
  /** Of a space whose vectors can be cut short (Matryoshka): how many dimensions the first look takes into account. */
  readonly prefixDimensions?: number;
  readonly m?: number;
  readonly efConstruction?: number;
  /** Candidates of a walk; more where the recall asks for it ({@link VectorIndex.checkRecall}). */
  readonly ef?: number;
  readonly engine?: VectorEngine;
  /** Threads all indexes of the process may use; 0 = by the number of cores. */
  readonly threads?: number;
  /** Path of the images, to which `.0`, `.1`, … is added; absent: none are read or written. */
  readonly imagePath?: string;
  /** Called when vectors were lost that had been added: the thread that had them died. What is missing has to be added. */
  readonly onLoss?: () => void;
  /** Absent: scores are those of the codes, within some thousandths of the exact ones. */
  readonly rows?: RowReader;
}

/** Histogram in the HDR manner: bounded memory, 3 significant digits. */
export interface Histogram {
  record(ms: number): void;
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** 0..100 -> ms. */
  percentile(p: number): number;
  reset(): void;
}

/** Timings, counters and gauges of one engine. */
export interface Metrics {
  /** Service time: without what was spent in a queue before. */
  record(stage: Stage, ms: number): void;
  /** Time in the queue before the stage. */
  wait(stage: Stage, ms: number): void;
  /** A sample of the stage ended with an error. */
  fail(stage: Stage): void;
  /** Times `body` (also when it throws, which counts as an error unless it was cancelled) under the stage. */
  time<T>(stage: Stage, body: () => T): T;
  timeAsync<T>(stage: Stage, body: () => Promise<T>): Promise<T>;
  count(counter: Counter, by?: number): void;
  gauge(gauge: Gauge, value: number): void;
  snapshot(): MetricsSnapshot;
}

export interface Memory {
  readonly rssBytes: number;
  /** In use or garbage that was not collected yet. */
  readonly heapBytes: number;
  /** In use, as far as the last collection tells. */
  readonly liveHeapBytes: number;
  /** The most the heap may become before the thread ends. */
  readonly heapLimitBytes: number;
  /** Outside of the heap: buffers, WebAssembly memory. */
  readonly externalBytes: number;
  /** Of those the buffers alone, without WebAssembly's. */
  readonly buffersBytes: number;
}

/** What the embedded model is made of, as it ships. */
export interface ModelFiles {
  /** `media/model.bin`. */
  readonly model: Uint8Array;
  /** `media/embed.wasm`. */
  readonly pooling: WebAssembly.Module;
}

/** Everything the engine is given at construction. */
export interface Platform {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fileSystem: FileSystem;
  readonly hasher: Hasher;
  readonly storage: Storage;
  readonly chunker: Chunker;
  readonly vectorIndexes: VectorIndexFactory;
  /** Reads the embedded model anew. Rejects with AppError `ProviderInstallation` when it is not there. */
  readonly loadModel: () => Promise<ModelFiles>;
  readonly fetch: Fetch;
  createHistogram(): Histogram;
  memory(): Memory;
  /** Measures the product on this machine, with this platform's parts. Rejects with CancelledError when the signal fires. */
  benchmark(options: BenchmarkOptions): Promise<BenchmarkReport>;
  /** Begins to sample this thread. */
  startProfile(kind: ProfileKind): Promise<ProfileRecording>;
}

/** Samples of the thread that are being taken. */
export interface ProfileRecording {
  /** Ends it; the profile as JSON, in UTF-8, as `.cpuprofile` and `.heapprofile` files have it. Once. */
  stop(): Promise<Uint8Array>;
}

export interface BenchmarkOptions {
  /** Where the scratch folder goes; it is removed in the end. */
  readonly directory: string;
  /** The next part, in English. */
  readonly onPart: (part: Phrase) => void;
  readonly signal: AbortSignal;
}

import type { BenchmarkReport } from './benchmark.ts';
import type { FileChunks } from './chunks.ts';
import type { EmbeddingConfig, EngineConfig } from './config.ts';
import type { EndpointTest, IndexingPlan, PlanRequest } from './costs.ts';
import type { DuplicatesReport, DuplicatesRequest } from './duplicates.ts';
import type { HistorySample, MetricsSnapshot } from './metrics.ts';
import type { Phrase } from './phrase.ts';
import type { EndpointProbe } from './probe.ts';
import type {
  EngineStatus,
  FileChange,
  FileEntry,
  HealthReport,
  IndexProgress,
  IndexReport,
  RelativePath,
  SearchFilter,
  SearchRequest,
  SearchResponse,
  WhyReport,
} from './types.ts';
import type { RecallStats } from './vectorStats.ts';

export interface FolderSpec {
  /** Stable id chosen by the caller (VS Code: the folder's URI; command line: the absolute path). */
  readonly folderId: string;
  /** Absolute path on the machine the engine runs on. */
  readonly root: string;
  /** Directory of this folder's catalogue and vector snapshot; created when missing. */
  readonly indexDir: string;
  /** True: another process keeps this index; it is searched and followed, never written, also where nobody has it. */
  readonly readOnly?: boolean;
}

/** What the caller allows, apart from settings. */
export interface Permissions {
  /** False in an untrusted workspace: nothing is sent to a remote provider and nothing is indexed through one. */
  readonly remoteProvider: boolean;
  /** True: queries and code may be sent to the configured reranker. */
  readonly reranker?: boolean;
  /** True: {@link EngineApi.probe} may send its made-up words also where `remoteProvider` is false. */
  readonly probe?: boolean;
}

export interface Credentials {
  readonly apiKey?: string;
  /** Of the reranker's endpoint. */
  readonly rerankApiKey?: string;
}

/** Unsaved text of an open editor; `text` undefined = the editor was closed, saved or reverted. */
export interface DocumentUpdate {
  readonly path: RelativePath;
  readonly text?: string;
}

export interface SimilarRequest {
  readonly folderId: string;
  /** The chunk at this place is the question. 1-based line. */
  readonly path: RelativePath;
  readonly line: number;
  readonly k?: number;
  readonly filter?: SearchFilter;
}

/** `cpu`: where time is spent. `heap`: where the memory was allocated that is still in use. */
export type ProfileKind = 'cpu' | 'heap';

/**
 * The engine as every caller sees it: extension host (over a channel), command line, bench and tests (directly).
 * All calls reject with AppError. Each takes an AbortSignal last and rejects with CancelledError when it fires.
 */
export interface EngineApi {
  /** Applies a configuration; a changed embedding space starts a new vector index beside the old one. */
  configure(
    config: EngineConfig,
    credentials: Credentials,
    permissions: Permissions,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Opens (creates, migrates, repairs) a folder's index; the stored index answers at once. Does not index. */
  openFolder(folder: FolderSpec, signal?: AbortSignal): Promise<void>;
  closeFolder(folderId: string, signal?: AbortSignal): Promise<void>;
  /** Brings the index in line with the disk: discovery, chunking, embedding. Resumes where an earlier pass stopped. */
  index(folderId: string, signal?: AbortSignal): Promise<IndexReport>;
  /** Applies file events (already debounced and coalesced by the caller). */
  applyChanges(folderId: string, changes: readonly FileChange[], signal?: AbortSignal): Promise<IndexReport>;
  updateDocument(folderId: string, update: DocumentUpdate, signal?: AbortSignal): Promise<void>;
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse>;
  findSimilar(request: SimilarRequest, signal?: AbortSignal): Promise<SearchResponse>;
  /**
   * Groups of chunks that are nearly the same code, over all open folders or those of the filter; no request is made. Takes a
   * fraction of a millisecond a chunk; says its steps by the event `activity`. Rejects with `InvalidArgument` for numbers out
   * of their range or more code than can be compared at once.
   */
  findDuplicates(request: DuplicatesRequest, signal?: AbortSignal): Promise<DuplicatesReport>;
  /** The chunks of a file as they are indexed now, of its unsaved text where there is one. Rejects with `NotFound` for a file that is not known. */
  chunks(folderId: string, path: RelativePath, signal?: AbortSignal): Promise<FileChunks>;
  status(signal?: AbortSignal): Promise<EngineStatus>;
  /** Whether everything works, without asking an endpoint: a few milliseconds (seed, "Service Performance Targets": < 5 ms). */
  health(signal?: AbortSignal): Promise<HealthReport>;
  /**
   * Compares answers of the vector index that answers with those of comparing all vectors, and tunes it to the goal of the
   * configuration; waits for measuring and graph building to end. Undefined: there are no vectors, or they changed meanwhile.
   */
  checkRecall(folderId: string, signal?: AbortSignal): Promise<RecallStats | undefined>;
  files(folderId: string, signal?: AbortSignal): Promise<readonly FileEntry[]>;
  why(folderId: string, path: RelativePath, signal?: AbortSignal): Promise<WhyReport>;
  metrics(signal?: AbortSignal): Promise<MetricsSnapshot>;
  /** The course of the metrics after `sinceMs` (epoch ms, 0: all that is kept), oldest first. Asking keeps it going. */
  history(sinceMs: number, signal?: AbortSignal): Promise<readonly HistorySample[]>;
  /**
   * Measures the product on this machine, offline: some fifteen seconds in which the engine answers slowly.
   *
   * @param directory Where a scratch folder may be made.
   */
  benchmark(directory: string, signal?: AbortSignal): Promise<BenchmarkReport>;
  /**
   * Begins to sample the engine's thread (its parse processes and further shards are not in it). One of each kind at a
   * time: rejects with `ProfileRunning` while there is one.
   */
  startProfile(kind: ProfileKind, signal?: AbortSignal): Promise<void>;
  /**
   * Ends it and writes what Chrome, Node and VS Code read as `.cpuprofile` and `.heapprofile`. Rejects with `NotFound`
   * when none is being recorded (the engine may have been started anew), `DiskFull` or `StorageFailed`.
   *
   * @param path Absolute, in a directory that exists; a file that is there is replaced.
   */
  stopProfile(kind: ProfileKind, path: string, signal?: AbortSignal): Promise<void>;
  /**
   * Learns by some 10 to 30 requests what the configured endpoint and model accept, stores it as their profile, and keeps
   * to it from then on. Sends made-up words, nothing of the user's. Rejects with `InvalidArgument` for the embedded
   * provider, `WorkspaceUntrusted` with neither permission (`probe`, `remoteProvider`), Provider* when the endpoint cannot be used.
   */
  probe(signal?: AbortSignal): Promise<EndpointProbe>;
  /**
   * One request of made-up words with settings that need not be the engine's, whose configuration stays as it is. Rejects as
   * {@link probe} does.
   */
  testEndpoint(config: EmbeddingConfig, credentials: Credentials, signal?: AbortSignal): Promise<EndpointTest>;
  /** What embedding a folder would take, by what is chunked so far. Sends nothing and needs no permission. */
  plan(request: PlanRequest, signal?: AbortSignal): Promise<IndexingPlan>;
  /** Removes the folder's index (not the embedding cache). */
  clear(folderId: string, signal?: AbortSignal): Promise<void>;
  /** Stops all work, writes the snapshot, closes every file. Safe to call twice. */
  close(): Promise<void>;
}

export interface LogRecord {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  /** Counts, durations, names; never source text, queries or keys. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** What the engine says without being asked. */
export interface EngineEvents {
  progress: IndexProgress;
  /** The index of a folder changed (new chunks, new vectors): results may differ now. */
  indexChanged: { readonly folderId: string; readonly version: number };
  /** Something in {@link EngineStatus} changed; ask for it when it is shown. */
  statusChanged: { readonly folderId?: string };
  /** What a call that takes its time does next. */
  activity: { readonly call: 'benchmark' | 'probe' | 'duplicates'; readonly step: Phrase };
  log: LogRecord;
}

/** Every function of {@link EngineApi}; the record makes the compiler hold the list complete. */
const engineMethodNames: Readonly<Record<keyof EngineApi, true>> = {
  configure: true,
  openFolder: true,
  closeFolder: true,
  index: true,
  applyChanges: true,
  updateDocument: true,
  search: true,
  findSimilar: true,
  findDuplicates: true,
  chunks: true,
  status: true,
  health: true,
  checkRecall: true,
  files: true,
  why: true,
  metrics: true,
  history: true,
  benchmark: true,
  startProfile: true,
  stopProfile: true,
  probe: true,
  testEndpoint: true,
  plan: true,
  clear: true,
  close: true,
};
export const engineMethods = Object.keys(engineMethodNames) as readonly (keyof EngineApi)[];

/** Every event of {@link EngineEvents}. */
const engineEventNames: Readonly<Record<keyof EngineEvents, true>> = {
  progress: true,
  indexChanged: true,
  statusChanged: true,
  activity: true,
  log: true,
};
export const engineEvents = Object.keys(engineEventNames) as readonly (keyof EngineEvents)[];

import type { SpendingStatus, Spent } from './costs.ts';
import type { Phrase } from './phrase.ts';
import type { EndpointProbe } from './probe.ts';
import type { VectorIndexStats } from './vectorStats.ts';

/** Path of a file relative to its folder, forward slashes on every platform, no leading `./`. */
export type RelativePath = string;

/** What a chunk is, in the words of the outline of an editor. `block` = lines without a symbol of their own. */
export const chunkKinds = [
  'function',
  'method',
  'class',
  'interface',
  'struct',
  'enum',
  'type',
  'module',
  'constant',
  'property',
  'section',
  'test',
  'block',
] as const;
export type ChunkKind = (typeof chunkKinds)[number];

/** Search modes: `hybrid` fuses both retrievers, the others use one. */
export const searchModes = ['hybrid', 'semantic', 'lexical'] as const;
export type SearchMode = (typeof searchModes)[number];

/** State of a discovered file. `pending` = known, not (wholly) indexed yet. indexed + pending + failed + skipped = discovered. */
export type FileState = 'indexed' | 'pending' | 'failed' | 'skipped';

/**
 * Why a discovered file is skipped. `excluded`: by a glob of the settings; files ignored by git are not discovered at all.
 * `symlink`: a link to something inside the folder, which is indexed under its own path alone.
 */
export type SkipReason =
  | 'excluded'
  | 'notIncluded'
  | 'tooLarge'
  | 'binary'
  | 'minified'
  | 'generated'
  | 'lockFile'
  | 'secret'
  | 'unreadable'
  | 'symlink'
  | 'symlinkOutside'
  | 'empty';

/** One discovered file with its state. */
export interface FileEntry {
  readonly path: RelativePath;
  readonly state: FileState;
  /** For `skipped`. */
  readonly reason?: SkipReason;
  /** What exactly, for people: the rule and where it stands, the size and the limit, the error. */
  readonly detail?: string;
  readonly phrase?: Phrase;
  readonly language?: string;
  readonly bytes: number;
  readonly chunks: number;
}

/** Answer of `why`: is the file indexed and which rule decided. */
export interface WhyReport {
  readonly path: RelativePath;
  /** `ignored` = kept out of discovery by an ignore rule; `missing` = no such file. */
  readonly state: FileState | 'ignored' | 'missing';
  readonly reason?: SkipReason;
  /** English; `phrase` is the same, to be put into the user's language. */
  readonly detail: string;
  readonly phrase?: Phrase;
  /** The deciding ignore rule. `line` is 1-based. */
  readonly rule?: { readonly pattern: string; readonly source: string; readonly line: number };
  readonly language?: string;
  readonly chunks?: number;
}

/** Restricts a search. Of each list a result matches any item, and of the `exclude…` lists none; empty ones do not restrict. */
export interface SearchFilter {
  /** Globs on the relative path. */
  readonly paths?: readonly string[];
  readonly excludePaths?: readonly string[];
  readonly languages?: readonly string[];
  readonly excludeLanguages?: readonly string[];
  readonly kinds?: readonly ChunkKind[];
  readonly excludeKinds?: readonly ChunkKind[];
  /** Tests alone, or everything but tests: files that are tests by their path, and chunks of kind `test`. */
  readonly tests?: TestScope;
  /** Folder ids (multi-root). */
  readonly folders?: readonly string[];
  /** Only these files; an empty list lets nothing through. */
  readonly files?: readonly FilePlace[];
  /** A second filter that has to hold as well. */
  readonly and?: SearchFilter;
}

export const testScopes = ['only', 'exclude'] as const;
export type TestScope = (typeof testScopes)[number];

/** A file of an open folder. */
export interface FilePlace {
  readonly folderId: string;
  readonly path: RelativePath;
}

export interface SearchRequest {
  readonly query: string;
  /** Number of results wanted, 1..1000; default from the configuration. */
  readonly k?: number;
  readonly mode?: SearchMode;
  readonly filter?: SearchFilter;
  /** 0..1, on the results' score. */
  readonly minScore?: number;
  /** False: the retrievers' fusion as it is, without the ranking stage. */
  readonly ranking?: boolean;
  /** False: no reranking although it is configured. Without the ranking stage there is none either. */
  readonly rerank?: boolean;
}

/** 1-based rank (and raw score) a result had in each retriever; absent = not found by it. */
export interface ResultSources {
  readonly lexical?: { readonly rank: number; readonly score: number };
  readonly semantic?: { readonly rank: number; readonly score: number };
}

export interface SearchResult {
  readonly chunkId: number;
  readonly folderId: string;
  readonly path: RelativePath;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Qualified name, e.g. `Class.method`; empty for a block without one. */
  readonly symbol: string;
  readonly kind: ChunkKind;
  readonly language: string;
  /**
   * 0..1. Of the ranking stage: the estimated probability that this is what was asked for. Without it: the fused score, 1
   * only if first in every retriever asked. After reranking: the weighted mean of the reranker's and the ranking stage's.
   */
  readonly score: number;
  readonly sources: ResultSources;
  /** What {@link score} is made of when the result was reranked, each 0..1. */
  readonly reranked?: { readonly rerankScore: number; readonly rankingScore: number };
  /** What the ranking stage saw (those of its features that are not 0); absent without it. */
  readonly features?: Readonly<Record<string, number>>;
  /** The chunk's text, cut after {@link maxSnippetLines} lines. */
  readonly snippet: string;
  /** The chunk comes from unsaved text of an open editor. */
  readonly unsaved: boolean;
}

/** What went wrong, as an error's code and words. `degraded` of a search has two codes that no error has. */
export interface Failure {
  readonly code: string;
  /** English, with the particulars (which host, which model). */
  readonly message: string;
  /** The same, to be put into the user's language. */
  readonly phrase?: Phrase;
}

/** Milliseconds of each stage of one search. */
export interface SearchTimings {
  readonly totalMs: number;
  readonly queryEmbedMs?: number;
  readonly lexicalMs?: number;
  readonly vectorMs?: number;
  readonly fuseMs?: number;
  readonly rerankMs?: number;
  readonly hydrateMs?: number;
}

export interface SearchResponse {
  readonly results: readonly SearchResult[];
  /** The mode that was really used: a hybrid request without vectors is answered lexically. */
  readonly mode: SearchMode;
  /** Why `mode` is not the requested one (no provider, provider down, no vectors yet). */
  readonly degraded?: Failure;
  /** What reranking took; absent where none was asked for, there was nothing to rerank or it failed. */
  readonly reranked?: RerankReport;
  /** Why the results are in the order of the ranking stage although reranking was asked for. */
  readonly rerankFailed?: Failure;
  readonly cached: boolean;
  readonly timings: SearchTimings;
}

export interface RerankReport {
  /** Documents that got a score, and the requests it took: none for those judged for the same question before. */
  readonly documents: number;
  readonly requests: number;
  /** Further candidates were not sent: none of them could have come among the results. */
  readonly stoppedEarly: boolean;
}

export interface IndexCounts {
  readonly discovered: number;
  readonly indexed: number;
  readonly pending: number;
  readonly failed: number;
  readonly skipped: number;
}

export type IndexPhase = 'idle' | 'discovering' | 'chunking' | 'embedding' | 'paused' | 'error';

/** One folder's state; every number is read from the catalogue, none is remembered from an earlier event. */
export interface FolderStatus {
  readonly folderId: string;
  readonly root: string;
  readonly phase: IndexPhase;
  readonly counts: IndexCounts;
  readonly skippedByReason: Readonly<Partial<Record<SkipReason, number>>>;
  readonly chunks: number;
  /** Ids of the languages of its files, the most frequent first. */
  readonly languages: readonly string[];
  /** Chunks with a vector in the active space. */
  readonly vectors: number;
  /** Identity of the active embedding space; undefined = lexical only. */
  readonly space?: SpaceInfo;
  readonly error?: Failure;
  /** False = another process indexes this folder; this one reads. */
  readonly leader: boolean;
  readonly integrity: 'ok' | 'rebuilt' | 'damaged';
  /** Of the active space; undefined while it has no vectors. */
  readonly vectorIndex?: VectorIndexStats;
  readonly sizes: { readonly catalogueBytes: number; readonly vectorBytes: number };
  /** For this folder, ever: clearing its index does not take it back. */
  readonly spent: Pick<Spent, 'requests' | 'tokens'>;
  /** The last update of the index, epoch ms; 0 = never. */
  readonly updatedAt: number;
}

export interface SpaceInfo {
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  /** 0 = not known before the first answer. */
  readonly dimensions: number;
}

/** Bytes the engine holds, beside its limits. */
export interface MemoryStatus {
  /** `soft`: batches are smaller and intake waits. `critical`: indexing stops. */
  readonly state: 'normal' | 'soft' | 'critical';
  /** What passes through it; neither indexes nor model. */
  readonly workingBytes: number;
  readonly totalBytes: number;
  readonly softLimitBytes: number;
  readonly criticalLimitBytes: number;
}

export interface EngineStatus {
  readonly folders: readonly FolderStatus[];
  readonly cache: { readonly entries: number; readonly bytes: number; readonly maxBytes: number };
  readonly provider: ProviderStatus;
  readonly spending: SpendingStatus;
  readonly memory: MemoryStatus;
  /** Absent while reranking is off. */
  readonly reranker?: RerankerStatus;
}

export interface RerankerStatus {
  /** By the newest call. `none`: it must not be asked, or its settings cannot be used. */
  readonly state: 'none' | 'unknown' | 'ok' | 'error';
  /** English; `phrase` is the same, to be put into the user's language. */
  readonly message?: string;
  readonly phrase?: Phrase;
  /** Host and port; the base URL where that is no URL. */
  readonly host: string;
  readonly model: string;
  /** Since the engine was configured. */
  readonly requests: number;
  readonly documents: number;
}

export interface ProviderStatus {
  readonly id: string;
  readonly state: 'none' | 'unknown' | 'ok' | 'limited' | 'error';
  /** English; `phrase` is the same, to be put into the user's language. */
  readonly message?: string;
  readonly phrase?: Phrase;
  readonly requests: number;
  readonly tokens: number;
  readonly retries: number;
  /** Learnt or configured budgets; undefined = unknown. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** The probe whose findings requests keep to; undefined = the endpoint was not probed. */
  readonly profile?: EndpointProbe;
}

/** One thing that has to be in order for answers to be right and new ones to be kept. */
export interface HealthCheck {
  readonly name: 'engine' | 'database' | 'index' | 'provider' | 'reranker' | 'disk';
  /** Undefined for what is not of one folder. */
  readonly folderId?: string;
  readonly ok: boolean;
  /** What was seen, in English. */
  readonly detail: string;
  /** The same, to be put into the user's language. */
  readonly phrase?: Phrase;
}

export interface HealthReport {
  /** All checks are. */
  readonly ok: boolean;
  /** How long the checks took. */
  readonly ms: number;
  readonly checks: readonly HealthCheck[];
}

export interface IndexProgress {
  readonly folderId: string;
  readonly phase: IndexPhase;
  /** Files for discovering/chunking, chunks for embedding. */
  readonly done: number;
  readonly total: number;
  /** Units per second over the last seconds; undefined until known. */
  readonly perSecond?: number;
  readonly remainingMs?: number;
}

/** What one indexing pass did. */
export interface IndexReport {
  readonly counts: IndexCounts;
  readonly filesChunked: number;
  readonly filesUnchanged: number;
  readonly filesRemoved: number;
  readonly chunksAdded: number;
  readonly chunksRemoved: number;
  readonly chunksEmbedded: number;
  readonly chunksFromCache: number;
  readonly requests: number;
  readonly tokens: number;
  readonly totalMs: number;
  /** Embedding stopped early; what was chunked is found lexically and the rest is embedded by the next pass. */
  readonly error?: Failure;
}

/** A changed path below a folder; renames are a delete and a create. A changed directory is named by its own path. */
export interface FileChange {
  readonly type: 'changed' | 'deleted';
  readonly path: RelativePath;
}

/** Lines of a result's snippet at most. */
export const maxSnippetLines = 60;

/**
 * The engine's whole configuration: a plain readonly value. VS Code settings and command-line options are
 * translated into it in one place each; the engine never reads configuration itself.
 */
export interface EngineConfig {
  readonly files: FilesConfig;
  readonly chunking: ChunkingConfig;
  readonly parsing: ParsingConfig;
  readonly embedding: EmbeddingConfig;
  readonly index: IndexConfig;
  readonly search: SearchConfig;
  readonly rerank: RerankConfig;
  readonly cache: CacheConfig;
  readonly memory: MemoryConfig;
}

export interface FilesConfig {
  /** Globs relative to the folder; when not empty only matching files are indexed. */
  readonly include: readonly string[];
  /** Globs relative to the folder that are never indexed, each with the setting it came from. */
  readonly exclude: readonly ExcludeGlob[];
  /** Files larger than this are skipped with reason `tooLarge`. Bytes. */
  readonly maxFileBytes: number;
}

export interface ExcludeGlob {
  readonly glob: string;
  /** Where the user finds the rule, e.g. `files.exclude`, `search.exclude`, `codeweaver.files.exclude`, `--exclude`. */
  readonly source: string;
}

export interface ChunkingConfig {
  /** Upper bound of a chunk, in estimated tokens (a single longer line stays whole). */
  readonly maxTokens: number;
  /** Siblings smaller than this are merged; a file smaller than this is one chunk. Estimated tokens. */
  readonly minTokens: number;
}

export interface ParsingConfig {
  /** Parse processes; 0 = one less than the machine's cores, at least 1. */
  readonly processes: number;
  /** A parse that takes longer falls back to line blocks (seed: 5 s). */
  readonly timeoutMs: number;
  /** A parse process above this resident size is replaced after its current file. */
  readonly maxProcessBytes: number;
}

/** `embedded`: the model that ships inside the extension; `openai`: any OpenAI-compatible endpoint. */
export type ProviderId = 'embedded' | 'openai';

export interface EmbeddingConfig {
  readonly provider: ProviderId;
  /** e.g. https://api.openai.com/v1 ; no trailing slash. */
  readonly baseUrl: string;
  readonly model: string;
  /** Requested size of the vectors; undefined = the model's own, learnt from the first answer. */
  readonly dimensions?: number;
  readonly organization?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Prepended to the text of a query or document (models such as e5 and nomic ask for it). */
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Inputs per request at most (seed: 100). */
  readonly maxBatchInputs: number;
  /** Tokens per request at most. */
  readonly maxBatchTokens: number;
  /** Tokens one input may have; longer ones are cut with a mark. */
  readonly maxInputTokens: number;
  /** Upper bound of what is adapted to the endpoint's answers (seed: 20 connections per host). */
  readonly maxConcurrentRequests: number;
  /** Budgets before the endpoint has said its own; undefined = none until it says. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** Tokens that may ever be sent for the open folders, queries included; 0 = nothing is sent, undefined = no budget. */
  readonly budgetTokens?: number;
}

/**
 * How nearest vectors are looked for. `auto`: a filtered scan, and a graph where that is measured to pay. `hnsw`: a graph as
 * soon as it is built. `exact`: all vectors are compared.
 */
export const vectorEngines = ['auto', 'hnsw', 'exact'] as const;
export type VectorEngine = (typeof vectorEngines)[number];

export interface IndexConfig {
  readonly engine: VectorEngine;
  /** Threads that large indexes may use for vectors; 0 = by the number of cores. */
  readonly threads: number;
  /** HNSW M; undefined = seed's table by dimension. */
  readonly m?: number;
  /** HNSW ef_construction; undefined = seed's formula by dimension. */
  readonly efConstruction?: number;
  /** HNSW ef of a search; undefined = min(4k, 200) (seed). */
  readonly ef?: number;
  /** Recall@10 that searches are tuned to when it is checked on idle, 0.5..1. */
  readonly recallGoal: number;
}

export interface SearchConfig {
  /** Results of a search when the request does not say. */
  readonly k: number;
  /** Results below this fused score (0..1) are left out. */
  readonly minScore: number;
  /** Results of one file at most; 0 = no limit. */
  readonly maxPerFile: number;
  readonly queryCacheEntries: number;
  readonly queryCacheTtlMs: number;
}

/** A reranker reads query and candidate together and orders the best results anew. */
export interface RerankConfig {
  readonly enabled: boolean;
  /** e.g. http://localhost:8080 or https://api.cohere.com; no trailing slash. */
  readonly baseUrl: string;
  /** '' = the one that the server has loaded. */
  readonly model: string;
  /** Candidates that are sent for one search at most: the best ones of the ranking stage. */
  readonly candidates: number;
  /** 0..1: the reranker's share of a result's score; the rest is the ranking stage's. */
  readonly weight: number;
  /** Documents per request at most. */
  readonly maxBatchDocuments: number;
  /** Longer documents are cut. Estimated tokens. */
  readonly maxDocumentTokens: number;
  /** For all requests of one search together; after it the results stay as they were. */
  readonly timeoutMs: number;
}

export interface CacheConfig {
  /** Embedding cache budget on disk, bytes. Least recently used vectors go first. */
  readonly maxBytes: number;
}

/** Bytes of live memory; parse processes have their own bound. */
export interface MemoryConfig {
  /** Of what passes through the engine (indexes and model not counted): above it batches shrink, caches are emptied and intake waits (seed: 400 MB). */
  readonly softLimitBytes: number;
  /** Of all that the engine holds: above it indexing stops, and goes on where it stopped when it is started again. */
  readonly criticalLimitBytes: number;
}

/** Below these limits, in bytes, nothing could be indexed. */
export const leastMemory = { soft: 100 * 1_048_576, critical: 200 * 1_048_576 } as const;

/** Defaults shared by the settings (package.json is held to them by a test), the command line and the tests. */
export const defaultConfig: EngineConfig = {
  files: { include: [], exclude: [], maxFileBytes: 1_048_576 },
  chunking: { maxTokens: 400, minTokens: 40 },
  parsing: { processes: 0, timeoutMs: 5_000, maxProcessBytes: 300 * 1_048_576 },
  embedding: {
    provider: 'embedded',
    baseUrl: 'https://api.openai.com/v1',
    model: 'text-embedding-3-small',
    headers: {},
    queryPrefix: '',
    documentPrefix: '',
    maxBatchInputs: 100,
    maxBatchTokens: 100_000,
    maxInputTokens: 8_191,
    maxConcurrentRequests: 20,
    timeoutMs: 60_000,
    maxRetries: 6,
  },
  index: { engine: 'auto', threads: 0, recallGoal: 0.95 },
  search: { k: 20, minScore: 0, maxPerFile: 3, queryCacheEntries: 1_000, queryCacheTtlMs: 300_000 },
  rerank: {
    enabled: false,
    baseUrl: 'http://localhost:8080',
    model: '',
    candidates: 50,
    weight: 0.7,
    // Text Embeddings Inference takes 32 (--max-client-batch-size).
    maxBatchDocuments: 25,
    maxDocumentTokens: 512,
    timeoutMs: 3_000,
  },
  cache: { maxBytes: 2 * 1_073_741_824 },
  memory: { softLimitBytes: 400 * 1_048_576, criticalLimitBytes: 2_048 * 1_048_576 },
};

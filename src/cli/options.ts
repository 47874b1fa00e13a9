import { defaultConfig, type EngineConfig, type ExcludeGlob, type ProviderId } from '../protocol/config.ts';
import type { Credentials } from '../protocol/engineApi.ts';
import type { ChunkKind, SearchFilter, SearchMode, TestScope } from '../protocol/types.ts';
import { languageId } from '../util/languageAliases.ts';

export const providerIds = ['embedded', 'openai'] as const satisfies readonly ProviderId[];

/** What decides the content of an index and how it is asked. Remembered with it, so that a later `search` does the same. */
export interface IndexOptions {
  readonly provider?: ProviderId;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly dimensions?: number;
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
  readonly maxBatchInputs?: number;
  readonly maxInputTokens?: number;
  readonly concurrency?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  readonly budgetTokens?: number;
  /** Base URL of the reranker; '' = none. */
  readonly rerankUrl?: string;
  readonly rerankModel?: string;
  readonly rerankCandidates?: number;
  readonly rerankWeight?: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly maxFileBytes?: number;
  readonly memorySoftLimit?: number;
  readonly memoryLimit?: number;
}

/** Options every command takes. */
export interface GlobalOptions extends IndexOptions {
  /** Directory of indexes and embedding cache. */
  readonly indexDir?: string;
  readonly progress: boolean;
  readonly verbose: boolean;
  /** Where to write a CPU profile of this process; true: a name with the time, in the current directory. */
  readonly cpuProf?: string | true;
  readonly heapProf?: string | true;
  /** Where to write the engine's metrics at the end; the ending says how. */
  readonly metrics?: string;
}

/** What the engine answers at most. */
export const maxResults = 1_000;

/** Options of `search`, and the defaults of each line of a query file. */
export interface SearchOptions extends FilterOptions {
  readonly k?: number;
  readonly mode?: SearchMode;
  /** False: the retrievers' fusion as it is, without the ranking stage. */
  readonly ranking?: boolean;
  /** False: without the reranker although there is one. */
  readonly rerank?: boolean;
}

/** What of the folder is looked at. */
export interface FilterOptions {
  readonly path?: readonly string[];
  readonly language?: readonly string[];
  readonly kind?: readonly ChunkKind[];
  readonly excludePath?: readonly string[];
  readonly excludeLanguage?: readonly string[];
  readonly excludeKind?: readonly ChunkKind[];
  readonly tests?: TestScope;
}

/** Every option that is remembered. The type makes a new one fail to compile until it is listed. */
const indexOptionNames = Object.keys({
  provider: true,
  baseUrl: true,
  model: true,
  dimensions: true,
  queryPrefix: true,
  documentPrefix: true,
  maxBatchInputs: true,
  maxInputTokens: true,
  concurrency: true,
  requestsPerMinute: true,
  tokensPerMinute: true,
  timeoutMs: true,
  maxRetries: true,
  budgetTokens: true,
  rerankUrl: true,
  rerankModel: true,
  rerankCandidates: true,
  rerankWeight: true,
  include: true,
  exclude: true,
  maxFileBytes: true,
  memorySoftLimit: true,
  memoryLimit: true,
} satisfies Record<keyof IndexOptions, true>) as readonly (keyof IndexOptions)[];

/**
 * The options in force: what is said now over what the index remembers. Another provider, endpoint or model leaves
 * behind what belonged to the old one, and an endpoint or model alone asks for `openai`.
 */
export function mergeIndexOptions(remembered: IndexOptions, given: IndexOptions): IndexOptions {
  const named = given.baseUrl !== undefined || given.model !== undefined;
  const provider = given.provider ?? (named ? 'openai' : remembered.provider);
  const sameProvider = provider === (remembered.provider ?? 'embedded');
  const kept: IndexOptions = sameProvider ? remembered : withoutProvider(remembered);
  const { dimensions, queryPrefix, documentPrefix, maxInputTokens, rerankModel, ...rest } = kept;
  const sameReranker = given.rerankUrl === undefined || given.rerankUrl === remembered.rerankUrl;
  const ofModel = { dimensions, queryPrefix, documentPrefix, maxInputTokens };
  const sameModel = given.model === undefined || given.model === remembered.model;
  return pickIndexOptions({
    ...rest,
    ...(sameModel ? ofModel : {}),
    ...(sameReranker ? { rerankModel } : {}),
    ...pickIndexOptions(given),
    provider,
  });
}

function withoutProvider(options: IndexOptions): IndexOptions {
  const { budgetTokens, include, exclude, maxFileBytes, memorySoftLimit, memoryLimit } = options;
  const { rerankUrl, rerankModel, rerankCandidates, rerankWeight } = options;
  const files = { budgetTokens, include, exclude, maxFileBytes, memorySoftLimit, memoryLimit };
  return defined({ ...files, rerankUrl, rerankModel, rerankCandidates, rerankWeight });
}

/** The remembered part of any options; absent ones stay absent. */
export function pickIndexOptions(options: {
  readonly [K in keyof IndexOptions]?: IndexOptions[K] | undefined;
}): IndexOptions {
  return defined(Object.fromEntries(indexOptionNames.map((name) => [name, options[name]])));
}

/** The engine's configuration for one folder; `excludes` are added to the user's own. */
export function toEngineConfig(options: IndexOptions, excludes: readonly ExcludeGlob[]): EngineConfig {
  const { files, embedding, rerank, memory } = defaultConfig;
  return {
    ...defaultConfig,
    files: {
      include: options.include ?? files.include,
      exclude: [...(options.exclude ?? []).map((glob) => ({ glob, source: '--exclude' })), ...excludes],
      maxFileBytes: options.maxFileBytes ?? files.maxFileBytes,
    },
    embedding: {
      ...embedding,
      ...defined({
        provider: options.provider,
        baseUrl: options.baseUrl,
        model: options.model,
        dimensions: options.dimensions,
        queryPrefix: options.queryPrefix,
        documentPrefix: options.documentPrefix,
        maxBatchInputs: options.maxBatchInputs,
        maxInputTokens: options.maxInputTokens,
        maxConcurrentRequests: options.concurrency,
        requestsPerMinute: options.requestsPerMinute,
        tokensPerMinute: options.tokensPerMinute,
        timeoutMs: options.timeoutMs,
        maxRetries: options.maxRetries,
        budgetTokens: options.budgetTokens,
      }),
    },
    memory: {
      ...memory,
      ...defined({ softLimitBytes: options.memorySoftLimit, criticalLimitBytes: options.memoryLimit }),
    },
    rerank: {
      ...rerank,
      ...defined({
        enabled: Boolean(options.rerankUrl),
        baseUrl: options.rerankUrl || undefined,
        model: options.rerankModel,
        candidates: options.rerankCandidates,
        weight: options.rerankWeight,
      }),
    },
  };
}

/** The key comes from the environment alone: arguments are seen by other users and kept by shells. */
export function credentialsOf(variables: Readonly<Record<string, string | undefined>>): Credentials {
  // An empty variable is how shells switch one off.
  const apiKey = variables['CODEWEAVER_API_KEY'] || variables['OPENAI_API_KEY'];
  const rerankApiKey = variables['CODEWEAVER_RERANK_API_KEY'];
  return { ...(apiKey ? { apiKey } : {}), ...(rerankApiKey ? { rerankApiKey } : {}) };
}

/** The filter of a search, without empty parts. */
export function toSearchFilter(options: FilterOptions): SearchFilter {
  return defined({
    paths: options.path,
    languages: options.language?.map(languageId),
    kinds: options.kind,
    excludePaths: options.excludePath,
    excludeLanguages: options.excludeLanguage?.map(languageId),
    excludeKinds: options.excludeKind,
    tests: options.tests,
  });
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>;
}

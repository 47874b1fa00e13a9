import {
  defaultConfig,
  type EngineConfig,
  leastMemory,
  type ExcludeGlob,
  type ProviderId,
  type VectorEngine,
  vectorEngines,
} from '../protocol/config.ts';
import { duplicateDefaults, type DuplicatesRequest } from '../protocol/duplicates.ts';
import { type SearchMode, searchModes } from '../protocol/types.ts';
import {
  flag,
  fraction,
  integer,
  oneOf,
  optionalInteger,
  type Setting,
  text,
  textList,
  textMap,
} from './settingSchemas.ts';

const { files, chunking, parsing, embedding, index, memory, search, rerank, cache } = defaultConfig;
const mebibyte = 1_048_576;

/** Every setting of the product, without the prefix `codeweaver.`. Defaults come from the engine's own. */
export const settingTable = {
  'files.include': textList(),
  'files.exclude': textList(),
  'files.maxFileBytes': integer(files.maxFileBytes, { minimum: 1_024, maximum: 64 * mebibyte }),
  'chunking.maxTokens': integer(chunking.maxTokens, { minimum: 50, maximum: 8_000 }),
  'chunking.minTokens': integer(chunking.minTokens, { minimum: 1, maximum: 1_000 }),
  'parsing.processes': integer(parsing.processes, { minimum: 0, maximum: 64 }),
  'parsing.timeoutMs': integer(parsing.timeoutMs, { minimum: 100, maximum: 120_000 }),
  'parsing.maxProcessBytes': integer(parsing.maxProcessBytes, { minimum: 100 * mebibyte, maximum: 4_096 * mebibyte }),
  'embedding.provider': oneOf<ProviderId>(embedding.provider, ['embedded', 'openai']),
  'embedding.baseUrl': text(embedding.baseUrl),
  'embedding.model': text(embedding.model),
  'embedding.dimensions': optionalInteger({ minimum: 1, maximum: 65_536 }),
  'embedding.organization': text(''),
  'embedding.headers': textMap(),
  'embedding.queryPrefix': text(embedding.queryPrefix),
  'embedding.documentPrefix': text(embedding.documentPrefix),
  'embedding.maxBatchInputs': integer(embedding.maxBatchInputs, { minimum: 1, maximum: 2_048 }),
  'embedding.maxBatchTokens': integer(embedding.maxBatchTokens, { minimum: 100, maximum: 10_000_000 }),
  'embedding.maxInputTokens': integer(embedding.maxInputTokens, { minimum: 64, maximum: 1_000_000 }),
  'embedding.maxConcurrentRequests': integer(embedding.maxConcurrentRequests, { minimum: 1, maximum: 64 }),
  'embedding.requestsPerMinute': optionalInteger({ minimum: 1, maximum: 1_000_000 }),
  'embedding.tokensPerMinute': optionalInteger({ minimum: 1_000, maximum: 1_000_000_000 }),
  'embedding.timeoutMs': integer(embedding.timeoutMs, { minimum: 1_000, maximum: 600_000 }),
  'embedding.maxRetries': integer(embedding.maxRetries, { minimum: 0, maximum: 20 }),
  'embedding.budgetTokens': optionalInteger({ minimum: 0, maximum: 1_000_000_000_000 }),
  'index.auto': flag(true),
  'index.engine': oneOf<VectorEngine>(index.engine, vectorEngines),
  'index.threads': integer(index.threads, { minimum: 0, maximum: 16 }),
  'index.m': optionalInteger({ minimum: 4, maximum: 128 }),
  'index.efConstruction': optionalInteger({ minimum: 10, maximum: 2_000 }),
  'index.ef': optionalInteger({ minimum: 10, maximum: 2_000 }),
  'index.recallGoal': fraction(index.recallGoal, 0.5),
  'search.mode': oneOf<SearchMode>('hybrid', searchModes),
  'search.k': integer(search.k, { minimum: 1, maximum: 1_000 }),
  'search.minScore': fraction(search.minScore),
  'search.maxPerFile': integer(search.maxPerFile, { minimum: 0, maximum: 1_000 }),
  'search.debounceMs': integer(120, { minimum: 0, maximum: 2_000 }),
  'search.preview': flag(true),
  'search.queryCacheEntries': integer(search.queryCacheEntries, { minimum: 0, maximum: 100_000 }),
  'search.queryCacheTtlMs': integer(search.queryCacheTtlMs, { minimum: 0, maximum: 86_400_000 }),
  'duplicates.threshold': fraction(duplicateDefaults.threshold, 0.5),
  'duplicates.minLines': integer(duplicateDefaults.minLines, { minimum: 1, maximum: 1_000 }),
  'duplicates.tests': flag(true),
  'rerank.enabled': flag(rerank.enabled),
  'rerank.baseUrl': text(rerank.baseUrl),
  'rerank.model': text(rerank.model),
  'rerank.candidates': integer(rerank.candidates, { minimum: 1, maximum: 300 }),
  'rerank.weight': fraction(rerank.weight),
  'rerank.maxBatchDocuments': integer(rerank.maxBatchDocuments, { minimum: 1, maximum: 300 }),
  'rerank.maxDocumentTokens': integer(rerank.maxDocumentTokens, { minimum: 64, maximum: 32_000 }),
  'rerank.timeoutMs': integer(rerank.timeoutMs, { minimum: 100, maximum: 60_000 }),
  'cache.maxBytes': integer(cache.maxBytes, { minimum: 10 * mebibyte, maximum: 1_024 * 1_024 * mebibyte }),
  'memory.softLimitBytes': integer(memory.softLimitBytes, { minimum: leastMemory.soft, maximum: 16_384 * mebibyte }),
  'memory.criticalLimitBytes': integer(memory.criticalLimitBytes, {
    minimum: leastMemory.critical,
    maximum: 65_536 * mebibyte,
  }),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingKey = keyof typeof settingTable;
type SettingValue<K extends SettingKey> = ReturnType<(typeof settingTable)[K]['read']>;

/** What the editor itself does with settings; the engine does not know of these. */
export interface EditorConfig {
  /** Index new workspaces and follow changes without being asked. */
  readonly autoIndex: boolean;
  readonly mode: SearchMode;
  readonly k: number;
  readonly debounceMs: number;
  /** Show the focused hit of the quick pick in the editor. */
  readonly preview: boolean;
  /** What counts as a near-duplicate. */
  readonly duplicates: Required<Pick<DuplicatesRequest, 'threshold' | 'minLines'>> & { readonly tests: boolean };
}

export interface Settings {
  readonly engine: EngineConfig;
  readonly editor: EditorConfig;
}

/** VS Code's own exclude settings: globs that are switched on by `true`. */
export const editorExcludes = ['files.exclude', 'search.exclude'] as const;

/**
 * The settings as configuration. `read` gives what the user wrote for a setting of the product, `readExclude` for one of
 * VS Code's own; undefined where there is nothing.
 */
export function toSettings(
  read: (key: SettingKey) => unknown,
  readExclude: (name: (typeof editorExcludes)[number]) => unknown,
): Settings {
  const get = <K extends SettingKey>(key: K): SettingValue<K> => settingTable[key].read(read(key)) as SettingValue<K>;
  const exclude = [
    ...editorExcludes.flatMap((name) => globsOf(readExclude(name), name)),
    ...get('files.exclude').map((glob) => ({ glob, source: 'codeweaver.files.exclude' })),
  ];
  const maxTokens = get('chunking.maxTokens');
  const engine: EngineConfig = {
    files: { include: get('files.include'), exclude, maxFileBytes: get('files.maxFileBytes') },
    chunking: { maxTokens, minTokens: Math.min(get('chunking.minTokens'), maxTokens) },
    parsing: {
      processes: get('parsing.processes'),
      timeoutMs: get('parsing.timeoutMs'),
      maxProcessBytes: get('parsing.maxProcessBytes'),
    },
    embedding: {
      provider: get('embedding.provider'),
      baseUrl: get('embedding.baseUrl').trim().replace(/\/+$/u, '') || embedding.baseUrl,
      model: get('embedding.model').trim() || embedding.model,
      headers: get('embedding.headers'),
      queryPrefix: get('embedding.queryPrefix'),
      documentPrefix: get('embedding.documentPrefix'),
      maxBatchInputs: get('embedding.maxBatchInputs'),
      maxBatchTokens: get('embedding.maxBatchTokens'),
      maxInputTokens: get('embedding.maxInputTokens'),
      maxConcurrentRequests: get('embedding.maxConcurrentRequests'),
      timeoutMs: get('embedding.timeoutMs'),
      maxRetries: get('embedding.maxRetries'),
      ...given('dimensions', get('embedding.dimensions')),
      ...given('organization', get('embedding.organization').trim() || undefined),
      ...given('requestsPerMinute', get('embedding.requestsPerMinute')),
      ...given('tokensPerMinute', get('embedding.tokensPerMinute')),
      ...given('budgetTokens', get('embedding.budgetTokens')),
    },
    index: {
      engine: get('index.engine'),
      threads: get('index.threads'),
      recallGoal: get('index.recallGoal'),
      ...given('m', get('index.m')),
      ...given('efConstruction', get('index.efConstruction')),
      ...given('ef', get('index.ef')),
    },
    search: {
      k: get('search.k'),
      minScore: get('search.minScore'),
      maxPerFile: get('search.maxPerFile'),
      queryCacheEntries: get('search.queryCacheEntries'),
      queryCacheTtlMs: get('search.queryCacheTtlMs'),
    },
    rerank: {
      enabled: get('rerank.enabled'),
      baseUrl: get('rerank.baseUrl').trim().replace(/\/+$/u, '') || rerank.baseUrl,
      model: get('rerank.model').trim(),
      candidates: get('rerank.candidates'),
      weight: get('rerank.weight'),
      maxBatchDocuments: get('rerank.maxBatchDocuments'),
      maxDocumentTokens: get('rerank.maxDocumentTokens'),
      timeoutMs: get('rerank.timeoutMs'),
    },
    cache: { maxBytes: get('cache.maxBytes') },
    memory: {
      softLimitBytes: get('memory.softLimitBytes'),
      criticalLimitBytes: get('memory.criticalLimitBytes'),
    },
  };
  const editor: EditorConfig = {
    autoIndex: get('index.auto'),
    mode: get('search.mode'),
    k: get('search.k'),
    debounceMs: get('search.debounceMs'),
    preview: get('search.preview'),
    duplicates: {
      threshold: get('duplicates.threshold'),
      minLines: get('duplicates.minLines'),
      tests: get('duplicates.tests'),
    },
  };
  return { engine, editor };
}

/** The globs of one of VS Code's settings that are on; a glob with a condition (`when`) excludes nothing by itself. */
function globsOf(value: unknown, source: string): ExcludeGlob[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([glob, on]) => (on === true ? [{ glob, source }] : []));
}

function given<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}

import type { IndexingPlan, SpendingStatus } from '../protocol/costs.ts';
import type { AppError } from '../protocol/errors.ts';
import type {
  ChunkKind,
  EngineStatus,
  FolderStatus,
  HealthReport,
  IndexReport,
  RerankReport,
  SearchMode,
  SearchResponse,
  SearchResult,
  SearchTimings,
} from '../protocol/types.ts';

/*
 * The JSON that the command line prints: a public contract, kept apart from the engine's own types so that those can
 * change. Fields may be added; none is renamed or removed without a new major version.
 */

export interface ResultJson {
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string;
  readonly kind: ChunkKind;
  readonly language: string;
  /** 0..1. */
  readonly score: number;
  /** 1-based rank in each retriever that found it. */
  readonly sources: { readonly lexical?: number; readonly semantic?: number };
  /** What each retriever scored it: BM25 (higher is better) and cosine similarity. */
  readonly rawScores: { readonly lexical?: number; readonly semantic?: number };
  /** What the ranking stage saw, by feature, without zeros; absent when it had no say. */
  readonly features?: Readonly<Record<string, number>>;
  /** What the score is made of, when the result was reranked. Each 0..1. */
  readonly reranked?: { readonly rerankScore: number; readonly rankingScore: number };
  readonly snippet: string;
}

export interface AnswerJson {
  /** The mode that was really used. */
  readonly mode: SearchMode;
  /** Why it is not the one that was asked for. */
  readonly degraded?: { readonly code: string; readonly message: string };
  /** What reranking took. */
  readonly reranked?: RerankReport;
  /** Why results are not reranked although they should be. */
  readonly rerankFailed?: { readonly code: string; readonly message: string };
  readonly results: readonly ResultJson[];
  readonly timings: SearchTimings;
}

export interface ErrorJson {
  readonly code: string;
  readonly message: string;
}

function resultJson(result: SearchResult): ResultJson {
  const { lexical, semantic } = result.sources;
  return {
    path: result.path,
    startLine: result.startLine,
    endLine: result.endLine,
    symbol: result.symbol,
    kind: result.kind,
    language: result.language,
    score: result.score,
    sources: { ...(lexical && { lexical: lexical.rank }), ...(semantic && { semantic: semantic.rank }) },
    rawScores: { ...(lexical && { lexical: lexical.score }), ...(semantic && { semantic: semantic.score }) },
    ...(result.features && { features: result.features }),
    ...(result.reranked && { reranked: result.reranked }),
    snippet: result.snippet,
  };
}

export function answerJson(response: SearchResponse): AnswerJson {
  return {
    mode: response.mode,
    ...(response.degraded && { degraded: response.degraded }),
    ...(response.reranked && { reranked: response.reranked }),
    ...(response.rerankFailed && { rerankFailed: response.rerankFailed }),
    results: response.results.map(resultJson),
    timings: response.timings,
  };
}

export function errorJson(error: AppError): ErrorJson {
  return { code: error.code, message: error.message };
}

/** What an indexing pass did. `files` sums: discovered = indexed + pending + failed + skipped. */
export function reportJson(report: IndexReport) {
  const { counts, ...done } = report;
  return { files: counts, ...done };
}

/**
 * What embedding would take. `chunks` sums: withVector + cached + repeated + local + toSend. Dollars at list price;
 * milliseconds; bytes; null = not known, no budget.
 */
export function planJson(folder: string, plan: IndexingPlan, { budgetTokens, workspace }: SpendingStatus) {
  const { provider, model, endpoint, isComplete, files, directories } = plan;
  const { chunks, withVector, cached, repeated, local, toSend, tokens, requests } = plan;
  const { dollars, time, vectorBytes } = plan;
  return {
    folder,
    ...{ provider, model, endpoint, isComplete, files },
    ...{ chunks, withVector, cached, repeated, local, toSend, tokens, requests },
    directories,
    dollars: dollars ?? null,
    leastMs: time?.least ?? null,
    mostMs: time?.most ?? null,
    vectorBytes: vectorBytes ?? null,
    budgetTokens: budgetTokens ?? null,
    spentTokens: workspace.tokens,
  };
}

/** `files` sums: discovered = indexed + pending + failed + skipped. Epoch milliseconds; bytes. `indexed`: ever. */
export function statusJson(
  folder: FolderStatus,
  engine: EngineStatus,
  health: HealthReport,
  indexDir: string,
  indexed: boolean,
) {
  return {
    folder: folder.root,
    indexDir,
    indexed,
    phase: folder.phase,
    files: folder.counts,
    skippedByReason: folder.skippedByReason,
    chunks: folder.chunks,
    vectors: folder.vectors,
    space: folder.space ?? null,
    /** How vectors are searched and why; null without vectors. */
    vectorIndex: folder.vectorIndex ?? null,
    requests: folder.spent.requests,
    tokens: folder.spent.tokens,
    integrity: folder.integrity,
    health,
    sizes: { ...folder.sizes, cacheBytes: engine.cache.bytes },
    cache: engine.cache,
    provider: engine.provider,
    /** This folder, this run, today and this month (all folders); `budgetTokens` where there is a budget. */
    spending: engine.spending,
    memory: engine.memory,
    /** null: reranking is off. */
    reranker: engine.reranker ?? null,
    /** Another process is writing this index. */
    busy: !folder.leader,
    updatedAt: folder.updatedAt,
    ...(folder.error && { error: folder.error }),
  };
}

import { AppError, CancelledError, failureOf, throwIfAborted, toAppError } from '../../protocol/errors.ts';
import { english, type Phrase, phrase } from '../../protocol/phrase.ts';
import type { EngineConfig } from '../../protocol/config.ts';
import type { SimilarRequest } from '../../protocol/engineApi.ts';
import type {
  Failure,
  SearchFilter,
  SearchMode,
  SearchRequest,
  SearchResponse,
  SearchResult,
  SearchTimings,
} from '../../protocol/types.ts';
import { queryTerms } from '../chunking/terms.ts';
import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { Spending } from '../embedding/spending.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { whileAnswering } from '../indexing/whileAnswering.ts';
import { whileOpen } from '../indexing/whileOpen.ts';
import type { Clock, Metrics } from '../ports.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import { withDeadline } from './deadline.ts';
import { FailurePause } from './failurePause.ts';
import { diversify, fuse, type RankedList } from './fuse.ts';
import { hydrate } from './hydrate.ts';
import { QueryCache } from './queryCache.ts';
import { queryIntent } from './ranking/queryIntent.ts';
import { Candidates, type Candidate } from './candidates.ts';
import { rankHits, withFiles, type Found } from './rankHits.ts';
import { rankedList, type ScoredCandidate, searchLexical } from './rankedLists.ts';
import type { Reranking } from './reranking.ts';
import { type AllowedIn, FilterMemory, isFolderWanted } from './searchScope.ts';

/**
 * Candidates taken from each retriever, and as many as results are wanted at least: enough for ranking to choose from. 100
 * instead of 300: nDCG@10 .891 -> .882 over chunks.
 */
const minCandidates = 300;
/** Semantic candidates in exact order, at least; behind those that are shown, ranks by 8-bit codes do (each costs a read). */
const minExactHits = 20;
const exactShare = 1 / 5;
/** A search never waits longer than this for the query's vector; it is then answered lexically. */
const queryEmbedTimeoutMs = 5_000;
/** After a failed query embedding searches are answered lexically at once for this long. */
const providerPauseMs = 10_000;

export interface SearcherOptions {
  readonly folders: () => readonly FolderIndex[];
  readonly cache: EmbeddingCache;
  readonly spending: Pick<Spending, 'account'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly config: EngineConfig;
  /** Why there is no provider to ask although one is configured (untrusted workspace). */
  readonly withheld: AppError | undefined;
  /** Undefined: off. */
  readonly reranking: Reranking | undefined;
}

/** Where one question is looked up. */
interface OpenNow {
  readonly folders: readonly FolderIndex[];
  /** When it was asked. */
  readonly startMs: number;
  /** None of them was closed since. */
  readonly areOpen: () => boolean;
}

type Degraded = NonNullable<SearchResponse['degraded']>;

/** Hybrid search over the open folders. One instance per configuration; results of all folders are ranked together. */
export class Searcher {
  readonly #options: SearcherOptions;
  readonly #queryCache: QueryCache;
  readonly #filters = new FilterMemory();
  readonly #providerPause: FailurePause;

  constructor(options: SearcherOptions) {
    this.#options = options;
    this.#queryCache = new QueryCache(options.config.search);
    this.#providerPause = new FailurePause(options.clock);
  }

  /** Lets go of remembered answers and filters. */
  trimMemory(): void {
    this.#queryCache.clear();
    this.#filters.clear();
  }

  /** A folder that is closed meanwhile is left out. */
  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    const query = request.query.trim();
    if (query === '')
      throw new AppError('InvalidArgument', phrase`The query is empty. Say what the code does, or name a symbol.`);
    const k = checkedK(request.k ?? this.#options.config.search.k);
    this.#options.metrics.count('searches');
    return this.#inFolders(
      request.filter,
      async (open) => this.#search({ ...request, query, k }, open, signal),
      signal,
    );
  }

  async #search(
    request: SearchRequest & { readonly k: number },
    open: OpenNow,
    signal: AbortSignal | undefined,
  ): Promise<SearchResponse> {
    const { metrics, clock, config } = this.#options;
    const { folders, startMs } = open;
    const { query, k, mode = 'hybrid' } = request;
    const versions = folders.map((folder) => `${folder.folder.folderId}@${folder.version}`);
    const ranking = request.ranking ?? true;
    const reranking = ranking && (request.rerank ?? true) ? this.#options.reranking : undefined;
    const reranks = reranking !== undefined;
    const cacheKey = JSON.stringify([query, k, mode, request.filter, request.minScore, ranking, reranks, versions]);
    const cached = this.#queryCache.get(cacheKey);
    metrics.count(cached === undefined ? 'queryCacheMisses' : 'queryCacheHits');
    if (cached !== undefined) {
      const totalMs = clock.monotonicMs() - startMs;
      metrics.record('search', totalMs);
      return { ...cached, cached: true, timings: { totalMs } };
    }

    const timings: { -readonly [T in keyof SearchTimings]: SearchTimings[T] } = { totalMs: 0 };
    const limit = Math.max(minCandidates, k);
    const allowed = this.#filters.allowedIn(request.filter);
    const intent = queryIntent(query);
    const semantic =
      mode === 'lexical' ? undefined : await this.#semanticCandidates(query, open, limit, allowed, timings, signal);
    throwIfAborted(signal);
    const degraded = semantic !== undefined && 'degraded' in semantic ? semantic.degraded : undefined;
    const lists: RankedList<Candidate>[] = [];
    const candidates = new Candidates();
    if (mode !== 'semantic' || degraded !== undefined) {
      const hits = this.#timed('lexicalSearch', timings, 'lexicalMs', () =>
        searchLexical(folders, intent.terms, limit, allowed),
      );
      lists.push(rankedList('lexical', hits, limit, candidates));
    }
    if (semantic !== undefined && 'hits' in semantic)
      lists.push(rankedList('semantic', semantic.hits, limit, candidates));

    const found = this.#timed('fuse', timings, 'fuseMs', () =>
      ranking ? rankHits(intent, lists, candidates) : withFiles(fuse(lists), candidates),
    );
    const reranked = await reranking?.rerank(found, { query, k, timings }, signal);
    const results = this.#respond(reranked?.found ?? found, k, request.minScore ?? config.search.minScore, timings);
    const usedMode: SearchMode = degraded === undefined ? mode : 'lexical';
    timings.totalMs = clock.monotonicMs() - startMs;
    metrics.record('search', timings.totalMs);
    const response: SearchResponse = {
      results,
      mode: usedMode,
      ...(degraded === undefined ? {} : { degraded }),
      ...reranked?.response,
      cached: false,
      timings,
    };
    // A degraded answer is not kept: the next one may be whole.
    const isWhole = degraded === undefined || degraded.code === 'NoProvider';
    if (isWhole && response.rerankFailed === undefined) this.#queryCache.set(cacheKey, response);
    return response;
  }

  /** Chunks like the one at a place, by its stored vector: no request is made. Lexical by its own words without vectors. */
  async findSimilar(request: SimilarRequest, signal?: AbortSignal): Promise<SearchResponse> {
    const k = checkedK(request.k ?? this.#options.config.search.k);
    return this.#inFolders(request.filter, async (open) => this.#similar({ ...request, k }, open, signal), signal);
  }

  async #similar(
    request: SimilarRequest & { readonly k: number },
    { folders, startMs }: OpenNow,
    signal: AbortSignal | undefined,
  ): Promise<SearchResponse> {
    const { metrics, clock } = this.#options;
    const { k } = request;
    const home = folders.find(({ folder }) => folder.folderId === request.folderId);
    const id = home?.catalogue.chunkAt(request.path, request.line);
    if (home === undefined || id === undefined) {
      throw new AppError('NotFound', phrase`${request.path} is not indexed, so nothing similar can be found.`, {
        data: { line: request.line },
      });
    }
    throwIfAborted(signal);
    const timings: { -readonly [T in keyof SearchTimings]: SearchTimings[T] } = { totalMs: 0 };
    const allowed = this.#filters.allowedIn(request.filter);
    const limit = Math.max(minCandidates, k);
    const candidates = new Candidates();
    const notItself = ({ folder, id: other }: Candidate): boolean => folder !== home || other !== id;
    let list: RankedList<Candidate>;
    const hits = await this.#nearestTo({ folder: home, id }, folders, limit, allowed, timings);
    throwIfAborted(signal);
    if (hits !== undefined) {
      list = rankedList('semantic', hits.filter(notItself), limit, candidates);
    } else {
      const terms = queryTerms(home.catalogue.chunk(id)?.text ?? '').slice(0, 64);
      const found = this.#timed('lexicalSearch', timings, 'lexicalMs', () =>
        searchLexical(folders, terms, limit, allowed),
      );
      list = rankedList('lexical', found.filter(notItself), limit, candidates);
    }
    const results = this.#respond(withFiles(fuse([list]), candidates), k, 0, timings);
    timings.totalMs = clock.monotonicMs() - startMs;
    metrics.record('search', timings.totalMs);
    return { results, mode: list.source, cached: false, timings };
  }

  async #inFolders<T>(
    filter: SearchFilter | undefined,
    read: (open: OpenNow) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const startMs = this.#options.clock.monotonicMs();
    const wanted = (): readonly FolderIndex[] =>
      this.#options.folders().filter(({ folder }) => isFolderWanted(filter, folder.folderId));
    return whileOpen(
      wanted,
      async (folders, areOpen) => {
        for (const folder of folders) await folder.refresh();
        return read({ folders, startMs, areOpen });
      },
      signal,
    );
  }

  async #semanticCandidates(
    query: string,
    { folders, areOpen }: OpenNow,
    limit: number,
    allowed: AllowedIn,
    timings: { queryEmbedMs?: number; vectorMs?: number },
    signal: AbortSignal | undefined,
  ): Promise<{ hits: ScoredCandidate[] } | { degraded: Degraded }> {
    const withheld = this.#options.withheld;
    if (withheld !== undefined) return { degraded: failureOf(withheld) };
    /** By space. A question to several folders is charged to one of them. */
    const providers = new Map<string, { readonly provider: EmbeddingProvider; readonly root: string }>();
    for (const { answering, folder } of folders)
      if (answering !== undefined) {
        providers.set(answering.tier.space.id, { provider: answering.provider, root: folder.root });
      }
    if (providers.size === 0) {
      return { degraded: lexical('NoProvider', phrase`no embedding provider is configured.`) };
    }
    if (folders.every(({ answering }) => (answering?.tier.count ?? 0) === 0)) {
      return { degraded: lexical('NoVectors', phrase`nothing is embedded yet.`) };
    }
    const paused = this.#providerPause.failure;
    if (paused !== undefined) {
      return { degraded: lexical(paused.code, paused.phrase) };
    }
    const tiers = folders.map(({ answering }) => answering?.tier);
    const hits: ScoredCandidate[] = [];
    try {
      for (const [spaceId, { provider, root }] of providers) {
        const start = this.#options.clock.monotonicMs();
        const vector = await this.#embedQuery(query, { provider, root }, signal);
        timings.queryEmbedMs = (timings.queryEmbedMs ?? 0) + this.#options.clock.monotonicMs() - start;
        hits.push(...(await this.#nearest(vector, folders, spaceId, limit, allowed, timings)));
      }
      // A folder that has just got its first vectors takes nothing from what was found.
      const haveEnded = tiers.some((tier, index) => tier !== undefined && folders[index]?.answering?.tier !== tier);
      if (haveEnded) throw new CancelledError();
      return { hits };
    } catch (error) {
      throwIfAborted(signal);
      if (!areOpen()) throw error; // It says nothing about the provider.
      const appError = toAppError(error);
      if (appError.code === 'Cancelled')
        return { degraded: lexical('NoVectors', phrase`the embedding provider has just been changed.`) };
      // Whether the budget allows a question is known without asking anybody, and the next one may be in the cache.
      if (appError.code !== 'BudgetReached') this.#providerPause.start(appError, providerPauseMs);
      return { degraded: lexical(appError.code, appError.phrase) };
    }
  }

  async #embedQuery(
    query: string,
    { provider, root }: { readonly provider: EmbeddingProvider; readonly root: string },
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    if (provider.recomputable) return provider.embedQuery(query, signal);
    const { cache, clock, spending } = this.#options;
    const key = cache.key(provider.space.id, 'query', query);
    const [stored] = cache.getMany([key]);
    if (stored !== undefined) return stored;
    const vector = await withDeadline(
      { clock, ms: queryEmbedTimeoutMs, signal },
      async (both) => provider.embedQuery(query, both, spending.account(root)),
      () =>
        new AppError(
          'ProviderTimeout',
          phrase`The embedding provider did not answer within ${queryEmbedTimeoutMs / 1_000} s.`,
        ),
    );
    cache.putMany([{ key, vector }]);
    return vector;
  }

  /** By the stored vector; undefined where there is none, or none any more. */
  async #nearestTo(
    { folder, id }: Candidate,
    folders: readonly FolderIndex[],
    limit: number,
    allowed: AllowedIn,
    timings: { vectorMs?: number },
  ): Promise<ScoredCandidate[] | undefined> {
    return whileAnswering(folder, async ({ index, space }) => {
      const vector = await index?.get(id);
      return vector && this.#nearest(vector, folders, space.id, limit, allowed, timings);
    });
  }

  async #nearest(
    vector: Float32Array,
    folders: readonly FolderIndex[],
    spaceId: string | undefined,
    limit: number,
    allowed: AllowedIn,
    timings: { vectorMs?: number },
  ): Promise<ScoredCandidate[]> {
    const { clock, metrics } = this.#options;
    const start = clock.monotonicMs();
    const found = await Promise.all(
      folders.map(async (folder) => {
        const tier = folder.answering?.tier;
        if (tier?.space.id !== spaceId || tier?.index?.dimensions !== vector.length) return [];
        const ids = allowed(folder);
        const exactHits = Math.max(minExactHits, Math.ceil(limit * exactShare));
        const hits = await tier.search(vector, limit, {
          exactHits,
          ...(ids === undefined ? {} : { filter: ids }),
        });
        return hits.map(({ id, score }) => ({ folder, id, score }));
      }),
    );
    const ms = clock.monotonicMs() - start;
    timings.vectorMs = (timings.vectorMs ?? 0) + ms;
    metrics.record('vectorSearch', ms);
    return found.flat();
  }

  #respond(found: readonly Found[], k: number, minScore: number, timings: { hydrateMs?: number }): SearchResult[] {
    return this.#timed('hydrate', timings, 'hydrateMs', () => {
      const wanted = diversify(
        found.filter(({ score }) => score >= minScore),
        ({ file }) => file,
        this.#options.config.search.maxPerFile,
      );
      const results: SearchResult[] = [];
      for (let from = 0; results.length < k && from < wanted.length; from += k) {
        results.push(...hydrate(wanted.slice(from, from + k)));
      }
      return results.slice(0, k);
    });
  }

  #timed<T, Name extends keyof SearchTimings>(
    stage: 'lexicalSearch' | 'fuse' | 'hydrate',
    timings: { [N in Name]?: number },
    name: Name,
    body: () => T,
  ): T {
    const start = this.#options.clock.monotonicMs();
    const result = body();
    const ms = this.#options.clock.monotonicMs() - start;
    timings[name] = (timings[name] ?? 0) + ms;
    this.#options.metrics.record(stage, ms);
    return result;
  }
}

function checkedK(k: number): number {
  if (!Number.isInteger(k) || k < 1 || k > 1_000) {
    throw new AppError('InvalidArgument', phrase`The number of results (k) must be a whole number from 1 to 1000.`, {
      data: { k },
    });
  }
  return k;
}

/** Why a search goes by words alone. */
function lexical(code: string, why: Phrase): Failure {
  const said = phrase`Lexical results: ${why}`;
  return { code, message: english(said), phrase: said };
}

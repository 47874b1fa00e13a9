import { performance } from 'node:perf_hooks';
import type { SearchRequest, SearchResponse, SearchResult } from '../../protocol/types.ts';
import { maxResults } from '../options.ts';
import { firstOfEachFile } from './rankingScore.ts';

/** Results asked for at first, per result that is judged: 20 for ten, as many as the product shows by default. */
const firstDepth = 2;
/** Each further question goes this much deeper. */
const deeper = 5;

export interface Ranking {
  /** Best first. With `files`, at least that many different files, where the engine finds as many. */
  readonly results: readonly SearchResult[];
  readonly response: SearchResponse;
  /** Of the first request, as the caller has it; undefined when the answer came from the cache of queries. */
  readonly ms: number | undefined;
}

export interface RankingDepth {
  /** Results that will be judged. */
  readonly k: number;
  /** Different files that are needed; 0: whatever the first request gives. */
  readonly files: number;
}

/**
 * Asks for a ranking as a user does, and goes deeper as long as its results are of too few files: the first results stay
 * where they are and only files not seen yet are added, as by a "show more".
 */
export async function askForRanking(
  search: (request: SearchRequest, signal?: AbortSignal) => Promise<SearchResponse>,
  request: SearchRequest,
  { k, files }: RankingDepth,
  signal?: AbortSignal,
): Promise<Ranking> {
  let asked = Math.min(maxResults, k * firstDepth);
  const startMs = performance.now();
  const response = await search({ ...request, k: asked }, signal);
  const ms = response.cached ? undefined : performance.now() - startMs;
  const results = [...response.results];
  let answered = results.length;
  while (answered === asked && asked < maxResults && firstOfEachFile(results).length < files) {
    asked = Math.min(maxResults, asked * deeper);
    const more = (await search({ ...request, k: asked }, signal)).results;
    answered = more.length;
    const seen = new Set(results.map(({ path }) => path));
    results.push(...firstOfEachFile(more).filter(({ path }) => !seen.has(path)));
  }
  return { results, response, ms };
}

import type { ResultSources } from '../../protocol/types.ts';

/** The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009). */
const rrfK = 60;

/** One retriever's list, best first. */
export interface RankedList<K> {
  readonly source: 'lexical' | 'semantic';
  readonly weight: number;
  readonly items: readonly { readonly key: K; readonly score: number }[];
}

export interface Fused<K> {
  readonly key: K;
  /** 0..1; 1 = first in every list. */
  readonly score: number;
  readonly sources: ResultSources;
}

/**
 * Reciprocal rank fusion: sum over the lists of weight / (rrfK + rank), divided by its largest possible value. Ties
 * keep the order of the first list. O(n log n) over all items.
 */
export function fuse<K>(lists: readonly RankedList<K>[]): Fused<K>[] {
  const best = lists.reduce((sum, { weight }) => sum + weight / (rrfK + 1), 0);
  const fused = new Map<K, { score: number; sources: { -readonly [S in keyof ResultSources]: ResultSources[S] } }>();
  for (const { source, weight, items } of lists) {
    items.forEach(({ key, score }, position) => {
      const entry = fused.get(key) ?? { score: 0, sources: {} };
      entry.score += weight / (rrfK + position + 1) / best;
      entry.sources[source] = { rank: position + 1, score };
      fused.set(key, entry);
    });
  }
  return [...fused].map(([key, { score, sources }]) => ({ key, score, sources })).sort((a, b) => b.score - a.score);
}

/**
 * Keeps one file from filling the list: results beyond `maxPerFile` of their file move behind the others, in order.
 * Nothing is dropped, so a search in a single file still fills its list. 0 = no limit.
 */
export function diversify<T>(results: readonly T[], fileOf: (result: T) => unknown, maxPerFile: number): T[] {
  if (maxPerFile === 0) return [...results];
  const seen = new Map<unknown, number>();
  const first: T[] = [];
  const rest: T[] = [];
  for (const result of results) {
    const file = fileOf(result);
    const count = (seen.get(file) ?? 0) + 1;
    seen.set(file, count);
    (count <= maxPerFile ? first : rest).push(result);
  }
  return [...first, ...rest];
}

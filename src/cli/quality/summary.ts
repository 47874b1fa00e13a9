import { estimate, type Estimate } from './estimate.ts';
import type { RankingScore } from './rankingScore.ts';

/** The measures of a set of questions (or of the means of several sets). */
export interface Summary {
  readonly questions: number;
  readonly ndcg: Estimate;
  readonly mrr: Estimate;
  readonly recall: Estimate;
  readonly hit1: Estimate;
}

/** Means over questions. */
export function summarize(scores: readonly RankingScore[]): Summary {
  return {
    questions: scores.length,
    ndcg: estimate(scores.map(({ ndcg }) => ndcg)),
    mrr: estimate(scores.map(({ reciprocalRank }) => reciprocalRank)),
    recall: estimate(scores.map(({ recall }) => recall)),
    hit1: estimate(scores.map(({ hit1 }) => hit1)),
  };
}

/** Means of means: every set weighs the same whatever its size, and the interval is over sets. */
export function summarizeSets(sets: readonly Summary[]): Summary {
  const over = (pick: (set: Summary) => Estimate): Estimate => estimate(sets.map((set) => pick(set).mean));
  return {
    questions: sets.reduce((sum, { questions }) => sum + questions, 0),
    ndcg: over(({ ndcg }) => ndcg),
    mrr: over(({ mrr }) => mrr),
    recall: over(({ recall }) => recall),
    hit1: over(({ hit1 }) => hit1),
  };
}

/** The items under each of their keys, keys in alphabetical order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

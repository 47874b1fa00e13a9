import type { RerankProvider } from '../providerPorts.ts';

type ScoreType = RerankProvider['scoreType'];

export interface RerankOptions<T> {
  /** Results wanted. */
  readonly k: number;
  /** Of one file among the first k; 0 = any number. */
  readonly maxPerFile: number;
  /** 0..1: the reranker's share of the final score. */
  readonly weight: number;
  readonly batchSize: number;
  readonly fileOf: (candidate: T) => unknown;
  /** The reranker's own scores of a batch, in its order. */
  readonly scoreBatch: (batch: readonly T[]) => Promise<readonly number[]>;
  /** What these scores are; asked once, after the first batch. */
  readonly scoreType: () => ScoreType;
}

export interface Judged<T> {
  readonly candidate: T;
  /** 0..1: the weighted mean of {@link rerankScore} and the candidate's own score. */
  readonly score: number;
  /** 0..1. */
  readonly rerankScore: number;
}

/**
 * Reranks candidates in batches, best candidates first, until it is certain which results come first: the first k of what
 * is returned, after `diversify`, are those that reranking all candidates gives, in the same order. Equal scores keep the
 * candidates' order.
 *
 * It stops by the threshold of interpolation-based reranking (Leonhardt, Rudra, Khosla, Anand, Anand: "Efficient Neural
 * Ranking using Forward Indexes", WWW 2022, early stopping; Fagin, Lotem, Naor 2001): no reranker gives more than 1, and no
 * candidate that is left has a better score of its own than the next one, so nothing that is left gets beyond
 * weight + (1 - weight) * score(next).
 *
 * What the scores are is settled by the first batch: a later score that contradicts it is brought into 0..1 instead of
 * changing the scale of those before it, or stopping could not be told from going on.
 *
 * @param candidates By score (0..1), best first.
 * @returns Those that were scored, best first: the first ones of `candidates`.
 */
export async function rerankCandidates<T extends { readonly score: number }>(
  candidates: readonly T[],
  options: RerankOptions<T>,
): Promise<Judged<T>[]> {
  const { batchSize, scoreBatch, scoreType, weight } = options;
  const judged: Judged<T>[] = [];
  let type: ScoreType | undefined;
  for (let from = 0; from < candidates.length; from += batchSize) {
    const next = candidates[from]!;
    if (isSettled(judged, mix(1, next.score, weight), options)) break;
    const batch = candidates.slice(from, from + batchSize);
    const scores = await scoreBatch(batch);
    type ??= scoreType();
    for (const [position, candidate] of batch.entries()) {
      const rerankScore = toUnit(scores[position]!, type);
      judged.push({ candidate, rerankScore, score: mix(rerankScore, candidate.score, weight) });
    }
    // Stable: equals stay in the candidates' order.
    judged.sort((a, b) => b.score - a.score);
  }
  return judged;
}

/** The final score. Rounds alike whatever it is given, so that it never exceeds that of a better pair of scores. */
export function mix(rerankScore: number, ownScore: number, weight: number): number {
  return weight * rerankScore + (1 - weight) * ownScore;
}

/** Whether k results are certain: ahead of all that may still come, and within their file's limit. */
function isSettled<T>(
  judged: readonly Judged<T>[],
  bound: number,
  { k, maxPerFile, fileOf }: Pick<RerankOptions<T>, 'k' | 'maxPerFile' | 'fileOf'>,
): boolean {
  const limit = maxPerFile === 0 ? Infinity : maxPerFile;
  const certain = judged.filter(({ score }) => score >= bound);
  let results = 0;
  for (const ofFile of Map.groupBy(certain, ({ candidate }) => fileOf(candidate)).values()) {
    results += Math.min(ofFile.length, limit);
  }
  return results >= k;
}

/** A reranker's score as 0..1: logits by the logistic function, whose order is theirs. */
function toUnit(score: number, type: ScoreType): number {
  return type === 'logit' ? 1 / (1 + Math.exp(-score)) : Math.min(1, Math.max(0, score));
}

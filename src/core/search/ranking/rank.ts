import { featureNames, type Features } from './features.ts';
import { bias, saturation, weights } from './weights.ts';

/** The ranking stage's judgement of one chunk. */
export interface Judgement {
  /** 0..1: the estimated probability that the chunk's file is one the query asks for, lowered by {@link saturation}. */
  readonly score: number;
  /** Position in the list that was judged. */
  readonly position: number;
}

/**
 * Orders chunks by a logistic model over their features, best first. Each further chunk of a file is lowered by one more
 * step of `saturation`, so that one file does not fill the list. Ties keep the order given. O(n log n).
 */
export function rank(features: readonly Features[], fileKeys: readonly string[]): Judgement[] {
  const judged = features.map((values, position) => ({ position, logit: logit(values) }));
  judged.sort((a, b) => b.logit - a.logit || a.position - b.position);
  const seen = new Map<string, number>();
  return judged
    .map(({ position, logit: own }) => {
      const file = fileKeys[position] ?? '';
      const before = seen.get(file) ?? 0;
      seen.set(file, before + 1);
      return { position, score: 1 / (1 + Math.exp(saturation * before - own)) };
    })
    .sort((a, b) => b.score - a.score || a.position - b.position);
}

function logit(values: Features): number {
  let sum = bias;
  for (const name of featureNames) sum += weights[name] * values[name];
  return sum;
}

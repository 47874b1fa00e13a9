import { featureNames, type FeatureTable } from './features.ts';
import { bias, saturation, weights } from './weights.ts';

/** The ranking stage's judgement of one chunk. */
export interface Judgement {
  /** 0..1: the estimated probability that the chunk's file is one the query asks for, lowered by {@link saturation}. */
  readonly score: number;
  /** Row of the table that was judged. */
  readonly position: number;
}

const weightOf = Float64Array.from(featureNames, (name) => weights[name]);

/**
 * Orders chunks by a logistic model over their features, best first. Each further chunk of a file is lowered by one more
 * step of `saturation`, so that one file does not fill the list. Ties keep the order given. O(n log n).
 *
 * @param fileOf Tells files apart, by row.
 */
export function rank(table: Pick<FeatureTable, 'rows' | 'values'>, fileOf: (position: number) => unknown): Judgement[] {
  const logits = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) logits[row] = logit(table.values, row * weightOf.length);
  const better = (a: number, b: number): number => logits[b]! - logits[a]! || a - b;
  const order = Uint32Array.from(logits, (_, row) => row).sort(better);
  const seen = new Map<unknown, number>();
  for (const row of order) {
    const file = fileOf(row);
    const before = seen.get(file) ?? 0;
    seen.set(file, before + 1);
    logits[row]! -= saturation * before;
  }
  return Array.from(order.sort(better), (position) => ({ position, score: 1 / (1 + Math.exp(-logits[position]!)) }));
}

function logit(values: Float64Array, from: number): number {
  let sum = bias;
  for (let column = 0; column < weightOf.length; column++) sum += weightOf[column]! * values[from + column]!;
  return sum;
}

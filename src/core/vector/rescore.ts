import type { RowReader } from '../ports.ts';
import type { ShardHits } from './shardApi.ts';

/** A row by its codes' score, and how far that can be from the exact one. */
export interface CodedHit {
  readonly id: number;
  readonly score: number;
  readonly error: number;
}

/** The hits of all shards, best first. */
export function merge(answers: readonly ShardHits[]): CodedHit[] {
  return answers
    .flatMap(({ ids, scores, errors }) => Array.from(ids, (id, i) => ({ id, score: scores[i]!, error: errors[i]! })))
    .sort((a, b) => b.score - a.score);
}

/**
 * The hits whose exact scores can be among the best `wanted`, when an error is at most `factor` of what is possible. With
 * 1 none can be missing (Cauchy-Schwarz).
 */
export function contenders(sorted: readonly CodedHit[], wanted: number, factor: number): CodedHit[] {
  const least = leastScore(sorted, wanted, factor);
  return sorted.filter(({ score, error }) => score + error * factor >= least);
}

/** Whether a shard that was asked for `limit` hits can have more that belong to the best `wanted` of all. */
export function canHideMore(answer: ShardHits, sorted: readonly CodedHit[], wanted: number, limit: number): boolean {
  if (answer.ids.length < limit) return false;
  return answer.scores.at(-1)! + answer.maxError >= leastScore(sorted, wanted, 1);
}

/** What the exact score of the hit in place `wanted` is at least. */
function leastScore(sorted: readonly CodedHit[], wanted: number, factor: number): number {
  const lower = sorted.map(({ score, error }) => score - error * factor).sort((a, b) => b - a);
  return lower[Math.min(wanted, lower.length) - 1] ?? -Infinity;
}

/**
 * The hits, those that can be among the best `wanted` with the cosine of their vectors, in no order. Where a vector is not to
 * be had, the codes' score stands. `factor` as in {@link contenders}.
 */
export function rescore(
  query: Float32Array,
  sorted: readonly CodedHit[],
  wanted: number,
  factor: number,
  read: RowReader,
): CodedHit[] {
  const chosen = contenders(sorted, wanted, factor);
  const rows = read(chosen.map(({ id }) => id));
  const length = Math.sqrt(dot(query, query));
  const exact = new Map<number, CodedHit>();
  chosen.forEach((hit, i) => {
    const row = rows[i];
    const squared = row?.length === query.length ? dot(row, row) : 0;
    if (row !== undefined && squared > 0)
      exact.set(hit.id, { ...hit, score: dot(query, row) / (length * Math.sqrt(squared)) });
  });
  return sorted.map((hit) => exact.get(hit.id) ?? hit);
}

/** In float64, and in four sums: one would make every addition wait for the one before. */
function dot(a: Float32Array, b: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const { length } = a;
  let i = 0;
  for (const end = length - 3; i < end; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (; i < length; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

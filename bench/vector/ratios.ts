import { oursPrefix } from './engines.ts';
import type { EngineResult } from './result.ts';

/** Whom ours are held against. */
const rivals = ['hnswlib-node', 'usearch-i8', 'usearch-i8-rescored'];

/** One of our engines against one of the others; above 1 (recall: above 0) ours is better. */
export interface Ratio {
  /** Their latency divided by ours. */
  readonly p50: number;
  readonly p95: number;
  /** Our rate divided by theirs. */
  readonly addsPerSecond: number;
  /** Their bytes divided by ours. */
  readonly bytesPerVector: number;
  /** Our recall less theirs. */
  readonly recallAt10: number;
}

/** By `ours/theirs/data/n`. */
export function ratiosOf(results: readonly EngineResult[]): Readonly<Record<string, Ratio>> {
  const pairs = results
    .filter(({ engine }) => engine.startsWith(oursPrefix))
    .flatMap((ours) =>
      rivals.flatMap((rival) =>
        results
          .filter((other) => other.engine === rival && other.data === ours.data && other.n === ours.n)
          .map((theirs) => [`${ours.engine}/${rival}/${ours.data}/${ours.n}`, compare(ours, theirs)] as const),
      ),
    );
  return Object.fromEntries(pairs);
}

function compare(ours: EngineResult, theirs: EngineResult): Ratio {
  return {
    p50: theirs.p50Ms / ours.p50Ms,
    p95: theirs.p95Ms / ours.p95Ms,
    addsPerSecond: ours.addsPerSecond / theirs.addsPerSecond,
    bytesPerVector: theirs.bytesPerVector / ours.bytesPerVector,
    recallAt10: ours.recallAt10 - theirs.recallAt10,
  };
}

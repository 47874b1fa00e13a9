import type { RelativePath } from '../../protocol/types.ts';

/**
 * What a ranking is a list of. `file`: results count by path, the first of each file. `chunk`: results count as they are,
 * and a target with lines is found by a result that overlaps them.
 */
export const rankingUnits = ['file', 'chunk'] as const;
export type RankingUnit = (typeof rankingUnits)[number];

/** What a question should find: a file, or lines of it (1-based, inclusive). */
export interface Target {
  readonly path: RelativePath;
  readonly startLine?: number;
  readonly endLine?: number;
}

/** Where a result is; lines are 1-based, inclusive. */
export interface Place {
  readonly path: RelativePath;
  readonly startLine: number;
  readonly endLine: number;
}

/** How well one ranking answers its question; all of it 0..1, over the first k results. */
export interface RankingScore {
  /** Normalised discounted cumulative gain: DCG over the DCG of the best ranking possible, gain 1, log2(rank + 1). */
  readonly ndcg: number;
  /** 1 / rank of the first result that is a target; 0 when none is. Its mean is the MRR. */
  readonly reciprocalRank: number;
  /** Share of the targets that were found. */
  readonly recall: number;
  /** 1 when the first result is a target. */
  readonly hit1: number;
  /** 1-based rank of each target in the order given; undefined = not among the first k. */
  readonly ranks: readonly (number | undefined)[];
}

/**
 * Scores a ranking, best first, as the published benchmark of MinishLab/semble does: a target counts at the first result
 * that matches it, all targets weigh alike, and targets that one result finds together count once in the DCG.
 */
export function scoreRanking(
  results: readonly Place[],
  targets: readonly Target[],
  unit: RankingUnit,
  k: number,
): RankingScore {
  const judged = (unit === 'file' ? firstOfEachFile(results) : results).slice(0, k);
  const ranks = targets.map((target) => {
    const position = judged.findIndex((result) => matches(result, target, unit));
    return position === -1 ? undefined : position + 1;
  });
  const found = new Set(ranks.filter((rank) => rank !== undefined));
  const first = Math.min(...found);
  // Several places of one file are one target when files are counted.
  const wanted = unit === 'file' ? new Set(targets.map(({ path }) => path)).size : targets.length;
  const recalled = unit === 'file' ? found.size : ranks.filter((rank) => rank !== undefined).length;
  return {
    ndcg: gains(found) / gains(Array.from({ length: Math.min(k, wanted) }, (_, i) => i + 1)),
    reciprocalRank: found.size === 0 ? 0 : 1 / first,
    recall: recalled / wanted,
    hit1: found.has(1) ? 1 : 0,
    ranks,
  };
}

/** The first result of each file, in order. */
export function firstOfEachFile<T extends { readonly path: string }>(results: readonly T[]): T[] {
  const seen = new Set<string>();
  return results.filter(({ path }) => !seen.has(path) && seen.add(path));
}

function gains(ranks: Iterable<number>): number {
  let sum = 0;
  for (const rank of ranks) sum += 1 / Math.log2(rank + 1);
  return sum;
}

function matches(result: Place, target: Target, unit: RankingUnit): boolean {
  if (result.path !== target.path) return false;
  const { startLine, endLine } = target;
  if (unit === 'file' || startLine === undefined || endLine === undefined) return true;
  return result.startLine <= endLine && result.endLine >= startLine;
}

import type { SearchMode, SearchResult, WhyReport } from '../../protocol/types.ts';
import { percentile } from '../../util/percentile.ts';
import type { EvalQuestion } from './evalQuestion.ts';
import type { RankingScore, RankingUnit } from './rankingScore.ts';
import { groupBy, summarize, type Summary } from './summary.ts';

/** Questions shown as the worst, at most. */
const worstShown = 10;

/** A question, what came and what that is worth. */
export interface JudgedQuestion {
  readonly question: EvalQuestion;
  readonly score: RankingScore;
  /** The results that were judged, best first; in unit `file` one for each file. */
  readonly results: readonly SearchResult[];
  readonly mode: SearchMode;
  readonly degraded: boolean;
  /** Undefined when the answer came from the cache of queries. */
  readonly searchMs: number | undefined;
}

/** An expected file that no search can find, and why. */
export interface UnindexedTarget {
  readonly why: WhyReport;
  /** Lines of the query file that expect it. */
  readonly lines: readonly number[];
}

export interface EvalReport {
  readonly unit: RankingUnit;
  readonly k: number;
  readonly overall: Summary;
  /** By category; questions without one under `(none)`. Empty when no question has one. */
  readonly categories: ReadonlyMap<string, Summary>;
  /** Milliseconds of one search; NaN when all came from the cache. */
  readonly latency: { readonly p50Ms: number; readonly p95Ms: number };
  /** The modes that were really used, with the number of questions. */
  readonly modes: ReadonlyMap<string, number>;
  readonly degraded: number;
  readonly judged: readonly JudgedQuestion[];
  /** Worst first; none that was answered perfectly. */
  readonly worst: readonly JudgedQuestion[];
  readonly unindexed: readonly UnindexedTarget[];
}

export function evalReport(
  judged: readonly JudgedQuestion[],
  unindexed: readonly UnindexedTarget[],
  unit: RankingUnit,
  k: number,
): EvalReport {
  const named = judged.some(({ question }) => question.category !== undefined);
  const groups = named ? groupBy(judged, ({ question }) => question.category ?? '(none)') : new Map<string, never>();
  const latencies = judged.flatMap(({ searchMs }) => searchMs ?? []);
  return {
    unit,
    k,
    overall: summarize(judged.map(({ score }) => score)),
    categories: new Map([...groups].map(([name, group]) => [name, summarize(group.map(({ score }) => score))])),
    latency: { p50Ms: percentile(latencies, 50), p95Ms: percentile(latencies, 95) },
    modes: new Map([...groupBy(judged, ({ mode }) => mode)].map(([mode, { length }]) => [mode, length])),
    degraded: judged.filter(({ degraded }) => degraded).length,
    judged,
    worst: judged
      .filter(({ score }) => score.ndcg < 1)
      .toSorted((a, b) => a.score.ndcg - b.score.ndcg)
      .slice(0, worstShown),
    unindexed,
  };
}

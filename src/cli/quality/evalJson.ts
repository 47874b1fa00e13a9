import type { Estimate } from './estimate.ts';
import type { EvalReport, JudgedQuestion } from './evalReport.ts';
import type { Summary } from './summary.ts';

/*
 * What `eval --json` prints: a public contract like the rest of the JSON (json.ts). Fields may be added; none is renamed
 * or removed without a new major version. Measures are 0..1 over the first `k` results, intervals are 95 %.
 */

/** `questions` are in the order of the file; `worst` names lines, worst first. Milliseconds; null = nothing to measure. */
export function evalJson(report: EvalReport) {
  const { unit, k, overall, categories, latency, modes, degraded, judged, worst, unindexed } = report;
  return {
    unit,
    k,
    modes: Object.fromEntries(modes),
    degraded,
    overall: summaryJson(overall),
    categories: Object.fromEntries([...categories].map(([name, summary]) => [name, summaryJson(summary)])),
    latency: { p50Ms: finite(latency.p50Ms), p95Ms: finite(latency.p95Ms) },
    unindexed: unindexed.map(({ why, lines }) => ({ ...why, lines })),
    worst: worst.map(({ question }) => question.line),
    questions: judged.map(questionJson),
  };
}

export function summaryJson({ questions, ndcg, mrr, recall, hit1 }: Summary) {
  return {
    questions,
    ndcg: estimateJson(ndcg),
    mrr: estimateJson(mrr),
    recall: estimateJson(recall),
    hit1: estimateJson(hit1),
  };
}

function estimateJson({ mean, interval }: Estimate) {
  return { mean: round(mean), interval: interval === null ? null : interval.map(round) };
}

function questionJson({ question, score, results, mode, searchMs }: JudgedQuestion) {
  const { id, line, query, category, targets } = question;
  return {
    id,
    line,
    query,
    ...(category === undefined ? {} : { category }),
    mode,
    ndcg: round(score.ndcg),
    reciprocalRank: round(score.reciprocalRank),
    recall: round(score.recall),
    hit1: score.hit1,
    searchMs: searchMs ?? null,
    /** `rank`: 1-based; null = not among the first k. */
    expected: targets.map((target, i) => ({ ...target, rank: score.ranks[i] ?? null })),
    results: results.map(({ path, startLine, endLine, symbol, score: points }) => {
      return { path, startLine, endLine, symbol, score: points };
    }),
  };
}

/** More digits than any set of questions can tell apart, fewer than make files of them hard to compare. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

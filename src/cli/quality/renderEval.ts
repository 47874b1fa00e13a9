import type { Ansis } from 'ansis';
import { describeWhy } from '../commands/whyCommand.ts';
import { formatDuration, formatNumberOf } from '../format.ts';
import { printable } from '../terminal.ts';
import type { Estimate } from './estimate.ts';
import type { EvalReport, JudgedQuestion, UnindexedTarget } from './evalReport.ts';
import type { Target } from './rankingScore.ts';
import type { Summary } from './summary.ts';

/** Results shown of a question that was answered badly. */
const shownResults = 3;
/** Lines of the query file that are named with a file that is not indexed. */
const shownLines = 5;

/** The report for people: measures by category, latency, the worst questions, what cannot be found at all. */
export function renderEval(report: EvalReport, indexed: string, colours: Ansis): string {
  const { unit, k, overall, categories, latency, modes, degraded, worst, unindexed } = report;
  const used = [...modes].map(([mode, count]) => (modes.size === 1 ? mode : `${count} ${mode}`)).join(', ');
  const ms = Number.isNaN(latency.p50Ms)
    ? 'all answers came from the cache of queries'
    : `search p50 ${formatDuration(latency.p50Ms)}, p95 ${formatDuration(latency.p95Ms)}`;
  const parts = [
    `${formatNumberOf(overall.questions, 'question')}, first ${k} results by ${unit}, ${used}\n`,
    renderMeasures([['all', overall], ...categories], k),
    colours.dim(`${ms}; ${indexed}. Brackets: 95 % confidence interval over the questions.`),
  ];
  if (degraded > 0) parts.push(`${formatNumberOf(degraded, 'answer')} not in the mode that was asked for.`);
  if (worst.length > 0) {
    parts.push(
      `\n${colours.bold('Worst questions')}`,
      ...worst.map((item) => renderWorst(item, unit === 'file', colours)),
    );
  }
  if (unindexed.length > 0) {
    parts.push(`\n${colours.bold('Expected but not indexed')}`, ...unindexed.map(renderUnindexed));
  }
  return `${parts.join('\n')}\n`;
}

function renderMeasures(summaries: readonly (readonly [string, Summary])[], k: number): string {
  const head = ['', 'questions', `nDCG@${k}`, 'MRR', `recall@${k}`, 'hit@1'];
  const rows = summaries.map(([name, { questions, ndcg, mrr, recall, hit1 }]) => [
    printable(name),
    String(questions),
    ...[ndcg, mrr, recall, hit1].map(renderEstimate),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `.853 [.81 .89]`. */
function renderEstimate({ mean, interval }: Estimate): string {
  const ends = interval === null ? '' : ` [${interval.map((end) => end.toFixed(2)).join(' ')}]`;
  return `${mean.toFixed(3)}${ends}`;
}

function renderWorst({ question, score, results }: JudgedQuestion, byFile: boolean, colours: Ansis): string {
  const expected = question.targets.map((target, i) => `${placeOf(target, byFile)} (${rankText(score.ranks[i])})`);
  const came = results
    .slice(0, shownResults)
    .map(({ path, startLine, symbol }) => `${path}:${startLine}${symbol === '' ? '' : ` ${symbol}`}`);
  return [
    `${score.ndcg.toFixed(3)}  line ${question.line}: ${colours.cyan(printable(question.query))}`,
    `       expected  ${printable(expected.join(', '))}`,
    `       came      ${printable(came.join(', ')) || 'nothing'}`,
  ].join('\n');
}

function placeOf({ path, startLine, endLine }: Target, byFile: boolean): string {
  return byFile || startLine === undefined ? path : `${path}:${startLine}-${endLine ?? startLine}`;
}

function rankText(rank: number | undefined): string {
  return rank === undefined ? 'not found' : `rank ${rank}`;
}

function renderUnindexed({ why, lines }: UnindexedTarget): string {
  const named = lines.slice(0, shownLines).join(', ') + (lines.length > shownLines ? ', …' : '');
  return `  ${printable(describeWhy(why))} Expected by line ${named}.`;
}

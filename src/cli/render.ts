import type { Ansis } from 'ansis';
import type { ResultSources, SearchResponse, SearchResult } from '../protocol/types.ts';
import { formatDuration, formatNumberOf } from './format.ts';
import { printable } from './terminal.ts';

/** Lines of a chunk shown under a result. */
const shownLines = 6;
/** Longer lines are cut: minified code would fill the screen. */
const shownColumns = 160;

/** Ranked results for people, best first, with the closing line that says how long it took and how it was done. */
export function renderResponse(response: SearchResponse, query: string, indexed: string, colours: Ansis): string {
  const words = wordsOf(query);
  const parts = response.results.map((result, position) => renderResult(result, position + 1, words, colours));
  const { results, timings, mode, degraded, reranked, rerankFailed } = response;
  const found = results.length === 0 ? 'No results' : formatNumberOf(results.length, 'result');
  const modeText = reranked ? `${mode}, ${formatNumberOf(reranked.documents, 'result')} reranked` : mode;
  const reasons = [degraded?.message, rerankFailed && `Not reranked: ${rerankFailed.message}`].filter(Boolean);
  const how = (degraded ? '' : ` (${modeText})`) + (reasons.length === 0 ? '' : `. ${reasons.join(' ')}`);
  const timing = `${found}; ${indexed}, searched in ${formatDuration(timings.totalMs)}${how}`;
  return [...parts, colours.dim(timing)].join('\n') + '\n';
}

function renderResult(result: SearchResult, rank: number, words: readonly string[], colours: Ansis): string {
  const place = `${colours.cyan(printable(result.path))}:${colours.green(String(result.startLine))}`;
  const symbol = result.symbol === '' ? '' : `${colours.bold(printable(result.symbol))} `;
  const score = colours.dim(`${result.score.toFixed(3)} ${renderSources(result.sources)}`);
  const head = `${String(rank).padStart(2)}. ${place}  ${symbol}${colours.yellow(result.kind)}  ${score}`;
  return `${head}\n${renderSnippet(result, words, colours)}`;
}

function renderSources({ lexical, semantic }: ResultSources): string {
  const ranks = [lexical && `lexical #${lexical.rank}`, semantic && `semantic #${semantic.rank}`];
  return `[${ranks.filter(Boolean).join(', ')}]`;
}

function renderSnippet(result: SearchResult, words: readonly string[], colours: Ansis): string {
  const lines = result.snippet.split(/\r\n|\n|\r/);
  const first = bestWindow(lines, words);
  const shown = lines.slice(first, first + shownLines);
  const width = String(result.startLine + first + shown.length - 1).length;
  return shown
    .map((line, index) => {
      const number = String(result.startLine + first + index).padStart(width);
      const text = printable(line.length > shownColumns ? `${line.slice(0, shownColumns)}…` : line);
      return `    ${colours.dim(`${number} │`)} ${text}\n`;
    })
    .join('');
}

/** Index of the first line to show: where most different words of the query are, the beginning when all are alike. */
export function bestWindow(lines: readonly string[], words: readonly string[]): number {
  const found = lines.map((line) => {
    const lower = line.toLowerCase();
    return words.filter((word) => lower.includes(word));
  });
  let best = 0;
  let bestCount = -1;
  for (let first = 0; first <= Math.max(0, lines.length - shownLines); first++) {
    const count = new Set(found.slice(first, first + shownLines).flat()).size;
    if (count > bestCount) [best, bestCount] = [first, count];
  }
  return best;
}

function wordsOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u)
    .filter((word) => word.length > 2);
}

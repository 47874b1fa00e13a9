import type { SyntaxRuns } from '../../src/protocol/syntax.ts';
import { maxSnippetLines } from '../../src/protocol/types.ts';
import type { SearchResult } from '../../src/protocol/types.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { fileName } from '../../src/util/fileName.ts';
import { element } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import type { ResultRow } from './rows.ts';
import { matchRanges, previewLines, snippetLines } from './snippet.ts';
import type { SnippetLine } from './snippet.ts';
import { classOf } from './snippetColours.ts';
import type { SnippetColours } from './snippetColours.ts';

/** Lines of a snippet that is not expanded. */
const previewLineCount = 2;

/** What rows are drawn with; the same object for all of them. */
export interface RowContext {
  readonly strings: SearchStrings;
  readonly format: Format;
  readonly colours: SnippetColours;
  /** Stems of the query whose results are shown. */
  terms: ReadonlySet<string>;
  /** Characters of a preview line there is room for, roughly. */
  columns: number;
  /** The highest score shown: bars are drawn beside it, since even a good answer to a vague question may have a low one. */
  bestScore: number;
}

/** The lines that say most, or all of them with their numbers. */
export function snippetOf(row: ResultRow, id: string, { terms, columns, colours }: RowContext): Element {
  const { snippet, startLine } = row.result;
  const lines = snippetLines(snippet, startLine, colours.of(row.result));
  const visible = row.expanded ? lines : previewLines(lines, terms, previewLineCount, columns);
  return element('div', { class: 'snippet', id }, ...visible.map((line) => codeLine(line, row.expanded, terms)));
}

/** Below an expanded snippet: how much of the chunk is not shown, and how the result got its place. */
export function detailsOf({ result }: ResultRow, id: string, context: RowContext): Element[] {
  const { strings, format } = context;
  const hidden = result.endLine - result.startLine + 1 - maxSnippetLines;
  const why = whyOf(result, context).map((text) => element('div', {}, text));
  const details = element('div', { class: 'why', id }, ...why);
  if (hidden <= 0) return [details];
  const more = fill(strings[`moreLines${format.plural(hidden)}`], format.integer(hidden));
  return [element('div', { class: 'why' }, more), details];
}

/** The score, the rank in each retriever, and what the ranking stage saw, a line each. */
export function whyOf(
  { score, sources, features, reranked }: SearchResult,
  { strings, format }: Pick<RowContext, 'strings' | 'format'>,
): string[] {
  const rankOf = (name: string, source: { rank: number; score: number } | undefined): string =>
    source === undefined
      ? fill(strings.whyNotFound, name)
      : fill(strings.whyRank, name, format.integer(source.rank), format.decimal(source.score));
  const own = features === undefined ? strings.whyScore : strings.whyRanked;
  const parts = reranked === undefined ? [] : [reranked.rerankScore, reranked.rankingScore];
  return [
    fill(reranked === undefined ? own : strings.whyReranked, ...[score, ...parts].map((part) => format.decimal(part))),
    rankOf(strings.modeLexical, sources.lexical),
    rankOf(strings.modeSemantic, sources.semantic),
    ...(features === undefined ? [] : seenIn(features, strings, format)),
  ];
}

/** From this share of what is rare in a query on, that no other chunk has it is worth a word. */
const rareShare = 0.2;

/** The features of a result that people can make use of, in words. */
function seenIn(features: NonNullable<SearchResult['features']>, strings: SearchStrings, format: Format): string[] {
  const lines: string[] = [];
  const has = (feature: string): boolean => (features[feature] ?? 0) > 0;
  const share = (feature: string, text: string): void => {
    if (has(feature)) lines.push(fill(text, format.percent(features[feature] ?? 0)));
  };
  if (has('defines')) lines.push(strings.whyDefines);
  if (has('quotes')) lines.push(strings.whyQuotes);
  else if ((features['onlyHere'] ?? 0) >= rareShare) lines.push(strings.whyOnlyHere);
  share('nameCoverage', strings.whyName);
  share('scopeCoverage', strings.whyScope);
  share('fileCoverage', strings.whyFile);
  share('directoryCoverage', strings.whyFolder);
  // The feature is ln(1 + hits of the file).
  const others = Math.round(Math.expm1(features['fileFound'] ?? 0)) - 1;
  if (others > 0) lines.push(fill(strings[`whyCrowd${format.plural(others)}`], format.integer(others)));
  if (has('inTest') || has('isTestCase')) lines.push(strings.whyTest);
  if (has('inExample')) lines.push(strings.whyExample);
  if (has('inVendored')) lines.push(strings.whyVendored);
  if (has('inCompatibility')) lines.push(strings.whyCompatibility);
  if (has('inDocument')) lines.push(strings.whyDocument);
  if (has('inConfiguration')) lines.push(strings.whyConfiguration);
  return lines;
}

/** The name of a result that has no symbol. */
export function lineRangeOf(
  { startLine, endLine }: SearchResult,
  { strings, format }: Pick<RowContext, 'strings' | 'format'>,
): string {
  return fill(strings.lineRange, format.integer(startLine), format.integer(endLine));
}

/** "Retry.delay (retry.ts:10)": what a hit is known by elsewhere. */
export function titleOf(result: SearchResult, context: Pick<RowContext, 'strings' | 'format'>): string {
  return `${result.symbol || lineRangeOf(result, context)} (${fileName(result.path)}:${result.startLine})`;
}

/** Text nodes, marks and, where `runs` say so, colours; source text is never parsed as markup. A mark has its own colour. */
export function marked(text: string, terms: ReadonlySet<string>, runs: SyntaxRuns = []): Node[] {
  const parts: Node[] = [];
  let end = 0;
  for (const range of matchRanges(text, terms)) {
    parts.push(...coloured(text, runs, end, range.start));
    parts.push(element('mark', {}, text.slice(range.start, range.end)));
    end = range.end;
  }
  parts.push(...coloured(text, runs, end, text.length));
  return parts;
}

/** The part of `text` from `from` to `to`, in runs. */
function coloured(text: string, runs: SyntaxRuns, from: number, to: number): Node[] {
  const parts: Node[] = [];
  let start = from;
  let runEnd = 0;
  for (let index = 0; index < runs.length && start < to; index += 2) {
    runEnd += runs[index] as number;
    const end = Math.min(runEnd, to);
    if (end <= start) continue;
    const style = runs[index + 1] as number;
    const part = text.slice(start, end);
    parts.push(style === 0 ? new Text(part) : element('span', { class: classOf(style) }, part));
    start = end;
  }
  if (start < to) parts.push(new Text(text.slice(start, to)));
  return parts;
}

function codeLine({ line, text, runs }: SnippetLine, numbered: boolean, terms: ReadonlySet<string>): Element {
  if (!numbered) return element('div', { class: 'code' }, ...marked(text, terms, runs));
  const gutter = element('span', { class: 'gutter', 'aria-hidden': true }, String(line));
  return element('div', { class: 'line' }, gutter, element('span', { class: 'code' }, ...marked(text, terms, runs)));
}

import { linesOf } from '../../src/protocol/syntax.ts';
import type { SyntaxRuns } from '../../src/protocol/syntax.ts';

/** Lines longer than this are cut for display; a minified line would cost more to lay out than anyone reads. */
const maxLineChars = 400;
/** How a tab is shown. */
const tab = '    ';
/** Columns kept before the first match of a line that is cut at its start. */
const leadChars = 12;

/** Words of a question that say nothing about the code. */
const stopWords = new Set(
  'a an and are as at be by can do does for from has have how i if in into is it its me my not of on or our so that the their them then there these this to was we were what when where which who why will with you'.split(
    ' ',
  ),
);

export interface SnippetLine {
  /** 1-based line in the file. */
  readonly line: number;
  readonly text: string;
  /** The syntax colours of `text`; none while they are not known. */
  readonly runs: SyntaxRuns;
}

/** Where `text` matches; UTF-16 offsets, end exclusive. */
export interface MatchRange {
  readonly start: number;
  readonly end: number;
}

/** The stems of a query's words, identifiers split: what {@link matchRanges} marks. */
export function queryTerms(query: string): ReadonlySet<string> {
  const words = [...wordsOf(query)].map(({ text }) => text.toLowerCase());
  const telling = words.filter((word) => word.length > 1 && !stopWords.has(word));
  return new Set((telling.length > 0 ? telling : words).map(stemOf));
}

/** The words of `text` (camelCase and snake_case split) whose stem is a term. */
export function matchRanges(text: string, terms: ReadonlySet<string>): readonly MatchRange[] {
  const ranges: MatchRange[] = [];
  if (terms.size === 0) return ranges;
  for (const { text: word, start } of wordsOf(text)) {
    if (terms.has(stemOf(word))) ranges.push({ start, end: start + word.length });
  }
  return ranges;
}

/** All lines of a snippet without the indentation they share, cut at a length that can be shown. */
export function snippetLines(
  snippet: string,
  startLine: number,
  colours: readonly SyntaxRuns[] = [],
): readonly SnippetLine[] {
  const written = linesOf(snippet);
  const lines = written.map((line) => line.replaceAll('\t', tab));
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const shared = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((text, index) => {
    const runs = withoutTabs(colours[index] ?? [], written[index] as string);
    return { line: startLine + index, text: cut(text.slice(shared)), runs: runsFrom(runs, shared) };
  });
}

/**
 * The `count` lines that say what a snippet is about: from the line with the most different terms on, else from the
 * first. Lines without a word are left out. A first match beyond `columns` is brought into view.
 */
export function previewLines(
  lines: readonly SnippetLine[],
  terms: ReadonlySet<string>,
  count: number,
  columns: number,
): readonly SnippetLine[] {
  const telling = lines.filter(({ text }) => /\p{L}/u.test(text));
  let best = 0;
  let bestTerms = 0;
  telling.forEach(({ text }, index) => {
    const found = new Set(matchRanges(text, terms).map(({ start, end }) => stemOf(text.slice(start, end))));
    if (found.size > bestTerms) [best, bestTerms] = [index, found.size];
  });
  const from = Math.max(0, Math.min(best, telling.length - count));
  return telling.slice(from, from + count).map((line) => leadIn(line, terms, columns));
}

function leadIn({ line, text, runs }: SnippetLine, terms: ReadonlySet<string>, columns: number): SnippetLine {
  const trimmed = text.trimStart();
  const indent = text.length - trimmed.length;
  const first = matchRanges(trimmed, terms)[0];
  if (first === undefined || first.end <= Math.max(columns, leadChars * 2)) {
    return { line, text: trimmed, runs: runsFrom(runs, indent) };
  }
  const start = first.start - leadChars;
  return { line, text: `…${trimmed.slice(start)}`, runs: [1, 0, ...runsFrom(runs, indent + start)] };
}

/** The runs of a line whose tabs are shown as blanks. */
function withoutTabs(runs: SyntaxRuns, written: string): SyntaxRuns {
  if (!written.includes('\t')) return runs;
  let start = 0;
  return runs.map((value, index) => {
    if (index % 2 === 1) return value;
    const part = written.slice(start, start + value);
    start += value;
    return part.replaceAll('\t', tab).length;
  });
}

/** The runs of what is left of a line without its first `count` characters. */
function runsFrom(runs: SyntaxRuns, count: number): SyntaxRuns {
  const kept: number[] = [];
  let dropped = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const length = runs[index] as number;
    const skipped = Math.min(length, count - dropped);
    dropped += skipped;
    if (length > skipped) kept.push(length - skipped, runs[index + 1] as number);
  }
  return kept;
}

function cut(text: string): string {
  return text.length <= maxLineChars ? text : `${text.slice(0, maxLineChars)}…`;
}

function* wordsOf(text: string): Generator<{ text: string; start: number }> {
  for (const match of text.matchAll(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu)) {
    yield { text: match[0], start: match.index };
  }
}

/** Stems by word as written. Code repeats its words, and 50 snippets of 60 lines are a lot of them. */
const knownStems = new Map<string, string>();
const maxKnownStems = 20_000;

function stemOf(word: string): string {
  const known = knownStems.get(word);
  if (known !== undefined) return known;
  if (knownStems.size >= maxKnownStems) knownStems.clear();
  const found = stem(word.toLowerCase());
  knownStems.set(word, found);
  return found;
}

/** Makes `retries`, `retried` and `retry` one; crude, as it decides on highlighting alone. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  const base = word.replace(/(?:ations?|ings?|ers?|ors?|ed|es|s)$/, '');
  const kept = base.length >= 3 ? base : word;
  return kept.replace(/(.)\1$/, '$1').replace(/(?<=..)[iye]$/, '');
}

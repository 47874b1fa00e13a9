import type { ChunkKind, RelativePath, SearchResult } from '../protocol/types.ts';

/** Counts the tokens of a text, or estimates them; a language model's own counter may have to be asked. */
export type TokenCounter = (text: string) => number | PromiseLike<number>;

/** One result as an agent gets it, its code shortened where the budget asked for it. */
export interface AgentResult {
  readonly path: RelativePath;
  /** 1-based, inclusive: of the whole chunk, also where less of it is shown. */
  readonly startLine: number;
  readonly endLine: number;
  /** Empty for a block without a name. */
  readonly symbol: string;
  readonly kind: ChunkKind;
  readonly language: string;
  /** 0..1. */
  readonly score: number;
  /** The first lines of the chunk; '' where the budget left no room for any. */
  readonly code: string;
}

/** An answer within its budget. */
export interface AgentAnswer {
  readonly text: string;
  /** What the text shows, in the same order. */
  readonly results: readonly AgentResult[];
  /** Results that the budget left no room for. */
  readonly omitted: number;
}

export interface AgentTextOptions {
  /** Upper bound of the text, by {@link countTokens}. */
  readonly maxTokens: number;
  readonly countTokens: TokenCounter;
  /** Said before the results, one line each: what is known to be missing or stale. */
  readonly notes?: readonly string[];
  /**
   * Given: {@link AgentAnswer.results} as JSON keep to the budget as well (escaped code is longer than the code), together
   * with so many tokens of what is around them.
   */
  readonly jsonFrameTokens?: number;
  /** What a result's path is shown with, e.g. the name of its folder where there are several; '' by default. */
  readonly prefixOf?: (result: SearchResult) => string;
}

/** A result that can be shown with any number of its lines. */
interface Entry {
  readonly head: string;
  readonly result: SearchResult;
  readonly lines: readonly string[];
  /** Lines of the chunk, more than there are in {@link lines} where the snippet was cut. */
  readonly total: number;
}

/** A closing line is paid for before it is known how it reads. */
const closingReserve = 'Left out for lack of room: 1000 of the results. Ask for fewer, or narrow the search.';

/**
 * Results as a language model reads them: place, symbol, kind, then the code. Better results are shown whole as long as
 * every further one still has its head; then code is shortened, and only then are the last results left out.
 */
export async function renderForAgent(
  results: readonly SearchResult[],
  options: AgentTextOptions,
): Promise<AgentAnswer> {
  const { maxTokens, countTokens, notes = [] } = options;
  const opening = [...notes, results.length === 0 ? 'No results.' : ''].filter((line) => line !== '');
  const entries = results.map((result) => entryOf(result, options.prefixOf?.(result) ?? ''));
  const cost = async (entry: Entry, shown: number): Promise<number> => {
    const text = await countTokens(`${blockOf(entry, shown)}\n\n`);
    if (options.jsonFrameTokens === undefined) return text;
    return Math.max(text, await countTokens(`${JSON.stringify(resultOf(entry, shown))},`));
  };
  const around = await countTokens([...opening, closingReserve, ''].join('\n\n'));
  const overhead = Math.max(around, options.jsonFrameTokens ?? 0);
  const shown = await allot(entries, maxTokens - overhead, cost);
  return withinBudget({ opening, entries, shown }, options);
}

/** For each result how many of its lines are shown; results without an entry are left out. */
async function allot(
  entries: readonly Entry[],
  budget: number,
  cost: (entry: Entry, shown: number) => Promise<number>,
): Promise<number[]> {
  const heads = await Promise.all(entries.map((entry) => cost(entry, 0)));
  let left = budget;
  let fitting = 0;
  for (const head of heads) {
    if (head > left) break;
    left -= head;
    fitting++;
  }
  const shown: number[] = [];
  for (const [index, entry] of entries.slice(0, fitting).entries()) {
    const room = left + (heads[index] ?? 0);
    const count = await mostLines(entry, async (lines) => (await cost(entry, lines)) <= room);
    shown.push(count);
    left = room - (count === 0 ? (heads[index] ?? 0) : await cost(entry, count));
  }
  return shown;
}

/** The largest number of lines that fits: all of them, or what halving finds. None fits always. */
async function mostLines({ lines }: Entry, fits: (count: number) => Promise<boolean>): Promise<number> {
  if (await fits(lines.length)) return lines.length;
  let most = 0;
  let tooMany = lines.length;
  while (tooMany - most > 1) {
    const middle = (most + tooMany) >> 1;
    if (await fits(middle)) most = middle;
    else tooMany = middle;
  }
  return most;
}

/** Pieces can cost more together than one by one with some counters: what is too much is taken from the end. */
async function withinBudget(
  { opening, entries, shown }: { opening: readonly string[]; entries: readonly Entry[]; shown: readonly number[] },
  options: AgentTextOptions,
): Promise<AgentAnswer> {
  const { maxTokens, countTokens, jsonFrameTokens } = options;
  const counts = [...shown];
  for (;;) {
    const answer = compose(opening, entries, counts);
    const fits =
      (await countTokens(answer.text)) <= maxTokens &&
      (jsonFrameTokens === undefined ||
        jsonFrameTokens + (await countTokens(JSON.stringify(answer.results))) <= maxTokens);
    if (fits) return answer;
    const last = counts.pop();
    if (last === undefined) return { ...answer, text: await cutTo(answer.text, maxTokens, countTokens) };
    if (last > 0) counts.push(last >> 1);
  }
}

function compose(opening: readonly string[], entries: readonly Entry[], counts: readonly number[]): AgentAnswer {
  const shown = counts.flatMap((count, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ entry, count }];
  });
  const omitted = entries.length - shown.length;
  const closing = omitted === 0 ? [] : [closingReserve.replace('1000', String(omitted))];
  return {
    text: [...opening, ...shown.map(({ entry, count }) => blockOf(entry, count)), ...closing].join('\n\n'),
    results: shown.map(({ entry, count }) => resultOf(entry, count)),
    omitted,
  };
}

/** The beginning of a text that has no more than `maxTokens`. */
async function cutTo(text: string, maxTokens: number, countTokens: TokenCounter): Promise<string> {
  let cut = text;
  while (cut !== '' && (await countTokens(cut)) > maxTokens) cut = cut.slice(0, cut.length >> 1);
  return cut;
}

function entryOf(result: SearchResult, prefix: string): Entry {
  const { path, startLine, endLine, symbol, kind, unsaved } = result;
  const lines = result.snippet.replace(/\n$/u, '').split('\n');
  const name = symbol === '' ? kind : `${kind} ${symbol}`;
  const place = `${prefix}${path}:${startLine}-${endLine}`;
  return {
    head: `${place} (${name}${unsaved ? ', not saved yet' : ''})`,
    result,
    lines,
    total: Math.max(lines.length, endLine - startLine + 1),
  };
}

function blockOf(entry: Entry, shown: number): string {
  if (shown === 0) return entry.head;
  const code = entry.lines.slice(0, shown);
  const hidden = entry.total - shown;
  const fence = fenceFor(code);
  return [
    entry.head,
    `${fence}${entry.result.language}`,
    ...code,
    fence,
    ...(hidden > 0 ? [`(${hidden} more lines of it)`] : []),
  ].join('\n');
}

/** A fence that no line of the code can close (CommonMark, "Fenced code blocks"). */
function fenceFor(lines: readonly string[]): string {
  const longest = lines.reduce((most, line) => Math.max(most, /^\s*(`+)/u.exec(line)?.[1]?.length ?? 0), 2);
  return '`'.repeat(longest + 1);
}

function resultOf({ result, lines }: Entry, shown: number): AgentResult {
  const { path, startLine, endLine, symbol, kind, language, score } = result;
  const code = lines.slice(0, shown).join('\n');
  return { path, startLine, endLine, symbol, kind, language, score: Math.round(score * 1_000) / 1_000, code };
}

import { chunkKinds, type ChunkKind, type SearchFilter, type TestScope } from '../protocol/types.ts';
import { languageId } from './languageAliases.ts';
import { pathGlobs } from './pathGlobs.ts';

/** Sets of files that only the editor knows: those of its tabs, and those that differ from the last commit. */
export const editorScopes = ['open', 'changed'] as const;
export type EditorScope = (typeof editorScopes)[number];

/** The parts of a filter that tokens can set. */
export type TokenFilter = Omit<SearchFilter, 'folders' | 'files' | 'and'>;

/** A query as typed, taken apart. */
export interface ParsedQuery {
  /** What is searched for: the query without its tokens. A query without tokens is its own text, unchanged. */
  readonly text: string;
  /** Lists are sorted and have no doubles: the order of the tokens does not matter. */
  readonly filter: TokenFilter;
  /** Only files of any of these; empty: all files. */
  readonly scopes: readonly EditorScope[];
  /** How many tokens took effect. */
  readonly tokens: number;
}

type Token =
  | { readonly list: 'paths' | 'excludePaths' | 'languages' | 'excludeLanguages'; readonly values: readonly string[] }
  | { readonly list: 'kinds' | 'excludeKinds'; readonly values: readonly ChunkKind[] }
  | { readonly tests: TestScope }
  | { readonly scope: EditorScope };

/** Space, then a word; what stands in double quotes is of one word. An open quotation goes on to the end. */
const words = /(\s*)((?:"(?:\\[^]?|[^"\\])*"?|[^\s"])+)/gu;
const qualified = /^(-?)(path|lang|kind|in|is):(?:"([^"]+)"|([^":][^"]*))$/u;

/**
 * Takes tokens out of a query: `path:GLOB`, `lang:ID`, `kind:KIND` (each also with a `-` before it), `in:open`,
 * `in:changed`, `is:test`, `-test`. The same qualifier repeated means any of them, different ones must all hold; `-test`
 * outdoes `is:test`. Whatever is not exactly a token stays text: parts of quotations, `path::join`, `kind: x`, unknown kinds.
 */
export function parseQuery(query: string): ParsedQuery {
  const tokens: Token[] = [];
  let text = '';
  for (const word of queryWords(query)) {
    const token = tokenOf(word.text);
    if (token === undefined) text += word.space + word.text;
    else tokens.push(token);
  }
  return {
    text: tokens.length === 0 ? query : text.trim(),
    filter: filterOf(tokens),
    scopes: editorScopes.filter((scope) => tokens.some((token) => 'scope' in token && token.scope === scope)),
    tokens: tokens.length,
  };
}

/** Pause in typing the value of a filter: half of one would leave out everything, key by key. */
export const valuePauseMs = 400;

/** Pause in typing before a query is searched for: `pauseMs`, or more where it ends in the value of a token. */
export function typingPause(query: string, pauseMs: number): number {
  const word = queryWords(query).at(-1);
  const isInValue = word !== undefined && query.endsWith(word.text) && /^-?(?:path|lang|kind|in|is):/u.test(word.text);
  return isInValue ? Math.max(pauseMs, valuePauseMs) : pauseMs;
}

/** The words of a query with the space before them; what stands in quotation marks is of one word. */
export function queryWords(
  query: string,
): readonly { readonly space: string; readonly text: string; readonly start: number }[] {
  return Array.from(query.matchAll(words), ({ index, 1: space = '', 2: text = '' }) => ({
    space,
    text,
    start: index + space.length,
  }));
}

/** A value as it has to be written after its qualifier. Values have no double quotes. */
export function tokenValue(value: string): string {
  return /[\s:]/u.test(value) ? `"${value}"` : value;
}

function tokenOf(word: string): Token | undefined {
  if (word === '-test') return { tests: 'exclude' };
  const match = qualified.exec(word);
  if (match === null) return undefined;
  const excludes = match[1] === '-';
  const value = (match[3] ?? match[4] ?? '').trim();
  switch (match[2]) {
    case 'path':
      if (!/[^\s./\\]/u.test(value)) return undefined;
      return { list: excludes ? 'excludePaths' : 'paths', values: pathGlobs(value) };
    case 'lang':
      if (!/^\p{L}[\p{L}\d+#. -]*$/u.test(value)) return undefined;
      return { list: excludes ? 'excludeLanguages' : 'languages', values: [languageId(value)] };
    case 'kind': {
      const kind = chunkKinds.find((candidate) => candidate === value);
      return kind && { list: excludes ? 'excludeKinds' : 'kinds', values: [kind] };
    }
    case 'is':
      return value === 'test' ? { tests: excludes ? 'exclude' : 'only' } : undefined;
    default: {
      const scope = editorScopes.find((candidate) => candidate === value);
      return scope && !excludes ? { scope } : undefined;
    }
  }
}

function filterOf(tokens: readonly Token[]): TokenFilter {
  const filter: Record<string, unknown> = {};
  for (const list of ['paths', 'excludePaths', 'languages', 'excludeLanguages', 'kinds', 'excludeKinds'] as const) {
    const values = tokens.flatMap((token): readonly string[] =>
      'list' in token && token.list === list ? token.values : [],
    );
    if (values.length > 0) filter[list] = [...new Set(values)].sort();
  }
  const tests = tokens.flatMap((token) => ('tests' in token ? [token.tests] : []));
  if (tests.length > 0) filter['tests'] = tests.includes('exclude') ? 'exclude' : 'only';
  return filter;
}

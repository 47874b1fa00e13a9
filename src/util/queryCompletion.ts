import { chunkKinds } from '../protocol/types.ts';
import { languageId } from './languageAliases.ts';
import { queryWords, tokenValue } from './queryTokens.ts';

/** What each token does, as keys of texts for people. Those that take a value end with a colon. */
const included = {
  tokenPath: 'path:',
  tokenLang: 'lang:',
  tokenKind: 'kind:',
  tokenOpen: 'in:open',
  tokenChanged: 'in:changed',
  tokenTests: 'is:test',
  tokenNoTests: '-test',
} as const;
const excluded = { tokenNotPath: '-path:', tokenNotLang: '-lang:', tokenNotKind: '-kind:' } as const;

export type TokenHint = keyof typeof included | keyof typeof excluded;
type HintedToken = { readonly text: string; readonly hint: TokenHint };

/** The tokens to explain, in the order they are offered in; those with a `-` before a qualifier follow from them. */
export const tokenExamples = hinted(included);
const allTokens: readonly HintedToken[] = [...tokenExamples, ...hinted(excluded)];

/** Shorter words are not completed: they are typed on the way to every other word. */
const minChars = 2;
/** Words that begin a token and are much more often just words. */
const plainWords: readonly string[] = ['in', 'is'];

export interface QueryCompletion {
  /** A token, or with a colon at its end the beginning of one. */
  readonly text: string;
  /** Absent for a value, which says itself what it is. */
  readonly hint?: TokenHint;
}

export interface QueryCompletions {
  /** Where the word begins that a completion takes the place of; it ends at the cursor. */
  readonly from: number;
  readonly cursor: number;
  readonly items: readonly QueryCompletion[];
  /** The word is the beginning of a token and no text: the first item is most likely what is wanted. */
  readonly isCertain: boolean;
}

/**
 * How the word that ends at the cursor can go on to be a token; undefined when in no way.
 *
 * @param languages Language ids that are offered after `lang:`.
 */
export function queryCompletions(
  query: string,
  cursor: number,
  languages: readonly string[],
): QueryCompletions | undefined {
  const word = queryWords(query).find(({ start, text }) => start + text.length === cursor);
  if (word === undefined) return undefined;
  const typed = word.text.replaceAll('"', '');
  if (word.text.startsWith('"')) return undefined;
  const candidates = valuesOf(typed, languages) ?? namesOf(typed);
  const items = candidates.filter(({ text }) => bare(text).startsWith(typed.toLowerCase()) && bare(text) !== typed);
  if (items.length === 0) return undefined;
  return { from: word.start, cursor, items, isCertain: /\w:/u.test(typed) && !isComplete(typed, languages) };
}

/** The query with a completion in it, and the place where typing goes on. */
export function complete(
  query: string,
  { from, cursor }: QueryCompletions,
  { text }: QueryCompletion,
): { readonly query: string; readonly cursor: number } {
  const rest = query.slice(cursor);
  const space = text.endsWith(':') || rest.startsWith(' ') ? '' : ' ';
  const before = `${query.slice(0, from)}${text}${space}`;
  return { query: before + rest, cursor: before.length };
}

function valuesOf(typed: string, languages: readonly string[]): readonly QueryCompletion[] | undefined {
  const name = /^-?(?:kind|lang):/u.exec(typed)?.[0];
  if (name === undefined) return undefined;
  const values = name.endsWith('kind:') ? chunkKinds : languages;
  return values.map((value) => ({ text: name + tokenValue(value) }));
}

function namesOf(typed: string): readonly QueryCompletion[] {
  const isPlain = typed.length < minChars || plainWords.includes(typed);
  return isPlain && typed !== '-' ? [] : allTokens;
}

/** Whether a value is one, also by what people call a language. */
function isComplete(typed: string, languages: readonly string[]): boolean {
  const [, name, value = ''] = /^-?(kind|lang):(.*)$/u.exec(typed) ?? [];
  return name === 'lang' ? languages.includes(languageId(value)) : chunkKinds.some((kind) => kind === value);
}

function bare(text: string): string {
  return text.replaceAll('"', '');
}

function hinted<Hint extends TokenHint>(tokens: Readonly<Record<Hint, string>>): readonly HintedToken[] {
  return (Object.keys(tokens) as Hint[]).map((hint) => ({ text: tokens[hint], hint }));
}

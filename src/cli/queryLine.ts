import { AppError } from '../protocol/errors.ts';
import {
  chunkKinds,
  searchModes,
  testScopes,
  type ChunkKind,
  type SearchMode,
  type TestScope,
} from '../protocol/types.ts';
import { parseJsonLine, readQuery } from './jsonLine.ts';
import { maxResults, type SearchOptions } from './options.ts';

/** One line of a query file. `id` comes back as it was given, whatever JSON it is. */
export type QueryLine =
  | { readonly id: unknown; readonly query: string; readonly options: SearchOptions }
  | { readonly id: unknown; readonly error: AppError };

/**
 * Reads `{"id", "query", "k"?, "mode"?, "ranking"?, "rerank"?, "path"?, "language"?, "kind"?, "excludePath"?,
 * "excludeLanguage"?, "excludeKind"?, "tests"?}`; paths, languages and kinds may be a string or an array of strings. What
 * the line leaves out comes from the command line. Other fields are the caller's own and are ignored.
 */
export function parseQueryLine(line: string, lineNumber: number, defaults: SearchOptions): QueryLine {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = parseJsonLine(line, '{"id": "q1", "query": "parse config file"}');
  } catch (error) {
    return { id: null, error: invalid(lineNumber, (error as Error).message) };
  }
  const id = fields['id'] ?? null;
  try {
    const query = readQuery(fields['query']);
    const k = optional(fields, 'k', readCount);
    const mode = optional(fields, 'mode', (item) => readOneOf<SearchMode>(item, searchModes, 'mode'));
    const ranking = optional(fields, 'ranking', (item) => readFlag(item, 'ranking'));
    const rerank = optional(fields, 'rerank', (item) => readFlag(item, 'rerank'));
    const path = optional(fields, 'path', (item) => readTexts(item, 'path'));
    const language = optional(fields, 'language', (item) => readTexts(item, 'language'));
    const kind = optional(fields, 'kind', (item) => readKinds(item, 'kind'));
    const excludePath = optional(fields, 'excludePath', (item) => readTexts(item, 'excludePath'));
    const excludeLanguage = optional(fields, 'excludeLanguage', (item) => readTexts(item, 'excludeLanguage'));
    const excludeKind = optional(fields, 'excludeKind', (item) => readKinds(item, 'excludeKind'));
    const tests = optional(fields, 'tests', (item) => readOneOf<TestScope>(item, testScopes, 'tests'));
    const included = { ...path, ...language, ...kind };
    const excluded = { ...excludePath, ...excludeLanguage, ...excludeKind, ...tests };
    return { id, query, options: { ...defaults, ...k, ...mode, ...ranking, ...rerank, ...included, ...excluded } };
  } catch (error) {
    return { id, error: invalid(lineNumber, (error as Error).message) };
  }
}

/** `{ [name]: value }` when the line has the field, `{}` when not; null counts as absent. */
function optional<N extends string, T>(
  fields: Readonly<Record<string, unknown>>,
  name: N,
  read: (value: unknown) => T,
): { readonly [K in N]?: T } {
  const value = fields[name];
  return value === undefined || value === null ? {} : ({ [name]: read(value) } as { readonly [K in N]: T });
}

function readCount(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > maxResults) {
    throw new TypeError(`"k" must be a whole number from 1 to ${maxResults}`);
  }
  return value;
}

function readFlag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`"${name}" must be true or false`);
  return value;
}

function readTexts(value: unknown, name: string): readonly string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (typeof item !== 'string' || item === '') throw new TypeError(`"${name}" must be a text or an array of texts`);
    return item;
  });
}

function readKinds(value: unknown, name: string): readonly ChunkKind[] {
  return readTexts(value, name).map((text) => readOneOf<ChunkKind>(text, chunkKinds, name));
}

function readOneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new TypeError(`"${name}" must be one of ${allowed.join(', ')}`);
  return found;
}

function invalid(lineNumber: number, problem: string): AppError {
  return new AppError('InvalidArgument', `Line ${lineNumber} of the queries cannot be used: ${problem}.`);
}

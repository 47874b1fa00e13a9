import { AppError } from '../protocol/errors.ts';
import {
  type ChunkKind,
  chunkKinds,
  type FilePlace,
  type SearchFilter,
  type SearchRequest,
  searchModes,
  testScopes,
} from '../protocol/types.ts';
import { isFilePlace } from '../protocol/viewLocation.ts';

/*
 * What other extensions and language models ask for, checked: both are written elsewhere. Everything that is not known is
 * left out, so that nothing reaches the engine that is not meant to.
 */

/** Results of a search at most; the engine's own bound. */
const mostResults = 1_000;

/** A search request of the product's own making. Throws AppError `InvalidArgument` naming the field that is wrong. */
export function readSearchRequest(value: unknown): SearchRequest {
  const fields = fieldsOf(value, 'The request');
  return {
    query: readText(fields['query'], 'query'),
    ...optional('k', fields, readCount),
    ...optional('mode', fields, (item, name) => readOneOf(item, searchModes, name)),
    ...optional('minScore', fields, readFraction),
    ...optional('ranking', fields, readFlag),
    ...optional('rerank', fields, readFlag),
    ...optional('filter', fields, readFilter),
  };
}

/** Throws AppError `InvalidArgument`. */
export function readFilter(value: unknown, name = 'filter'): SearchFilter {
  const fields = fieldsOf(value, `"${name}"`);
  return {
    ...optional('paths', fields, readTexts),
    ...optional('excludePaths', fields, readTexts),
    ...optional('languages', fields, readTexts),
    ...optional('excludeLanguages', fields, readTexts),
    ...optional('kinds', fields, readKinds),
    ...optional('excludeKinds', fields, readKinds),
    ...optional('tests', fields, (item, field) => readOneOf(item, testScopes, field)),
    ...optional('folders', fields, readTexts),
    ...optional('files', fields, readFiles),
    ...optional('and', fields, readFilter),
  };
}

/** A whole number of results. Throws AppError `InvalidArgument`. */
export function readCount(value: unknown, name: string): number {
  return readWhole(value, name, mostResults);
}

/** A whole number from 1 on. Throws AppError `InvalidArgument`. */
export function readWhole(value: unknown, name: string, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? 'from 1 on' : `from 1 to ${max}`;
  throw invalid(`"${name}" must be a whole number ${range}.`);
}

/** `{ [name]: value }` where the field is given, `{}` where it is not; null counts as not given. */
export function optional<N extends string, T>(
  name: N,
  fields: Readonly<Record<string, unknown>>,
  read: (value: unknown, name: string) => T,
): { readonly [K in N]?: T } {
  const value = fields[name] ?? undefined;
  return value === undefined ? {} : ({ [name]: read(value, name) } as { readonly [K in N]: T });
}

/** The fields of an object. Throws AppError `InvalidArgument`. */
export function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${what} must be an object.`);
}

export function invalid(message: string): AppError {
  return new AppError('InvalidArgument', message);
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw invalid(`"${name}" must be a text that says what the code does, or a name.`);
}

function readTexts(value: unknown, name: string): readonly string[] {
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return [...value];
  throw invalid(`"${name}" must be an array of texts.`);
}

function readKinds(value: unknown, name: string): readonly ChunkKind[] {
  return readTexts(value, name).map((item) => readOneOf(item, chunkKinds, name));
}

function readFiles(value: unknown, name: string): readonly FilePlace[] {
  if (Array.isArray(value) && value.every(isFilePlace)) return value.map(({ folderId, path }) => ({ folderId, path }));
  throw invalid(`"${name}" must be an array of files, each with "folderId" and "path" (relative to the folder).`);
}

function readFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(`"${name}" must be true or false.`);
}

function readFraction(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw invalid(`"${name}" must be a number from 0 to 1.`);
}

function readOneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalid(`"${name}" must be one of ${allowed.join(', ')}.`);
  return found;
}

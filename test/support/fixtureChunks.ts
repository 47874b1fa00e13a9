import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GrammarName, grammars, parserRuntime } from '../../src/core/chunking/grammars.ts';
import { languageOf } from '../../src/core/chunking/languages.ts';
import type { Chunk, ChunkedFile } from '../../src/core/ports.ts';
import { FileParser } from '../../src/parser/fileParser.ts';
import { GrammarSet } from '../../src/parser/grammarSet.ts';

const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'test/fixtures/chunking');

/** Small enough that the fixtures' classes and longer functions have to be cut. */
export const smallLimits = { maxTokens: 120, minTokens: 24 };

export function grammarSet(): GrammarSet {
  const path = ({ package: packageName, path: file }: { readonly package: string; readonly path: string }): string =>
    join(root, 'node_modules', packageName, file);
  return new GrammarSet(path(parserRuntime), (name: GrammarName) => path(grammars[name]));
}

/** One parser for all tests of a run: loading the larger grammars takes a while. */
const parser = new FileParser(grammarSet());

export function fixtureText(name: string): string {
  return readFileSync(join(fixtures, name), 'utf8');
}

/** Chunks a text as the parse process does. */
export async function chunked(
  path: string,
  text: string,
  limits: Partial<typeof smallLimits> = {},
): Promise<ChunkedFile> {
  const request = { path, language: languageOf(path, text), text, ...smallLimits, ...limits };
  const { file } = await parser.chunk({ request, timeoutMs: 60_000 });
  return file;
}

/** `startLine-endLine kind symbol` of each chunk of a fixture. */
export async function outlineOf(name: string, limits: Partial<typeof smallLimits> = {}): Promise<string[]> {
  return (await chunked(name, fixtureText(name), limits)).chunks.map(described);
}

export function described({ startLine, endLine, kind, symbol }: Chunk): string {
  return `${startLine}-${endLine} ${kind} ${symbol}`.trimEnd();
}

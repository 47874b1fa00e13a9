import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { grammars, parserRuntime } from '../src/core/chunking/grammars.ts';
import { languageOf } from '../src/core/chunking/languages.ts';
import { inspectContent } from '../src/core/discovery/inspectContent.ts';
import { forEachPart } from '../src/core/chunking/terms.ts';
import { symbolFields } from '../src/core/embedding/local/symbolFields.ts';
import { FileParser } from '../src/parser/fileParser.ts';
import { GrammarSet } from '../src/parser/grammarSet.ts';
import { documented } from './documented.ts';

/*
 * node training/pairs.ts DATA OUT [--part N/PARTS] [--without QUESTIONS.jsonl]: pairs of a doc comment and the function it
 * documents, of all packages that were downloaded to DATA, as token lists (JSON lines). Chunks and tokens are the
 * product's own; every function is a chunk of its own here. Of packages that are held out for the evaluation, functions
 * without documentation are written as well, with an empty query: they are what a search could find instead.
 * Pairs like a question of QUESTIONS.jsonl (field `query`) are left out.
 */

/** One package must not speak for all. Files, and pairs. */
const maxFiles = 600;
const maxPairs = 4_000;
const maxBody = 1_600;
/** One package in so many is held out. */
const heldOutShare = 50;
/** Jaccard similarity of two sets of tokens from which they are the same question. */
const sameQuestion = 0.6;

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { part: { type: 'string', default: '0/1' }, without: { type: 'string' } },
});
const [data = '', out = ''] = positionals;
const [part = 0, parts = 1] = given.part.split('/').map(Number);
const root = resolve(data);
const modules = join(import.meta.dirname, '../node_modules');
const parser = new FileParser(
  new GrammarSet(join(modules, parserRuntime.package, parserRuntime.path), (name) =>
    join(modules, grammars[name].package, grammars[name].path),
  ),
);

function tokens(text: string): string {
  const found: string[] = [];
  forEachPart(text, (token) => found.push(token));
  return found.join(' ');
}

function hashName(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE();
}

/** Sets of tokens of the questions the model is judged by. */
const judged = (given.without === undefined ? '' : await readFile(given.without, 'utf8'))
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => new Set(tokens((JSON.parse(line) as { query: string }).query).split(' ')));

function isJudged(query: string): boolean {
  const own = new Set(query.split(' '));
  return judged.some((other) => {
    const shared = [...own].filter((token) => other.has(token)).length;
    return shared / (own.size + other.size - shared) >= sameQuestion;
  });
}

const lines = createWriteStream(out);
const seen = new Set<string>();
let number = 0;
let total = 0;
let alike = 0;
for (const source of ['npm', 'binary', 'source']) {
  for (const name of (await readdir(join(root, source)).catch(() => [])).sort()) {
    if (name.endsWith('.partial') || number++ % parts !== part) continue;
    const heldOut = hashName(name) % heldOutShare === 0;
    const files = (await readdir(join(root, source, name), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    const step = Math.max(1, files.length / maxFiles);
    let pairs = 0;
    for (let index = 0; index < files.length && pairs < maxPairs; index += step) {
      const file = files[Math.floor(index)] ?? '';
      const path = file.slice(join(root, source, name).length + 1);
      const bytes = await readFile(file);
      if (inspectContent(path, bytes) !== undefined) continue;
      const text = bytes.toString('utf8');
      const language = languageOf(path, text.slice(0, 256));
      const request = { path, language, text, maxTokens: 400, minTokens: 4 };
      const { file: chunked } = await parser.chunk({ request, timeoutMs: 5_000 });
      for (const chunk of chunked.chunks) {
        if (chunk.symbol === '') continue;
        const pair = documented(chunk.text, language);
        if (pair === undefined && !heldOut) continue;
        const query = pair === undefined ? '' : tokens(pair.comment);
        const body = tokens((pair?.code ?? chunk.text).slice(0, maxBody));
        const key = `${query.slice(0, 200)}|${query === '' ? body : ''}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (query !== '' && isJudged(query)) {
          alike++;
          continue;
        }
        const { name: symbol, scope } = symbolFields(chunk.symbol);
        const fields = {
          name: tokens(symbol),
          scope: tokens(scope),
          path: tokens(path.split('/').slice(-3).join('/')),
          body,
        };
        lines.write(`${JSON.stringify({ package: name, language, heldOut, query, ...fields })}\n`);
        if (query === '') continue;
        pairs++;
        total++;
      }
    }
    if (number % 100 === 0) process.stdout.write(`${number} packages, ${total} pairs\n`);
  }
}
lines.end();
await once(lines, 'close');
await parser.dispose();
process.stdout.write(`${total} pairs, ${alike} left out as alike to a question\n`);

import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { grammars, parserRuntime } from '../src/core/chunking/grammars.ts';
import { languageOf } from '../src/core/chunking/languages.ts';
import { inspectContent } from '../src/core/discovery/inspectContent.ts';
import { forEachPart } from '../src/core/chunking/terms.ts';
import { symbolFields } from '../src/core/embedding/local/symbolFields.ts';
import { FileParser } from '../src/parser/fileParser.ts';
import { GrammarSet } from '../src/parser/grammarSet.ts';
import { documented } from './documented.ts';

/*
 * node training/pairs.ts DATA OUT [PART PARTS [SOURCES]]: pairs of a doc comment and the chunk it documents, of all packages that
 * were downloaded to DATA, as token lists (JSON lines). Chunks and tokens are the product's own.
 */

/** One package must not speak for all. Files, and pairs. */
const maxFiles = 600;
const maxPairs = 4_000;
const maxBody = 1_600;

const [data = '', out = '', part = '0', parts = '1', sources = 'npm,debian'] = process.argv.slice(2);
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

const lines = createWriteStream(out);
const seen = new Set<string>();
let number = 0;
let total = 0;
for (const source of sources.split(',')) {
  for (const name of (await readdir(join(root, source)).catch(() => [])).sort()) {
    if (name.endsWith('.work') || number++ % Number(parts) !== Number(part)) continue;
    const files = (await readdir(join(root, source, name), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const step = Math.max(1, files.length / maxFiles);
    let pairs = 0;
    for (let index = 0; index < files.length && pairs < maxPairs; index += step) {
      const file = files[Math.floor(index)] ?? '';
      const path = file.slice(join(root, source, name).length + 1);
      const bytes = await readFile(file);
      if (inspectContent(path, bytes) !== undefined) continue;
      const text = bytes.toString('utf8');
      const language = languageOf(path, text.slice(0, 256));
      const request = { path, language, text, maxTokens: 400, minTokens: 40 };
      const { file: chunked } = await parser.chunk({ request, timeoutMs: 5_000 });
      for (const chunk of chunked.chunks) {
        if (chunk.symbol === '' || chunk.symbol.includes(', ')) continue;
        const pair = documented(chunk.text, language);
        if (pair === undefined) continue;
        const query = tokens(pair.comment);
        const key = query.slice(0, 200);
        if (seen.has(key)) continue;
        seen.add(key);
        const { name: symbol, scope } = symbolFields(chunk.symbol);
        lines.write(
          `${JSON.stringify({ package: name, language, query, name: tokens(symbol), scope: tokens(scope), path: tokens(path.split('/').slice(-3).join('/')), body: tokens(pair.code.slice(0, maxBody)) })}\n`,
        );
        pairs++;
        total++;
      }
    }
    if (number % 50 === 0) process.stdout.write(`${number} packages, ${total} pairs\n`);
  }
}
lines.end();
await once(lines, 'close');
await parser.dispose();
process.stdout.write(`${total} pairs\n`);

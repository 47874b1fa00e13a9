import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { grammars, parserRuntime } from '../../../src/core/chunking/grammars.ts';
import { languageOf } from '../../../src/core/chunking/languages.ts';
import type { ChunkRequest } from '../../../src/core/ports.ts';
import { FileParser } from '../../../src/parser/fileParser.ts';
import { GrammarSet } from '../../../src/parser/grammarSet.ts';
import { described, fixtureText, grammarSet, smallLimits } from '../../support/fixtureChunks.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const nodeModules = join(import.meta.dirname, '../../../node_modules');
const timeoutMs = 60_000;

function requestOf(name: string, text = fixtureText(name)): ChunkRequest {
  return { path: name, language: languageOf(name, text), text, ...smallLimits };
}

describe('FileParser', () => {
  const parser = new FileParser(grammarSet());
  after(async () => parser.dispose());

  it('says how it read a file and how long that took', async () => {
    const { file, isDamaged } = await parser.chunk({ request: requestOf('server.go'), timeoutMs });
    assert.equal(file.method, 'grammar');
    assert.equal(file.fallbackReason, undefined);
    assert.ok(file.parseMs > 0 && file.chunkMs > 0);
    assert.ok(!isDamaged);
  });

  it('gives up when the time is over, and reads the next file as if nothing had been', async () => {
    const request = requestOf('queue.ts', fixtureText('queue.ts').repeat(20));
    const { file } = await parser.chunk({ request, timeoutMs: 0 });
    assert.deepEqual([file.method, file.fallbackReason], ['fallback', 'timeout']);
    assert.ok(file.chunks.some(({ symbol }) => symbol.startsWith('JobQueue')));
    const next = await parser.chunk({ request: requestOf('queue.ts'), timeoutMs });
    const fresh = await new FileParser(grammarSet()).chunk({ request: requestOf('queue.ts'), timeoutMs });
    assert.deepEqual(next.file.chunks, fresh.file.chunks);
  });

  it('leaves the grammar out when told so', async () => {
    const { file } = await parser.chunk({ request: requestOf('arena.rs'), timeoutMs, withoutGrammar: 'crash' });
    assert.deepEqual([file.method, file.fallbackReason], ['fallback', 'crash']);
    const outline = file.chunks.map(described);
    assert.ok(outline.includes('62-71 method Arena.remove'), outline.join('\n'));
  });

  it('does without a grammar that is missing or broken', async () => {
    const directory = await temporaryDirectory();
    const broken = join(directory, 'broken.wasm');
    await writeFile(broken, 'not WebAssembly');
    const runtime = join(nodeModules, parserRuntime.package, parserRuntime.path);
    for (const path of [broken, join(directory, 'missing.wasm')]) {
      const without = new FileParser(new GrammarSet(runtime, () => path));
      const { file, isDamaged } = await without.chunk({ request: requestOf('inventory.py'), timeoutMs });
      assert.deepEqual([file.method, file.fallbackReason, isDamaged], ['fallback', 'grammar', false]);
    }
    const pythonOnly = new FileParser(
      new GrammarSet(runtime, (name) =>
        name === 'python' ? join(nodeModules, grammars.python.package, grammars.python.path) : broken,
      ),
    );
    assert.equal((await pythonOnly.chunk({ request: requestOf('server.go'), timeoutMs })).file.method, 'fallback');
    assert.equal((await pythonOnly.chunk({ request: requestOf('inventory.py'), timeoutMs })).file.method, 'grammar');
  });

  it('parses an open document again after it changed its language, was closed, or was one of many', async () => {
    const chunksOf = async (request: ChunkRequest, documentKey?: string): Promise<string[]> => {
      const { file } = await parser.chunk({
        request: documentKey === undefined ? request : { ...request, documentKey },
        timeoutMs,
      });
      return file.chunks.map(described);
    };
    const python = requestOf('inventory.py');
    const go = requestOf('server.go');
    assert.deepEqual(await chunksOf(python, 'a'), await chunksOf(python));
    assert.deepEqual(await chunksOf(go, 'a'), await chunksOf(go));
    parser.closeDocument('a');
    parser.closeDocument('never opened');
    for (let key = 0; key < 40; key++) await chunksOf(python, `many ${key}`);
    assert.deepEqual(await chunksOf(go, 'many 0'), await chunksOf(go));
  });

  it('reads as a script only what is one', async () => {
    const page = (type: string): string =>
      `<html>\n<body>\n<script ${type}>\nfunction greet(name) {\n  return 'Hello ' + name + ', how are you today? ' + new Date();\n}\n</script>\n</body>\n</html>\n`;
    const symbols = async (type: string): Promise<string[]> =>
      (
        await parser.chunk({ request: { ...requestOf('a.html', page(type)), minTokens: 10 }, timeoutMs })
      ).file.chunks.map(({ symbol }) => symbol);
    for (const type of ['', 'type="module"', "type='text/javascript'", 'lang="ts" async']) {
      assert.ok((await symbols(type)).includes('greet'), type);
    }
    for (const type of ['type="application/json"', 'type="text/template"', 'type=x-shader/x-vertex']) {
      assert.ok(!(await symbols(type)).includes('greet'), type);
    }
  });

  it('keeps no memory of the files it read', async () => {
    const names = ['queue.ts', 'page.html', 'inventory.py'];
    const parse = async (times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn++) {
        for (const name of names) {
          await parser.chunk({ request: requestOf(name), timeoutMs });
          const edited = `${fixtureText(name)}\n${'x'.repeat(turn % 7)}\n`;
          await parser.chunk({ request: { ...requestOf(name, edited), documentKey: name }, timeoutMs });
        }
      }
    };
    await parse(60);
    const before = process.memoryUsage.rss();
    await parse(400);
    const grown = process.memoryUsage.rss() - before;
    // Trees that were not deleted would take about 90 kB each, more than 200 MB together.
    assert.ok(grown < 50_000_000, `grown by ${Math.round(grown / 1e6)} MB`);
  });
});

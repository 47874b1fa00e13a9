import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chunkText } from '../../../src/core/chunking/chunkText.ts';
import { estimateTokens } from '../../../src/core/chunking/tokens.ts';
import { assertPartition } from '../../support/chunkInvariants.ts';
import { chunked, described, fixtureText, smallLimits } from '../../support/fixtureChunks.ts';

const defaults = { maxTokens: 400, minTokens: 40 };

async function outline(path: string, text: string, limits = defaults): Promise<string[]> {
  const { chunks } = await chunked(path, text, limits);
  assertPartition(text, chunks, limits.maxTokens);
  return chunks.map(described);
}

/** A function of so many statements, about 13 tokens each. */
function pythonFunction(name: string, statements: number, indent = ''): string {
  const body = Array.from(
    { length: statements },
    (_, index) => `${indent}    total += weights[${index}] * values[${index}]\n`,
  );
  return `${indent}def ${name}(weights, values):\n${body.join('')}`;
}

describe('chunkText', () => {
  it('has no chunk for a text without a visible line', () => {
    for (const text of ['', '\n\n', '  \t\n \u00a0 \r\n']) {
      assert.deepEqual(chunkText({ text, language: 'plaintext', ...defaults }), []);
    }
  });

  it('keeps a file below the minimum as one chunk, named after what it defines', async () => {
    assert.deepEqual(await outline('a.py', 'import os\n\n\ndef cwd():\n    return os.getcwd()\n'), [
      '1-5 function cwd',
    ]);
    assert.deepEqual(await outline('a.txt', 'one\n\ntwo\n'), ['1-3 block']);
  });

  it('keeps a class that fits whole, and cuts one that does not into head and members', async () => {
    const members = (statements: number): string =>
      `class Sum:\n    """Adds up."""\n\n${['a', 'b', 'c'].map((name) => pythonFunction(name, statements, '    ')).join('\n')}`;
    assert.deepEqual(await outline('a.py', members(4)), ['1-20 class Sum']);
    assert.deepEqual(await outline('a.py', members(12)), [
      '1-2 class Sum',
      '4-16 method Sum.a',
      '18-30 method Sum.b',
      '32-44 method Sum.c',
    ]);
  });

  it('cuts a function that does not fit into even parts of the same name', async () => {
    const text = pythonFunction('sum', 60);
    const { chunks } = await chunked('a.py', text, defaults);
    assert.ok(chunks.length >= 2);
    assert.ok(chunks.every(({ symbol, kind }) => symbol === 'sum' && kind === 'function'));
    const sizes = chunks.map((chunk) => estimateTokens(chunk.text));
    assert.ok(Math.min(...sizes) > Math.max(...sizes) / 2, `sizes ${sizes.join(', ')}`);
  });

  it('prefers to cut a long function at its blank lines', async () => {
    const half = (from: number): string =>
      Array.from(
        { length: 18 },
        (_, index) => `    total += weights[${from + index}] * values[${from + index}]\n`,
      ).join('');
    const text = `def sum(weights, values):\n${half(0)}\n${half(18)}`;
    assert.deepEqual(await outline('a.py', text), ['1-19 function sum', '21-38 function sum']);
  });

  it('gives a nested function of useful size its own chunk when the outer one does not fit', async () => {
    const text = `def outer():\n${pythonFunction('inner', 20, '    ')}\n    return [\n${'        inner([1, 2], [3, 4]),\n'.repeat(20)}    ]\n`;
    assert.deepEqual(await outline('a.py', text), [
      '1-1 function outer',
      '2-22 function outer.inner',
      '24-45 function outer',
    ]);
  });

  it('merges imports, constants and one-line functions', async () => {
    const constants = Array.from({ length: 6 }, (_, index) => `export const limit${index} = ${index};`).join('\n');
    const functions = Array.from({ length: 3 }, (_, index) => `export const is${index} = (x) => x === ${index};`).join(
      '\n',
    );
    assert.deepEqual(
      await outline('a.js', `import a from 'a';\nimport b from 'b';\n\n${constants}\n\n${functions}\n`),
      ['1-13 block limit0, limit1, limit2, limit3, limit4, limit5'],
    );
  });

  it('keeps comments, decorators and export with what they belong to', async () => {
    const text = [
      '// A licence that stands alone, with enough words to be more than a scrap that goes with its neighbour.',
      '',
      '// What follows.',
      '/** Adds two numbers, one after the other, with all due care and without any overflow. */',
      'export function add(a: number, b: number): number {',
      '  return a + b + Number.EPSILON - Number.EPSILON;',
      '}',
    ].join('\n');
    assert.deepEqual(await outline('a.ts', text), ['1-1 block', '3-7 function add']);
  });

  it('lets a few words go with their neighbour', async () => {
    const text = `'use strict';\n\nfunction twice(value) {\n  return [value, value].map((one) => one * 2).reduce((a, b) => a + b, 0);\n}\n\nmodule.exports = twice;\n`;
    assert.deepEqual(await outline('a.js', text), ['1-7 function twice']);
  });

  it('parts documentation from its function when only both together are too large', async () => {
    const documentation = (lines: number): string =>
      '# Words about the function and why it is so long.\n'.repeat(lines);
    assert.deepEqual(await outline('a.py', documentation(5) + pythonFunction('sum', 30)), [
      '1-5 function sum',
      '6-36 function sum',
    ]);
    assert.deepEqual(await outline('a.py', documentation(2) + pythonFunction('sum', 31)), [
      '1-17 function sum',
      '18-34 function sum',
    ]);
    assert.deepEqual(await outline('a.py', documentation(25) + pythonFunction('sum', 10)), [
      '1-25 function sum',
      '26-36 function sum',
    ]);
  });

  it('leaves to the next table of a TOML file the comment before it', async () => {
    const table = (name: string): string =>
      `[${name}]\nfirst = "a value of some length"\nsecond = "another value of some length"\n`;
    const text = `${table('one')}\n# A comment about what follows,\n# in two lines.\n${table('two')}`;
    assert.deepEqual(await outline('a.toml', text, { maxTokens: 20, minTokens: 4 }), [
      '1-1 section one',
      '2-2 property one.first',
      '3-3 property one.second',
      '5-6 block',
      '7-7 section two',
      '8-8 property two.first',
      '9-9 property two.second',
    ]);
  });

  it('enters namespaces that begin and end on one line', async () => {
    const member = (name: string): string =>
      `int ${name}(int value) {\n  if (value < 0) return -value * ${name}_factor;\n  return value * ${name}_factor + 1;\n}\n`;
    const text = `namespace outer { namespace inner {\n\n${member('first')}\n${member('second')}\n} }\n`;
    assert.deepEqual(await outline('a.cpp', text, { maxTokens: 60, minTokens: 24 }), [
      '1-1 module outer.inner',
      '3-6 function outer.inner.first',
      '8-13 function outer.inner.second',
    ]);
  });

  it('reads the same with any line ends', async () => {
    const text = fixtureText('queue.ts');
    const expected = await outline('queue.ts', text, smallLimits);
    for (const lineEnd of ['\r\n', '\r']) {
      assert.deepEqual(await outline('queue.ts', text.replaceAll('\n', lineEnd), smallLimits), expected);
    }
    const { chunks } = await chunked('queue.ts', text.replaceAll('\n', '\r\n'));
    assert.ok(chunks.every((chunk) => !chunk.text.includes('\r')));
  });

  it('survives characters that are none', async () => {
    const text = 'def f():\n    return "\0\0\ufffd\ud800 \udfff"\n\0\0\0\nclass C:\n    x = 1 \ufeff\u2028 2\n';
    assert.deepEqual(await outline('a.py', text), ['1-5 block f, C']);
    await outline('a.py', text.repeat(40));
    await outline('a.bin.txt', '\0'.repeat(5_000) + '\n' + '\uffff'.repeat(5_000));
  });

  it('keeps a line of a megabyte whole', async () => {
    const line = `const data = [${'1234567,'.repeat(131_072)}];`;
    const outlined = await outline('a.js', `${fixtureText('legacy.js')}\n${line}\nfunction last() {}\n`, smallLimits);
    assert.ok(outlined.includes('80-80 constant data'), outlined.join('\n'));
  });

  it('cuts code that is nested 10,000 deep', async () => {
    const depth = 10_000;
    const texts: Record<string, string> = {
      'line.js': `f(${'('.repeat(depth)}1${')'.repeat(depth)});\n`,
      'lines.js': `${'{\n'.repeat(depth)}${'}\n'.repeat(depth)}`,
      'arrays.ts': `const x =\n${'[\n'.repeat(depth)}${']\n'.repeat(depth)}`,
      'calls.py': `x = ${'f(\n'.repeat(depth)}${')\n'.repeat(depth)}`,
      'elements.html': `${'<div>\n'.repeat(depth)}${'</div>\n'.repeat(depth)}`,
      'open.json': '[\n'.repeat(depth),
      'stairs.txt': Array.from({ length: 3_000 }, (_, level) => `${' '.repeat(level)}x\n`).join(''),
    };
    for (const [path, text] of Object.entries(texts)) await outline(path, text);
  });

  it('reads very many lines, declarations and comments of one kind', async () => {
    const many = 130_000;
    const texts: Record<string, string> = {
      'comments.sql': '-- note\n'.repeat(many),
      'comments.py': '# note\n'.repeat(many),
      'indented.txt': `head\n${'  line\n'.repeat(many)}`,
      'fence.md': `\`\`\`\n${'line\n'.repeat(many)}`,
      'line.js': 'var a=1;'.repeat(many / 4),
      'declarators.js': `var ${'a = 0,\n'.repeat(many / 4)}z;\n`,
      'declares.vb': 'Function F() As Integer\n'.repeat(many / 4),
    };
    for (const [path, text] of Object.entries(texts)) {
      const { chunks, method } = await chunked(path, text, defaults);
      assert.notEqual(method, 'fallback', path);
      assert.equal(chunks.at(-1)?.endLine, text.trimEnd().split('\n').length, path);
    }
  });

  it('chunks a text of more than a hundred thousand characters by syntax', async () => {
    const text = Array.from({ length: 400 }, (_, index) => pythonFunction(`f${index}`, 8)).join('\n\n');
    assert.ok(text.length > 100_000);
    const file = await chunked('large.py', text, defaults);
    assert.equal(file.method, 'grammar');
    assert.equal(file.chunks.length, 400);
    assert.equal(file.chunks[399]?.symbol, 'f399');
  });

  it('reads what is too large for a tree line by line', async () => {
    const text = Array.from({ length: 50_000 }, (_, index) => pythonFunction(`f${index}`, 1))
      .join('\n\n')
      .concat('#'.repeat(1_000_000));
    assert.ok(text.length > 4_000_000);
    const file = await chunked('huge.py', text, defaults);
    assert.deepEqual([file.method, file.fallbackReason], ['fallback', 'memory']);
    assertPartition(text.slice(0, 0), [], defaults.maxTokens);
    assert.ok(file.chunks.length > 1_000);
    assert.ok(file.chunks.every(({ text: chunk }) => estimateTokens(chunk) <= 400 || !chunk.includes('\n')));
  });

  it('guesses definitions of a language whose grammar is not at hand', () => {
    const chunks = chunkText({ text: fixtureText('inventory.py'), language: 'python', ...smallLimits });
    const symbols = chunks.map(({ symbol }) => symbol);
    for (const name of ['Warehouse.reserve', 'Warehouse.release', 'reorder']) assert.ok(symbols.includes(name), name);
  });

  it('cuts other texts at blank lines', async () => {
    const paragraph = `${'Words follow words until the line is full, and then some. '.repeat(3)}\n`.repeat(8);
    assert.deepEqual(await outline('a.txt', `${paragraph}\n${paragraph}\n${paragraph}`), [
      '1-8 block',
      '10-17 block',
      '19-26 block',
    ]);
  });

  it('names sections of reStructuredText, AsciiDoc, LaTeX and Dockerfiles', async () => {
    const words = 'Enough words to make a section that is worth being found, and then a few more of them.\n'.repeat(3);
    assert.deepEqual(await outline('a.rst', `=====\nTitle\n=====\n\n${words}\nPart\n----\n\n${words}`), [
      '1-7 section Title',
      '9-14 section Title > Part',
    ]);
    assert.deepEqual(await outline('a.adoc', `= Title\n\n${words}\n== Part\n\n${words}`), [
      '1-5 section Title',
      '7-11 section Title > Part',
    ]);
    assert.deepEqual(await outline('a.tex', `\\section{One}\n${words}\\subsection{Two}\n${words}`), [
      '1-4 section One',
      '5-8 section One > Two',
    ]);
    const run =
      'RUN apt-get update && apt-get install --yes --no-install-recommends build-essential python3 git\n'.repeat(3);
    assert.deepEqual(await outline('Dockerfile', `FROM debian AS build\n${run}FROM scratch\n${run}`), [
      '1-4 section debian AS build',
      '5-8 section scratch',
    ]);
  });
});

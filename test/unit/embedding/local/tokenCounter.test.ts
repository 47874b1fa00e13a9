import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { forEachPart } from '../../../../src/core/chunking/terms.ts';
import { TokenCounter } from '../../../../src/core/embedding/local/tokenCounter.ts';

const rowOf = new Map(['upload', 'file', 'retri', 'é'].map((token, row) => [token, row]));
const buckets = 4_001;

/** Counts texts with one counter, as a session does. */
function createCounting(): (text: string) => { counts: ReadonlyMap<number, number>; tokens: number } {
  const counts = new Float64Array(rowOf.size + buckets);
  const touched = new Uint32Array(rowOf.size + buckets);
  const counter = new TokenCounter({ rowOf, buckets, counts, touched });
  return (text) => {
    counter.add(text, 1);
    const rows = touched.slice(0, counter.touchedCount);
    const found = new Map(Array.from(rows, (row) => [row, counts[row]!]));
    assert.equal(found.size, rows.length, 'a row is listed twice');
    counts.fill(0);
    return { counts: found, tokens: counter.begin() };
  };
}

/** The same, word for word by the tokenizer. */
function expected(text: string): { counts: ReadonlyMap<number, number>; tokens: number } {
  const { rowOf: row } = new TokenCounterRows();
  const counts = new Map<number, number>();
  let tokens = 0;
  forEachPart(text, (token) => {
    counts.set(row(token), (counts.get(row(token)) ?? 0) + 1);
    tokens++;
  });
  return { counts, tokens };
}

class TokenCounterRows {
  readonly #counter = new TokenCounter({ rowOf, buckets, counts: new Float64Array(), touched: new Uint32Array() });
  readonly rowOf = (token: string): number => this.#counter.rowOf(token);
}

describe('TokenCounter', () => {
  it('counts what the tokenizer gives, in any text, however often it meets it', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'retryUpload',
        'HTTPServer2',
        'file_name',
        'kebab-case',
        '-',
        '--',
        'a-é',
        'é',
        'naïve',
        '日本語',
      ),
      fc.constantFrom('-', '_', ' ', '\n', '.', '𝒳', '\ud83d', '\udc00', '0x1F', '2nd', 'sha256', '😀', '\u0301', '×'),
      fc.string({ unit: 'binary' }),
      fc.string(),
    );
    const count = createCounting();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        assert.deepEqual(count(text), expected(text));
        assert.deepEqual(count(text), expected(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts source code like the tokenizer', () => {
    const count = createCounting();
    const text = readFileSync(import.meta.filename, 'utf8');
    for (let at = 0; at < text.length; at += 500) {
      assert.deepEqual(count(text.slice(at, at + 500)), expected(text.slice(at, at + 500)));
    }
  });

  it('goes on alike when more words have come than it remembers', () => {
    const count = createCounting();
    const words = (from: number): string => Array.from({ length: 1_000 }, (_, n) => `w${from + n}x`).join(' ');
    for (let from = 0; from < 150_000; from += 1_000) count(words(from));
    assert.deepEqual(count(words(0)), expected(words(0)));
    assert.deepEqual(count(words(149_000)), expected(words(149_000)));
  });

  it('takes words longer than it remembers', () => {
    const text = `${'x'.repeat(5_000)} ${'longIdentifier'.repeat(4)} ${'a_'.repeat(100)}`;
    const count = createCounting();
    for (let round = 0; round < 2; round++) assert.deepEqual(count(text), expected(text));
  });

  it('finds the bucket of an unknown token by FNV-1a over its code units', () => {
    // The hash of "a": http://www.isthe.com/chongo/tech/comp/fnv/ (test vectors).
    assert.equal(new TokenCounterRows().rowOf('a'), rowOf.size + (0xe40c292c % buckets));
    assert.equal(new TokenCounterRows().rowOf('foobar'), rowOf.size + (0xbf9cf968 % buckets));
    assert.equal(new TokenCounterRows().rowOf('file'), 1);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { describe, it } from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LineTable } from '../../../src/core/chunking/lines.ts';
import { estimateTokens } from '../../../src/core/chunking/tokens.ts';
import { fixtureText } from '../../support/fixtureChunks.ts';

describe('estimateTokens', () => {
  it('is near what a tokenizer counts, in every language', () => {
    const errors = readdirSync(join(import.meta.dirname, '../../fixtures/chunking')).map((name) => {
      const text = fixtureText(name);
      return { name, error: estimateTokens(text) / countTokens(text) - 1 };
    });
    for (const { name, error } of errors)
      assert.ok(error > -0.12 && error < 0.2, `${name}: ${(error * 100).toFixed(1)} %`);
    const mean = errors.reduce((sum, { error }) => sum + error, 0) / errors.length;
    assert.ok(mean > -0.02 && mean < 0.08, `mean ${(mean * 100).toFixed(1)} %`);
  });

  it('does not underestimate data by much', () => {
    const base64 = Buffer.from(Array.from({ length: 600 }, (_, index) => (index * 97) % 256)).toString('base64');
    const numbers = Array.from({ length: 300 }, (_, index) => (index * 7919) % 10_000).join(', ');
    const chinese = '这是一个用于测试的句子，包含标点符号。'.repeat(20);
    for (const text of [base64, numbers, chinese])
      assert.ok(estimateTokens(text) > countTokens(text) * 0.8, text.slice(0, 20));
  });

  it('is the sum of the lines', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })), (parts) => {
        const text = parts.join('\n').replaceAll('\r', '');
        const lines = new LineTable(text);
        assert.equal(lines.tokens(0, lines.count - 1), estimateTokens(text));
      }),
    );
  });

  it('has nothing to count in nothing', () => assert.equal(estimateTokens(''), 0));
});

describe('LineTable', () => {
  it('ends lines where an editor ends them', () => {
    const lines = new LineTable('a\r\n\tb\rc\n\n  \nd\u2028e');
    assert.equal(lines.count, 6);
    assert.deepEqual(
      Array.from({ length: lines.count }, (_, line) => [lines.lineText(line), lines.indentOf(line)]),
      [
        ['a', 0],
        ['\tb', 4],
        ['c', 0],
        ['', -1],
        ['  ', -1],
        ['d\u2028e', 0],
      ],
    );
    assert.equal(lines.rangeText(0, 2), 'a\n\tb\nc');
  });

  it('has no line behind the last line end', () => {
    assert.equal(new LineTable('').count, 0);
    assert.equal(new LineTable('a\n').count, 1);
    assert.equal(new LineTable('a\n\n').count, 2);
  });

  it('finds the line of every character', () => {
    const text = 'one\ntwo\r\n\rfour';
    const lines = new LineTable(text);
    assert.deepEqual(
      [0, 2, 4, 7, 8, 9, 10, 13].map((index) => lines.lineAt(index)),
      [0, 0, 1, 1, 1, 2, 3, 3],
    );
  });

  it('calls blank what trimming leaves empty', () => {
    for (const blank of ['', ' ', '\t', '\u00a0', '\ufeff', '\u3000', '\f\v'])
      assert.ok(new LineTable(`${blank}\n`).isBlank(0));
    for (const visible of ['x', '\0', '\u200b']) assert.ok(!new LineTable(`${visible}\n`).isBlank(0));
  });
});

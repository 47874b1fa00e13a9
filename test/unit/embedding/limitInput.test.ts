import assert from 'node:assert/strict';
import fc from 'fast-check';
import { halveInput, limitInput, truncationMark } from '../../../src/core/embedding/limitInput.ts';
import { loadTokenizer, type Tokenizer, utf8Length } from '../../../src/core/embedding/tokenizer.ts';

describe('limitInput', () => {
  let tokenizer: Tokenizer;

  before(async () => {
    tokenizer = await loadTokenizer();
  });

  it('leaves a text alone that fits', async () => {
    const text = 'const answer = 42;';
    assert.deepEqual(await limitInput(text, 100), { text, truncated: false });
    assert.deepEqual(await limitInput(text, tokenizer.count(text)), { text, truncated: false });
  });

  it('keeps as much of the beginning as fits with the mark', async () => {
    const words = Array.from({ length: 2_000 }, (_, index) => `word${index}`).join(' ');
    const { text, truncated } = await limitInput(words, 500);
    assert.equal(truncated, true);
    assert(text.endsWith(truncationMark));
    assert(words.startsWith(text.slice(0, -truncationMark.length)));
    assert(tokenizer.count(text) <= 500);
    assert(tokenizer.count(text) > 490);
  });

  it('holds the limit for any text, and never splits a character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('word ', '日本', '😀', '\n\t', '=>', 'x'.repeat(50), '<|endoftext|>'), {
          maxLength: 400,
        }),
        fc.integer({ min: 1, max: 300 }),
        async (parts, maxTokens) => {
          const whole = parts.join('');
          const { text, truncated } = await limitInput(whole, maxTokens);
          assert(tokenizer.count(text) <= maxTokens);
          assert(text.isWellFormed());
          assert.equal(truncated, text !== whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('counts a long unbroken word in bounded time', () => {
    const word = 'a1'.repeat(100_000);
    assert(tokenizer.count(word) > 1_000);
  });

  it('halves a text and keeps one mark', () => {
    const once = halveInput('0123456789'.repeat(4));
    assert.equal(once, `${'0123456789'.repeat(2)}${truncationMark}`);
    assert.equal(halveInput(once), `0123456789${truncationMark}`);
    assert(halveInput('😀😀😀').isWellFormed());
  });

  it('knows the UTF-8 length of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        assert.equal(utf8Length(text), Buffer.byteLength(text));
      }),
    );
    assert.equal(utf8Length('a\ud800b\udc00\ud800'), Buffer.byteLength('a\ud800b\udc00\ud800'));
  });

  it('is right that text never has more tokens than bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        assert(tokenizer.count(text) <= utf8Length(text));
      }),
      { numRuns: 200 },
    );
  });
});

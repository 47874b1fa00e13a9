import assert from 'node:assert/strict';
import { longText, shortText } from '../../../../src/core/embedding/probe/probeTexts.ts';
import { loadTokenizer } from '../../../../src/core/embedding/tokenizer.ts';
import { shortTextTokens } from '../../../../src/util/probeCost.ts';

describe('the texts of a probe', () => {
  it('have as many tokens as words', async () => {
    const tokenizer = await loadTokenizer();
    for (let index = 0; index < 200; index++) assert.equal(tokenizer.count(shortText(index)), shortTextTokens);
    for (const tokens of [16, 511, 8_191]) {
      assert.equal(tokenizer.count(longText(tokens, Math.floor(tokens / 2), 'nature')), tokens);
      assert.equal(tokenizer.count(longText(tokens, Math.floor(tokens / 2), 'trade')), tokens);
    }
  });

  it('are different from each other, whatever the order of their words', () => {
    const words = Array.from({ length: 1_000 }, (_, index) => shortText(index).split(' ').sort().join(' '));
    assert.equal(new Set(words).size, 1_000);
  });

  it('share their beginning and no word of their ends', () => {
    const [one, other] = (['nature', 'trade'] as const).map((end) => longText(100, 80, end).split(' '));
    assert(one && other);
    assert.deepEqual(one.slice(0, 80), other.slice(0, 80));
    assert(one.slice(80).every((word) => !other.slice(80).includes(word)));
  });
});

import assert from 'node:assert/strict';
import { readTokens } from '../../../src/vscode/tokenInput.ts';

describe('a number of tokens as it is written', () => {
  it('may have its thousands apart', () => {
    for (const text of ['1000000', '1,000,000', '1.000.000', ' 1 000 000 ', "1'000'000", '1’000’000', '1_000_000'])
      assert.equal(readTokens(text), 1_000_000, text);
    assert.equal(readTokens('0'), 0);
    assert.equal(readTokens('999999999999'), 999_999_999_999);
    assert.equal(readTokens('  '), undefined);
  });

  it('is not guessed', () => {
    for (const text of ['1.5', '1,5', '1e6', '-5', '10 00', '1,000.000', '1,0000', '1000000000000', '5M', '.'])
      assert.equal(readTokens(text), 'wrong', text);
  });
});

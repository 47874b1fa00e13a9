import assert from 'node:assert/strict';
import { avoidedCost } from '../../../src/core/embedding/avoidedCost.ts';
import { estimateTokens } from '../../../src/core/chunking/tokens.ts';

const documents = Array.from({ length: 10 }, (_, n) => ({
  ...{ path: 'a.ts', symbol: '', kind: 'block' as const },
  text: `const value${n} = compute(${n});`,
}));
const bounds = { maxBatchInputs: 4, maxBatchTokens: 100_000 };

describe('what the cache saved', () => {
  it('is the tokens of what it had, with the path that would have been sent, and whole requests', () => {
    const all = avoidedCost(documents, () => true, bounds);
    const expected = documents.map(({ path, text }) => estimateTokens(`${path}\n${text}`)).reduce((a, b) => a + b);
    assert.deepEqual(all, { requests: 3, tokens: expected });
  });

  it('is no request when the rest fills as many', () => {
    const { requests, tokens } = avoidedCost(documents, (index) => index === 0, bounds);
    assert.equal(requests, 0);
    assert.equal(tokens, estimateTokens('a.ts\nconst value0 = compute(0);'));
    assert.equal(avoidedCost(documents, (index) => index < 2, bounds).requests, 1);
  });

  it('is nothing without hits', () => {
    assert.deepEqual(
      avoidedCost(documents, () => false, bounds),
      { requests: 0, tokens: 0 },
    );
  });

  it('counts requests by tokens where those are the limit', () => {
    assert.equal(avoidedCost(documents, () => true, { maxBatchInputs: 100, maxBatchTokens: 1 }).requests, 10);
  });
});

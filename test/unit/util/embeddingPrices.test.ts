import assert from 'node:assert/strict';
import { listPrice } from '../../../src/util/embeddingPrices.ts';

describe('list prices', () => {
  it('are per million tokens', () => {
    assert.equal(listPrice('text-embedding-3-small', 1_000_000), 0.02);
    assert.equal(listPrice('text-embedding-3-large', 500_000), 0.065);
  });

  it('know a model by the name a gateway gives it, and by that of a version', () => {
    assert.equal(listPrice('mistral/codestral-embed-2505', 1e6), 0.15);
    assert.equal(listPrice('Voyage-Code-3', 1e6), 0.18);
    assert.equal(listPrice('openai/text-embedding-ada-002', 1e6), 0.1);
  });

  it('are not guessed for other models', () => {
    for (const model of ['nomic-embed-text', 'constructor', '', 'text-embedding-3', 'voyage-code-3-mine']) {
      assert.equal(listPrice(model, 1e6), undefined, model);
    }
  });
});

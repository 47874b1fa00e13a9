import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TopHits } from '../../../src/core/vector/topHits.ts';

describe('TopHits', () => {
  it('keeps the best k of all offered, best first, equal scores by id, whatever their order', () => {
    const offers = fc.uniqueArray(
      fc.record({ id: fc.nat(), score: fc.constantFrom(-1, -0.5, 0, 0.5, 1) }, { noNullPrototype: true }),
      {
        selector: ({ id }) => id,
      },
    );
    fc.assert(
      fc.property(offers, fc.integer({ min: 1, max: 8 }), fc.constantFrom(-Infinity, 0), (offered, k, minScore) => {
        const hits = new TopHits(k, minScore);
        for (const { id, score } of offered) hits.offer(id, score);
        const expected = offered
          .filter(({ score }) => score >= minScore)
          .sort((a, b) => b.score - a.score || a.id - b.id)
          .slice(0, k);
        assert.deepEqual(hits.sorted(), expected);
        assert(expected.length < k ? hits.floor === minScore : hits.floor === expected.at(-1)!.score);
      }),
    );
  });

  it('shows a product that rounding carried past 1 as 1', () => {
    const hits = new TopHits(2);
    hits.offer(1, 1.0000002);
    hits.offer(2, -1.0000002);
    assert.deepEqual(hits.sorted().map(({ score }) => score), [1, -1]); // prettier-ignore
  });
});

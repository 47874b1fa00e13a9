import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diversify, fuse } from '../../../src/core/search/fuse.ts';

const items = (...keys: string[]): { key: string; score: number }[] =>
  keys.map((key, index) => ({ key, score: 10 - index }));

describe('fuse', () => {
  it('gives 1 to what is first in every list', () => {
    const [best] = fuse([
      { source: 'lexical', weight: 1, items: items('a', 'b') },
      { source: 'semantic', weight: 1, items: items('a', 'c') },
    ]);
    assert.equal(best?.key, 'a');
    assert(Math.abs((best?.score ?? 0) - 1) < 1e-12);
  });

  it('prefers what both lists have over what one has at the same rank', () => {
    const order = fuse([
      { source: 'lexical', weight: 1, items: items('x', 'both') },
      { source: 'semantic', weight: 1, items: items('y', 'both') },
    ]).map(({ key }) => key);
    assert.equal(order[0], 'both');
  });

  it('says the rank and score each list gave', () => {
    const fused = fuse([
      { source: 'lexical', weight: 1, items: items('a', 'b') },
      { source: 'semantic', weight: 1, items: items('b') },
    ]);
    assert.deepEqual(fused.find(({ key }) => key === 'b')?.sources, {
      lexical: { rank: 2, score: 9 },
      semantic: { rank: 1, score: 10 },
    });
    assert.deepEqual(fused.find(({ key }) => key === 'a')?.sources, { lexical: { rank: 1, score: 10 } });
  });

  it('keeps the order of a single list', () => {
    assert.deepEqual(
      fuse([{ source: 'lexical', weight: 1, items: items('c', 'a', 'b') }]).map(({ key }) => key),
      ['c', 'a', 'b'],
    );
  });

  it('scores fall within 0 and 1 and never rise down the list', () => {
    const list = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(list, list, (left, right) => {
        const scores = fuse([
          { source: 'lexical', weight: 2, items: items(...left) },
          { source: 'semantic', weight: 1, items: items(...right) },
        ]).map(({ score }) => score);
        assert.equal(scores.length, new Set([...left, ...right]).size);
        scores.forEach((score, index) => assert(score > 0 && score <= 1 + 1e-12 && score <= (scores[index - 1] ?? 1)));
      }),
    );
  });
});

describe('diversify', () => {
  it('moves what is beyond the limit of its file behind the others, and drops nothing', () => {
    const results = ['a1', 'a2', 'a3', 'b1', 'a4', 'c1'];
    assert.deepEqual(
      diversify(results, (result) => result.charAt(0), 2),
      ['a1', 'a2', 'b1', 'c1', 'a3', 'a4'],
    );
    assert.deepEqual(
      diversify(results, (result) => result.charAt(0), 0),
      results,
    );
  });
});

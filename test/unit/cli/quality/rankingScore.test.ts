import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scoreRanking, type Place, type Target } from '../../../../src/cli/quality/rankingScore.ts';

function places(...texts: string[]): Place[] {
  return texts.map((text) => {
    const [path = '', start = '1', end = start] = text.split(/[:-]/);
    return { path, startLine: Number(start), endLine: Number(end) };
  });
}

function targets(...paths: string[]): Target[] {
  return paths.map((path) => ({ path }));
}

describe('score of a ranking', () => {
  it('is 1 throughout when all that is wanted comes first', () => {
    const score = scoreRanking(places('a', 'b', 'c'), targets('b', 'a'), 'file', 10);
    assert.deepEqual(score, { ndcg: 1, reciprocalRank: 1, recall: 1, hit1: 1, ranks: [2, 1] });
  });

  it('discounts by the logarithm of the rank', () => {
    // DCG = 1/log2(3) + 1/log2(5), best possible = 1 + 1/log2(3).
    const { ndcg, reciprocalRank, recall, hit1, ranks } = scoreRanking(
      places('x', 'a', 'y', 'b'),
      targets('a', 'b'),
      'file',
      10,
    );
    assert.ok(Math.abs(ndcg - 0.650921) < 1e-6);
    assert.deepEqual([reciprocalRank, recall, hit1], [0.5, 1, 0]);
    assert.deepEqual(ranks, [2, 4]);
  });

  it('counts files by their first result, so a file with many results pushes nothing down', () => {
    const results = places('x:1', 'x:20', 'x:40', 'a:7');
    assert.deepEqual(scoreRanking(results, targets('a'), 'file', 10).ranks, [2]);
    assert.deepEqual(scoreRanking(results, targets('a'), 'chunk', 10).ranks, [4]);
  });

  it('looks at the first k only', () => {
    const score = scoreRanking(places('x', 'y', 'a'), targets('a'), 'file', 2);
    assert.deepEqual(score, { ndcg: 0, reciprocalRank: 0, recall: 0, hit1: 0, ranks: [undefined] });
    // Three targets cannot all be among the first two: the best possible holds two.
    assert.equal(scoreRanking(places('a', 'b', 'c'), targets('a', 'b', 'c'), 'file', 2).ndcg, 1);
  });

  it('asks for an overlap with the expected lines in unit chunk alone', () => {
    const wanted = [{ path: 'a', startLine: 10, endLine: 20 }];
    const results = places('a:1-9', 'a:20-30', 'a:21-30');
    assert.deepEqual(scoreRanking(results, wanted, 'chunk', 10).ranks, [2]);
    assert.deepEqual(scoreRanking(results, wanted, 'file', 10).ranks, [1]);
    assert.deepEqual(scoreRanking(places('a:1-9'), targets('a'), 'chunk', 10).ranks, [1]);
  });

  it('takes several places of one file for one target when files are counted', () => {
    const wanted = [
      { path: 'a', startLine: 1, endLine: 2 },
      { path: 'a', startLine: 50, endLine: 60 },
    ];
    const byFile = scoreRanking(places('a:1-2'), wanted, 'file', 10);
    assert.deepEqual([byFile.ndcg, byFile.recall], [1, 1]);
    const byChunk = scoreRanking(places('a:1-2'), wanted, 'chunk', 10);
    assert.ok(Math.abs(byChunk.ndcg - 1 / (1 + 1 / Math.log2(3))) < 1e-12);
    assert.equal(byChunk.recall, 0.5);
  });

  it('stays within 0..1 and agrees with itself for any ranking', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const place = fc
      .record({ path: name, startLine: fc.integer({ min: 1, max: 30 }), length: fc.nat(10) })
      .map(({ path, startLine, length }) => ({ path, startLine, endLine: startLine + length }));
    fc.assert(
      fc.property(
        fc.array(place, { maxLength: 15 }),
        fc.array(place, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('file' as const, 'chunk' as const),
        (results, wanted, unit) => {
          const { ndcg, reciprocalRank, recall, hit1, ranks } = scoreRanking(results, wanted, unit, 10);
          for (const value of [ndcg, reciprocalRank, recall]) assert.ok(value >= 0 && value <= 1 + 1e-12);
          assert.equal(hit1 === 1, reciprocalRank === 1);
          assert.equal(recall > 0, ndcg > 0);
          assert.equal(recall === 1, !ranks.includes(undefined));
        },
      ),
    );
  });
});

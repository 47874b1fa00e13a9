import assert from 'node:assert/strict';
import { estimate } from '../../../../src/cli/quality/estimate.ts';
import { groupBy, summarize, summarizeSets } from '../../../../src/cli/quality/summary.ts';
import type { RankingScore } from '../../../../src/cli/quality/rankingScore.ts';

function scores(...values: number[]): RankingScore[] {
  return values.map((ndcg) => ({ ndcg, reciprocalRank: ndcg, recall: ndcg, hit1: 0, ranks: [] }));
}

describe('summary of scores', () => {
  it('gives the same interval for the same values, around the mean', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i % 4) / 3);
    const { mean, interval } = estimate(values);
    assert.ok(Math.abs(mean - 0.5) < 1e-12);
    assert.deepEqual(estimate(values).interval, interval);
    // The standard error is .373/√100, so the interval is about .5 ± 1.96 · .0373.
    assert.ok(interval !== null && Math.abs(interval[0] - 0.427) < 0.01 && Math.abs(interval[1] - 0.573) < 0.01);
  });

  it('claims no spread of a single value and no error of values that are all alike', () => {
    assert.deepEqual(estimate([0.7]), { mean: 0.7, interval: null });
    assert.deepEqual(estimate([1, 1, 1]), { mean: 1, interval: [1, 1] });
    assert.ok(Number.isNaN(estimate([]).mean));
  });

  it('weighs sets alike, whatever their size', () => {
    const sets = [summarize(scores(1, 1, 1, 1)), summarize(scores(0))];
    assert.equal(summarizeSets(sets).ndcg.mean, 0.5);
    assert.equal(summarizeSets(sets).questions, 5);
    assert.equal(summarize(scores(1, 1, 1, 1, 0)).ndcg.mean, 0.8);
  });

  it('groups in alphabetical order', () => {
    const groups = groupBy(['bb', 'a', 'cc', 'd'], ({ length }) => String(3 - length));
    assert.deepEqual(
      [...groups],
      [
        ['1', ['bb', 'cc']],
        ['2', ['a', 'd']],
      ],
    );
  });
});

import assert from 'node:assert/strict';
import { featureNames, type Features } from '../../../../src/core/search/ranking/features.ts';
import { rank } from '../../../../src/core/search/ranking/rank.ts';
import { saturation } from '../../../../src/core/search/ranking/weights.ts';

function features(relevance: number): Features {
  return { ...(Object.fromEntries(featureNames.map((name) => [name, 0])) as Features), relevance };
}

describe('rank', () => {
  it('puts the better chunk first and keeps the order of equals', () => {
    const order = rank([features(0.2), features(0.9), features(0.2)], ['a', 'b', 'c']).map(({ position }) => position);
    assert.deepEqual(order, [1, 0, 2]);
  });

  it('lowers each further chunk of a file by one step more', () => {
    const judged = rank([features(1), features(1), features(1)], ['a', 'a', 'a']);
    const logits = judged.map(({ score }) => Math.log(score / (1 - score)));
    assert.ok(Math.abs((logits[0] ?? 0) - (logits[1] ?? 0) - saturation) < 1e-9);
    assert.ok(Math.abs((logits[1] ?? 0) - (logits[2] ?? 0) - saturation) < 1e-9);
  });

  it('gives scores between 0 and 1', () => {
    for (const { score } of rank([features(0), features(1)], ['a', 'b'])) assert.ok(score > 0 && score < 1);
  });
});

import assert from 'node:assert/strict';
import { featureNames, type FeatureTable } from '../../../../src/core/search/ranking/features.ts';
import { rank as rankTable, type Judgement } from '../../../../src/core/search/ranking/rank.ts';
import { saturation } from '../../../../src/core/search/ranking/weights.ts';

/** Chunks that differ in relevance only. */
function rank(relevance: readonly number[], files: readonly string[]): Judgement[] {
  const values = new Float64Array(relevance.length * featureNames.length);
  relevance.forEach((value, row) => (values[row * featureNames.length + featureNames.indexOf('relevance')] = value));
  const table: Pick<FeatureTable, 'rows' | 'values'> = { rows: relevance.length, values };
  return rankTable(table, (position) => files[position]);
}

describe('rank', () => {
  it('puts the better chunk first and keeps the order of equals', () => {
    const order = rank([0.2, 0.9, 0.2], ['a', 'b', 'c']).map(({ position }) => position);
    assert.deepEqual(order, [1, 0, 2]);
  });

  it('lowers each further chunk of a file by one step more', () => {
    const judged = rank([1, 1, 1], ['a', 'a', 'a']);
    const logits = judged.map(({ score }) => Math.log(score / (1 - score)));
    assert.ok(Math.abs((logits[0] ?? 0) - (logits[1] ?? 0) - saturation) < 1e-9);
    assert.ok(Math.abs((logits[1] ?? 0) - (logits[2] ?? 0) - saturation) < 1e-9);
  });

  it('gives scores between 0 and 1', () => {
    for (const { score } of rank([0, 1], ['a', 'b'])) assert.ok(score > 0 && score < 1);
  });
});

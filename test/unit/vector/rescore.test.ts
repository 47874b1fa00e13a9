import assert from 'node:assert/strict';
import { canHideMore, contenders, merge, rescore, type CodedHit } from '../../../src/core/vector/rescore.ts';
import type { ShardHits } from '../../../src/core/vector/shardApi.ts';

/** `id score error` each, scores exact in binary. */
function hits(...rows: readonly (readonly [id: number, score: number, error: number])[]): CodedHit[] {
  return rows.map(([id, score, error]) => ({ id, score, error }));
}

const ids = (of: readonly CodedHit[]): number[] => of.map(({ id }) => id);

/** The answer of one shard. */
function answer(
  maxError: number,
  ...rows: readonly (readonly [id: number, score: number, error: number])[]
): ShardHits {
  return {
    ids: Float64Array.from(rows, ([id]) => id),
    scores: Float32Array.from(rows, ([, score]) => score),
    errors: Float32Array.from(rows, ([, , error]) => error),
    maxError,
  };
}

describe('merge', () => {
  it('puts the hits of all shards in the order of their scores, each with its error', () => {
    const merged = merge([answer(1, [1, 0.75, 0.5], [2, 0.25, 0.125]), answer(1), answer(1, [3, 0.5, 0.25])]);
    assert.deepEqual(merged, hits([1, 0.75, 0.5], [3, 0.5, 0.25], [2, 0.25, 0.125]));
  });

  it('keeps equal scores in the order of the shards', () => {
    assert.deepEqual(ids(merge([answer(1, [9, 0.5, 0]), answer(1, [1, 0.5, 0])])), [9, 1]);
  });

  it('has nothing of no answers', () => {
    assert.deepEqual(merge([]), []);
  });
});

describe('contenders', () => {
  const coded = hits([1, 0.75, 0.125], [2, 0.625, 0.125], [3, 0.5, 0.125], [4, 0.375, 0.125], [5, 0.25, 0.5]);

  it('are all hits that can be better than what the one in the last place is at least', () => {
    // The second is 0.5 at least; the fourth can be 0.5 at most, the fifth 0.75.
    assert.deepEqual(ids(contenders(coded, 2, 1)), [1, 2, 3, 4, 5]);
    // The first is 0.625 at least.
    assert.deepEqual(ids(contenders(coded, 1, 1)), [1, 2, 3, 5]);
  });

  it('are fewer when less of the possible error is reckoned with', () => {
    assert.deepEqual(ids(contenders(coded, 1, 0.25)), [1]);
    assert.deepEqual(ids(contenders(coded, 2, 0)), [1, 2]);
  });

  it('are ranked by what they are at least, not by their scores', () => {
    // In second place at least 0.5: an uncertain hit on top does not lower that.
    assert.deepEqual(ids(contenders(hits([1, 1, 1], [2, 0.75, 0], [3, 0.5, 0], [4, 0.25, 0]), 2, 1)), [1, 2, 3]);
  });

  it('are all when no more are there than wanted, and none of none', () => {
    assert.deepEqual(ids(contenders(coded, 5, 0)), [1, 2, 3, 4, 5]);
    assert.deepEqual(ids(contenders(coded, 50, 1)), [1, 2, 3, 4, 5]);
    assert.deepEqual(contenders([], 5, 1), []);
  });
});

describe('canHideMore', () => {
  const first = answer(0.125, [1, 0.75, 0], [2, 0.5, 0]);

  it('is false for a shard that gave all it has', () => {
    assert.equal(canHideMore(first, merge([first]), 2, 3), false);
    assert.equal(canHideMore(answer(1), [], 2, 1), false);
  });

  it('asks whether the shard’s next hit, at its largest error, can be among the best', () => {
    const better = answer(0.125, [3, 1, 0], [4, 0.625, 0]);
    const sorted = merge([first, better]);
    assert.equal(canHideMore(first, sorted, 2, 2), false);
    assert.equal(canHideMore(first, sorted, 3, 2), true);
    assert.equal(canHideMore({ ...first, maxError: 0.0625 }, sorted, 3, 2), false);
    assert.equal(canHideMore({ ...first, maxError: 0.25 }, sorted, 2, 2), true);
  });

  it('takes the errors of the best into account', () => {
    const doubtful = answer(0.125, [3, 1, 0.5], [4, 1, 0.5]);
    assert.equal(canHideMore(first, merge([first, doubtful]), 2, 2), true);
  });
});

describe('rescore', () => {
  const query = Float32Array.of(3, 0, 0, 0, 4);
  const rows = new Map([
    [1, Float32Array.of(3, 0, 0, 0, 4)],
    [2, Float32Array.of(0, 0, 0, 0, 2)],
    [3, Float32Array.of(-6, 0, 0, 0, -8)],
  ]);
  const coded = hits([1, 0.5, 0.5], [2, 0.5, 0.5], [3, 0.5, 0.5]);
  const read = (wanted: readonly number[]) => wanted.map((id) => rows.get(id));
  const scores = (of: readonly CodedHit[]) => Object.fromEntries(of.map(({ id, score }) => [id, score]));

  it('gives the cosine of the vectors, whatever their lengths', () => {
    assert.deepEqual(scores(rescore(query, coded, 3, 1, read)), { 1: 1, 2: 0.8, 3: -1 });
  });

  it('counts every component, however many there are', () => {
    for (let dimensions = 1; dimensions <= 9; dimensions++) {
      const ones = new Float32Array(dimensions).fill(1);
      for (let at = 0; at < dimensions; at++) {
        const row = new Float32Array(dimensions);
        row[at] = 2;
        const [hit] = rescore(ones, hits([1, 0, 1]), 1, 1, () => [row]);
        assert.equal(hit!.score, 2 / (Math.sqrt(dimensions) * 2));
      }
    }
  });

  it('reads the contenders alone, and leaves the others as they are', () => {
    const asked: number[] = [];
    const all = [...coded, ...hits([4, -0.5, 0.25])];
    const scored = rescore(query, all, 1, 1, (wanted) => {
      asked.push(...wanted);
      return read(wanted);
    });
    assert.deepEqual(asked, [1, 2, 3]);
    assert.deepEqual(scores(scored), { 1: 1, 2: 0.8, 3: -1, 4: -0.5 });
  });

  it('lets the codes’ score stand where a vector is missing or is of another length', () => {
    const given = rescore(query, coded, 3, 1, () => [undefined, Float32Array.of(1, 0), Float32Array.of(0, 1, 0, 0, 0)]);
    assert.deepEqual(scores(given), { 1: 0.5, 2: 0.5, 3: 0 });
    assert.deepEqual(scores(rescore(query, coded, 3, 1, () => [])), { 1: 0.5, 2: 0.5, 3: 0.5 });
  });

  it('reads nothing for no hits', () => {
    assert.deepEqual(rescore(query, [], 10, 1, read), []);
  });
});

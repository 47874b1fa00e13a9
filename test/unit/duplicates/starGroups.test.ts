import assert from 'node:assert/strict';
import fc from 'fast-check';
import { starGroups } from '../../../src/core/duplicates/starGroups.ts';

function symmetric(count: number, pairs: readonly (readonly [number, number, number])[]): Map<number, number>[] {
  const of = Array.from({ length: count }, () => new Map<number, number>());
  for (const [one, other, value] of pairs) {
    if (one === other) continue;
    of[one]!.set(other, value);
    of[other]!.set(one, value);
  }
  return of;
}

describe('star groups', () => {
  it('do not chain what only has neighbours in common', () => {
    const chain = symmetric(5, [
      [0, 1, 0.9],
      [1, 2, 0.9],
      [2, 3, 0.9],
      [3, 4, 0.9],
    ]);
    const stars = starGroups(chain, [1, 1, 1, 1, 1]);
    assert.deepEqual(
      stars.map(({ centre, others }) => [centre, ...others.keys()]),
      [
        [1, 0, 2],
        [3, 4],
      ],
    );
  });

  it('take the heavier of equals as the first', () => {
    const [star] = starGroups(symmetric(2, [[0, 1, 0.8]]), [1, 5]);
    assert.equal(star?.centre, 1);
  });

  const pair = fc.tuple(fc.nat(11), fc.nat(11), fc.double({ min: 0.5, max: 1, noNaN: true }));

  it('have each piece once, alike to its first, and leave alone only what has nobody free', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), (pairs) => {
        const likenesses = symmetric(12, pairs);
        const stars = starGroups(likenesses, new Array<number>(12).fill(1));
        const all = stars.flatMap(({ centre, others }) => [centre, ...others.keys()]);
        assert.equal(new Set(all).size, all.length);
        for (const { centre, others } of stars) {
          assert.ok(others.size > 0);
          for (const [other, value] of others) assert.equal(likenesses[centre]!.get(other), value);
        }
        const taken = new Set(all);
        likenesses.forEach((near, piece) => {
          if (!taken.has(piece)) for (const other of near.keys()) assert.ok(taken.has(other));
        });
      }),
    );
  });
});

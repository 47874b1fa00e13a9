import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Checksum } from '../../../src/util/checksum.ts';

const words = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 40 });

function sum(...parts: readonly (readonly number[])[]): number {
  return parts.reduce((checksum, part) => checksum.update(Uint32Array.from(part)), new Checksum()).digest();
}

describe('Checksum', () => {
  it('is a whole number of 32 bits, the same every time', () => {
    const expected = sum([1, 2, 3, 4, 5]);
    assert(Number.isInteger(expected) && expected >= 0 && expected < 2 ** 32);
    assert.equal(sum([1, 2, 3, 4, 5]), expected);
  });

  it('does not depend on the pieces words come in', () => {
    fc.assert(fc.property(words, words, words, (a, b, c) => assert.equal(sum(a, b, c), sum([...a, ...b, ...c]))));
  });

  it('changes with any word, and with their number and order', () => {
    fc.assert(
      fc.property(words, fc.nat(), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (list, at, change) => {
        fc.pre(list.length > 0);
        const changed = [...list];
        changed[at % list.length] = (changed[at % list.length]! ^ change) >>> 0;
        assert.notEqual(sum(changed), sum(list));
        assert.notEqual(sum([...list, 0]), sum(list));
      }),
    );
    assert.notEqual(sum([1, 2, 3, 4, 5, 6, 7, 8]), sum([5, 6, 7, 8, 1, 2, 3, 4]));
    assert.notEqual(sum([1, 2]), sum([2, 1]));
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { axisTicks } from '../../../../webview/performance/axis.ts';

describe('axis', () => {
  it('has round steps from 0 to the first one that holds the largest value', () => {
    assert.deepEqual(axisTicks(65, 4), [0, 20, 40, 60, 80]);
    assert.deepEqual(axisTicks(0.3, 4), [0, 0.1, 0.2, 0.3]);
    assert.deepEqual(axisTicks(1000, 2), [0, 500, 1000]);
  });

  it('goes to 1 without data', () => {
    assert.deepEqual(axisTicks(0, 2), [0, 0.5, 1]);
  });

  it('always holds the value and never has more steps than asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 8 }), (max, count) => {
        const ticks = axisTicks(max, count);
        assert.ok((ticks.at(-1) ?? 0) >= max * (1 - 1e-6));
        assert.ok(ticks.length <= count + 1);
      }),
    );
  });
});

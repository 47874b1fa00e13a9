import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createNodeHistogram } from '../../../src/node/nodeHistogram.ts';

describe('createNodeHistogram', () => {
  it('is all zero while empty, and again after reset', () => {
    const histogram = createNodeHistogram();
    for (let round = 0; round < 2; round++) {
      const { count, mean, min, max } = histogram;
      assert.deepEqual({ count, mean, min, max }, { count: 0, mean: 0, min: 0, max: 0 });
      for (const p of [0, 50, 100]) assert.equal(histogram.percentile(p), 0);
      histogram.record(5);
      histogram.reset();
    }
  });

  it('gives percentiles to three digits and the microsecond', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 3_600_000, noNaN: true }), { minLength: 1 }), (durations) => {
        const histogram = createNodeHistogram();
        for (const ms of durations) histogram.record(ms);
        const sorted = durations.toSorted((a, b) => a - b);
        const near = (actual: number, expected: number) =>
          assert(Math.abs(actual - expected) <= 0.001 + expected * 0.001, `${actual} is not near ${expected}`);
        assert.equal(histogram.count, durations.length);
        near(histogram.min, sorted[0]!);
        near(histogram.max, sorted.at(-1)!);
        near(histogram.mean, durations.reduce((sum, ms) => sum + ms, 0) / durations.length);
        for (const p of [1, 50, 95, 99, 100]) {
          near(histogram.percentile(p), sorted[Math.max(1, Math.round((p / 100) * sorted.length)) - 1]!);
        }
      }),
    );
  });

  it('counts what is out of range at the ends of its range', () => {
    const histogram = createNodeHistogram();
    histogram.record(0);
    histogram.record(Infinity);
    assert.equal(histogram.min, 0.001);
    assert(Math.abs(histogram.max - 3_600_000) < 3600);
    assert.equal(histogram.percentile(0), 0.001);
  });
});

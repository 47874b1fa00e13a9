import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLimit } from '../../../../src/core/embedding/probe/findLimit.ts';

describe('findLimit', () => {
  function upTo(limit: number, named?: number) {
    const tried: number[] = [];
    const trial = async (size: number) => {
      tried.push(size);
      return size <= limit ? { accepted: true } : { accepted: false, named };
    };
    return { tried, trial };
  }

  it('finds any limit to the unit, whatever a refusal names, without trying a size twice', async () => {
    const sizes = fc.integer({ min: 1, max: 3_000 });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.option(sizes, { nil: undefined }), async (limit, high, named) => {
        const { tried, trial } = upTo(limit, named);
        const { accepted, by } = await findLimit(1, high, 1, trial);
        assert.equal(accepted, Math.min(limit, high));
        assert.equal(by === 'configured', high <= limit || high === 1);
        assert.equal(new Set(tried).size, tried.length);
        assert(tried.every((size) => size <= high));
      }),
    );
  });

  it('finds a limit up to the ratio asked for by a few tries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 16, max: 8_000 }), async (limit) => {
        const { tried, trial } = upTo(limit);
        const { accepted } = await findLimit(16, 8_191, 1.05, trial);
        assert(accepted <= limit && (limit + 1) / accepted <= 1.05 + 1 / accepted);
        assert(tried.length <= 10, `${tried.length} tries`);
      }),
    );
  });

  it('takes a named limit at its word when a little more is refused', async () => {
    const { tried, trial } = upTo(512, 512);
    assert.deepEqual(await findLimit(16, 8_191, 1.05, trial), { accepted: 512, by: 'named' });
    assert.deepEqual(tried, [8_191, 512, 537]);
  });
});

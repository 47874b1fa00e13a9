import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryGovernor, type MemoryUse } from '../../../src/core/memory/memoryGovernor.ts';
import { AppError, CancelledError } from '../../../src/protocol/errors.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const megabyte = 1e6;
const config = { softLimitBytes: 400 * megabyte, criticalLimitBytes: 1_000 * megabyte };

describe('MemoryGovernor', () => {
  let clock: FakeClock;
  let use: MemoryUse;
  let trims: number;
  let changes: number;
  let governor: MemoryGovernor;

  function holds(workingMegabytes: number, totalMegabytes = workingMegabytes + 50): void {
    use = { workingBytes: workingMegabytes * megabyte, totalBytes: totalMegabytes * megabyte, heapShare: 0.1 };
  }

  beforeEach(() => {
    clock = new FakeClock();
    trims = changes = 0;
    holds(100);
    governor = new MemoryGovernor({
      measure: async () => Promise.resolve(use),
      config: () => config,
      clock,
      logger: { log: () => undefined },
      trim: () => trims++,
      onChanged: () => changes++,
    });
  });

  it('lets everything in below the soft limit, without waiting', async () => {
    for (let n = 0; n < 100; n++) await governor.admit();
    assert.equal(clock.monotonicMs(), 0);
    assert.equal(trims, 0);
    assert.equal(changes, 0);
  });

  it('empties the caches above it, and goes on as soon as there is room', async () => {
    holds(450);
    const admitted = governor.admit();
    await clock.advance(120);
    assert.equal(trims, 1);
    assert.equal((await governor.status()).state, 'soft');
    holds(300);
    await clock.settle(admitted);
    assert.ok(clock.monotonicMs() <= 300, `${clock.monotonicMs()} ms`);
    assert.equal((await governor.status()).state, 'normal');
    assert.equal(changes, 2);
  });

  it('does not stand still above the soft limit: after half a second work goes on', async () => {
    holds(450);
    await clock.settle(governor.admit());
    assert.equal(clock.monotonicMs(), 500);
    for (let n = 0; n < 100; n++) await governor.admit();
    assert.equal(clock.monotonicMs(), 500, 'nor does it wait for each file');
    await clock.advance(5_000);
    await clock.settle(governor.admit());
    assert.equal(clock.monotonicMs(), 6_000, 'but from time to time');
  });

  it('does not count the index: what has to stay may be larger than the soft limit', async () => {
    holds(100, 900);
    await governor.admit();
    assert.equal((await governor.status()).state, 'normal');
  });

  it('does not flicker around a limit', async () => {
    holds(401);
    await governor.status();
    for (const megabytes of [399, 402, 398, 380]) {
      await clock.advance(200);
      holds(megabytes);
      assert.equal((await governor.status()).state, 'soft', `${megabytes}`);
    }
    await clock.advance(200);
    holds(350);
    assert.equal((await governor.status()).state, 'normal');
  });

  it('stops above the critical limit, says so, and lets in again what comes after there is room', async () => {
    holds(500, 1_200);
    await assert.rejects(clock.settle(governor.admit()), (error) => {
      assert.ok(error instanceof AppError && error.code === 'MemoryLimit');
      assert.match(error.message, /its limit of 1,000 MB and holds 1,200 MB now/u);
      return true;
    });
    assert.equal((await governor.status()).state, 'critical');
    holds(100, 800);
    await clock.advance(200);
    await governor.admit();
    assert.equal((await governor.status()).state, 'normal');
  });

  it('stops before the JavaScript heap is full, whatever the limits', async () => {
    use = { ...use, heapShare: 0.9 };
    await assert.rejects(clock.settle(governor.admit()), /heap of the engine is 90 % full/u);
  });

  it('waits out a moment above the critical limit', async () => {
    holds(500, 1_200);
    const admitted = governor.admit();
    await clock.advance(2_000);
    holds(100, 300);
    await clock.settle(admitted);
    assert.ok(clock.monotonicMs() < 5_000);
  });

  it('ends its wait when it is cancelled', async () => {
    holds(450);
    const controller = new AbortController();
    const admitted = governor.admit(controller.signal);
    await clock.advance(100);
    controller.abort();
    await assert.rejects(clock.settle(admitted), CancelledError);
  });

  it('makes batches smaller the less memory is left, never below ten nor above what is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 64, max: 4_096 }),
        fc.integer({ min: 10, max: 2_000 }),
        async (some, more, dimensions, max) => {
          const sizes: number[] = [];
          for (const megabytes of [some, some + more]) {
            await clock.advance(200);
            holds(megabytes);
            await governor.status();
            sizes.push(governor.batchSize(dimensions, max));
          }
          const [first = 0, second = 0] = sizes;
          assert.ok(second <= first && second >= 10 && first <= max);
        },
      ),
      { numRuns: 50 },
    );
    holds(0);
    await clock.advance(200);
    await governor.status();
    assert.equal(governor.batchSize(1_536, 2_000), 2_000);
  });
});

import assert from 'node:assert/strict';
import { liveHeapBytes } from '../../../src/node/liveHeap.ts';

describe('liveHeapBytes', () => {
  it('leaves out what a full collection has shown to be garbage', async () => {
    const used = (): number => process.memoryUsage().heapUsed;
    liveHeapBytes(used());
    let live = Infinity;
    const kept: object[] = [];
    // Makes garbage that outlives the young generation, until V8 sees a reason for a full collection by itself.
    for (let round = 0; round < 2_000 && live >= used() - 5e6; round++) {
      kept.push(Array.from({ length: 20_000 }, (_, n) => ({ n, text: `${round} ${n}` })));
      if (kept.length > 10) kept.shift();
      await new Promise((resolve) => setImmediate(resolve));
      live = liveHeapBytes(used());
    }
    assert.ok(live > 1e6 && live < used(), `${live} of ${used()}`);
  });

  it('never says more than is used', () => {
    assert.equal(liveHeapBytes(1_000), 1_000);
  });
});

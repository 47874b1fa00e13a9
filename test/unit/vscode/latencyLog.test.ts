import assert from 'node:assert/strict';
import { maxSearchSamples } from '../../../src/protocol/views.ts';
import { LatencyLog } from '../../../src/vscode/latencyLog.ts';

describe('latency log', () => {
  it('is empty before the first search', () => {
    const log = new LatencyLog();
    assert.equal(log.last, undefined);
    assert.equal(log.percentileMs(95), undefined);
    assert.deepEqual(log.since(0), []);
  });

  it('gives percentiles by the nearest rank', () => {
    const log = new LatencyLog();
    for (let totalMs = 100; totalMs >= 1; totalMs--) log.add({ at: 0, totalMs });
    assert.equal(log.percentileMs(50), 50);
    assert.equal(log.percentileMs(95), 95);
    assert.equal(log.percentileMs(100), 100);
    assert.equal(log.percentileMs(0), 1);
  });

  it('keeps the newest samples and hands out those a reader has not seen', () => {
    const log = new LatencyLog();
    for (let index = 0; index < maxSearchSamples + 10; index++) log.add({ at: index, totalMs: 1 });
    assert.equal(log.since(0).length, maxSearchSamples);
    assert.equal(log.since(0)[0]?.at, 10);
    const seen = log.count;
    log.add({ at: -1, totalMs: 2 });
    assert.deepEqual(log.since(seen), [{ at: -1, totalMs: 2 }]);
    assert.deepEqual(log.since(log.count), []);
  });
});

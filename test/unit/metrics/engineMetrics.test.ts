import assert from 'node:assert/strict';
import { EngineMetrics } from '../../../src/core/metrics/engineMetrics.ts';
import { createNodeHistogram } from '../../../src/node/nodeHistogram.ts';
import { CancelledError } from '../../../src/protocol/errors.ts';
import { FakeClock } from '../../support/fakeClock.ts';

describe('EngineMetrics', () => {
  it('keeps waiting apart from service', () => {
    const metrics = new EngineMetrics(new FakeClock(), createNodeHistogram);
    metrics.wait('embed', 500);
    metrics.record('embed', 20);
    const { embed } = metrics.snapshot().stages;
    assert.equal(embed?.count, 1);
    assert.equal(Math.round(embed.max), 20);
    assert.equal(embed.wait?.count, 1);
    assert.equal(Math.round(embed.wait.max), 500);
  });

  it('leaves out a stage that has only waited, and names no wait where there is no queue', () => {
    const metrics = new EngineMetrics(new FakeClock(), createNodeHistogram);
    metrics.wait('embed', 500);
    metrics.record('store', 1);
    const { stages } = metrics.snapshot();
    assert.equal(stages.embed, undefined);
    assert.equal(stages.store?.wait, undefined);
  });

  it('counts what failed, but not what was cancelled', async () => {
    const metrics = new EngineMetrics(new FakeClock(), createNodeHistogram);
    const fail = (error: Error) => (): never => {
      throw error;
    };
    assert.throws(() => metrics.time('store', fail(new Error('full'))), /full/u);
    assert.throws(() => metrics.time('store', fail(new CancelledError())), CancelledError);
    await assert.rejects(
      metrics.timeAsync('store', async () => Promise.reject(new Error('late'))),
      /late/u,
    );
    assert.equal(metrics.snapshot().stages.store?.errors, 2);
    assert.equal(metrics.snapshot().stages.store?.count, 3);
  });

  it('shows a stage that has done nothing but fail', () => {
    const metrics = new EngineMetrics(new FakeClock(), createNodeHistogram);
    metrics.fail('embed');
    assert.equal(metrics.snapshot().stages.embed?.errors, 1);
  });

  it('gives the rate since the first sample, then over the last minute, then none', async () => {
    const clock = new FakeClock();
    const metrics = new EngineMetrics(clock, createNodeHistogram);
    const rate = (): number | undefined => metrics.snapshot().stages.search?.perSecond;
    for (let second = 0; second < 10; second++) {
      for (let n = 0; n < 3; n++) metrics.record('search', 1);
      await clock.advance(1_000);
    }
    assert.ok(Math.abs((rate() ?? 0) - 30 / 11) < 1e-9, `${rate()}`);
    await clock.advance(40_000);
    assert.ok(Math.abs((rate() ?? 0) - 30 / 51) < 1e-9, `${rate()}`);
    await clock.advance(14_000);
    assert.equal(rate(), (3 * 5) / 60);
    await clock.advance(600_000);
    assert.equal(rate(), 0);
    metrics.record('search', 1);
    assert.equal(rate(), 1 / 60);
  });
});

import assert from 'node:assert/strict';
import { EngineMetrics } from '../../../src/core/metrics/engineMetrics.ts';
import { MetricsHistory } from '../../../src/core/metrics/metricsHistory.ts';
import { createNodeHistogram } from '../../../src/node/nodeHistogram.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { type HistorySample, historyIntervalMs, maxHistorySamples } from '../../../src/protocol/metrics.ts';
import { FakeClock } from '../../support/fakeClock.ts';

describe('MetricsHistory', () => {
  let clock: FakeClock;
  let metrics: EngineMetrics;
  let history: MetricsHistory;
  let failure: Error | undefined;
  let logged: LogRecord[];

  beforeEach(() => {
    clock = new FakeClock({ turns: 1 });
    failure = undefined;
    logged = [];
    history = new MetricsHistory({
      clock,
      logger: { log: (record) => logged.push(record) },
      measure: async () => (failure === undefined ? Promise.resolve(metrics.snapshot()) : Promise.reject(failure)),
    });
    metrics = new EngineMetrics(clock, createNodeHistogram, () => history.touch());
  });

  afterEach(() => history.close());

  const taken = (): readonly HistorySample[] => history.since(0);

  it('has no timer while nothing happens, and none a while after something did', async () => {
    assert.equal(clock.sleeping, 0);
    metrics.count('searches');
    await clock.advance(historyIntervalMs);
    await clock.advance(historyIntervalMs);
    assert.equal(clock.sleeping, 0);
    assert.equal(taken().length, 1);
  });

  it('says what was counted in each stretch of time and how things stood at its end', async () => {
    metrics.count('filesIndexed', 3);
    metrics.gauge('wasmBytes', 10);
    await clock.advance(historyIntervalMs - 1);
    metrics.count('filesIndexed', 4);
    metrics.gauge('wasmBytes', 20);
    await clock.advance(1);
    const start = clock.now();
    await clock.advance(60_000);
    metrics.record('search', 5);
    metrics.count('filesIndexed', 5);
    await clock.advance(historyIntervalMs);
    const samples = taken();
    assert.deepEqual(
      samples.map(({ at, ms, counts, gauges }) => [at - start, ms, counts.filesIndexed, gauges.wasmBytes]),
      [
        [0, historyIntervalMs, 7, 20],
        // Until it is known that nothing more happens.
        [historyIntervalMs, historyIntervalMs, 0, 20],
        [60_000 + historyIntervalMs, historyIntervalMs, 5, 20],
      ],
    );
  });

  it('goes on while somebody looks, and hands out what is new', async () => {
    history.since(0);
    await clock.advance(historyIntervalMs);
    const [first] = taken();
    await clock.advance(historyIntervalMs);
    const [second, ...others] = history.since(first?.at ?? 0);
    assert.equal(second?.at, (first?.at ?? 0) + historyIntervalMs);
    assert.deepEqual(others, []);
  });

  it('keeps a bounded number of samples, the newest', async () => {
    for (let n = 0; n < maxHistorySamples + 3; n++) {
      metrics.count('searches');
      await clock.advance(historyIntervalMs);
    }
    const samples = taken();
    assert.equal(samples.length, maxHistorySamples);
    assert.equal(samples.at(-1)?.at, clock.now());
  });

  it('survives a measurement that fails, and says that it has a gap', async () => {
    failure = new AppError('StorageFailed', 'The disk is gone.');
    metrics.count('searches');
    await clock.advance(historyIntervalMs);
    assert.deepEqual(
      logged.map(({ fields }) => fields),
      [{ error: 'The disk is gone.' }],
    );
    failure = undefined;
    metrics.count('searches');
    await clock.advance(historyIntervalMs);
    assert.deepEqual(
      taken().map(({ counts }) => counts.searches),
      [2],
    );
  });

  it('leaves no timer behind when it is closed', async () => {
    metrics.count('searches');
    assert.equal(clock.sleeping, 1);
    history.close();
    await clock.advance(0);
    metrics.count('searches');
    assert.equal(clock.sleeping, 0);
    assert.deepEqual(logged, []);
  });
});

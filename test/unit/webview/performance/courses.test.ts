import assert from 'node:assert/strict';
import { historyIntervalMs, maxHistorySamples } from '../../../../src/protocol/metrics.ts';
import { performanceStrings } from '../../../../src/protocol/viewStrings.ts';
import { bandsOf, runsOf, summarizeSeries } from '../../../../webview/performance/chartContent.ts';
import type { ChartContent } from '../../../../webview/performance/chartContent.ts';
import { appendHistory, courses } from '../../../../webview/performance/courses.ts';
import type { CourseKey } from '../../../../webview/performance/courses.ts';
import { createFormat } from '../../../../webview/shared/format.ts';
import { engineStatus, historySamples, metricsSnapshot, performanceData } from '../../../support/performancePage.ts';

const words = { strings: performanceStrings, format: createFormat('en') };
const now = metricsSnapshot().at;

function course(key: CourseKey, history = historySamples(4), data = performanceData()): ChartContent {
  return courses(history, data, words).get(key) ?? assert.fail(`No course of ${key}.`);
}

const valuesOf = (content: ChartContent, key: string): readonly number[] | undefined =>
  content.series.find((series) => series.key === key)?.values;

describe('courses of the panel', () => {
  it('are rates of what each stretch of time counted', () => {
    const [first, second] = historySamples(2);
    assert(first && second);
    const counts = { ...first.counts, filesIndexed: 50, vectorsAdded: 20, embedRequests: 3, embedTokens: 6_000 };
    const history = [
      { ...first, ms: 10_000, counts },
      { ...second, counts },
    ];
    assert.deepEqual(valuesOf(course('throughput', history), 'files'), [5, 10]);
    assert.deepEqual(valuesOf(course('throughput', history), 'chunks'), [2, 4]);
    assert.deepEqual(valuesOf(course('requests', history), 'requests'), [18, 36]);
    assert.deepEqual(valuesOf(course('tokens', history), 'tokens'), [36_000, 72_000]);
    assert.equal(course('throughput').write(1_234), '1.23K / s');
  });

  it('stack the parts of memory up to the process, its parsers on top', () => {
    const history = historySamples(3);
    const content = course('memory', history);
    const tops = bandsOf(content).map((band) => band[1]?.high);
    const { engineRssBytes = 0, parserRssBytes = 0 } = history[1]?.gauges ?? {};
    assert.equal(tops.at(-2), engineRssBytes);
    assert.equal(tops.at(-1), engineRssBytes + parserRssBytes);
    assert.equal(content.series.at(-2)?.name, 'Other');
  });

  it('set traffic beside the limit of the endpoint', () => {
    assert.deepEqual(course('requests').levels, [{ value: 500, text: 'limit 500 / min' }]);
    assert.deepEqual(course('tokens').levels, []);
    assert.match(course('tokens').summary, /no limit known$/);
  });

  it('have no traffic where nothing is sent', () => {
    const status = engineStatus({ provider: { ...engineStatus().provider, id: 'embedded' } });
    const counts = { filesIndexed: 1, vectorsAdded: 1, embedRequests: 0, embedTokens: 100, searches: 0 };
    const keys = [...courses(historySamples(2, { counts }), performanceData({ status }), words).keys()];
    assert.deepEqual(keys, ['throughput', 'memory', 'queues']);
    // Until half an hour has passed since the provider was changed.
    assert.equal(courses(historySamples(2), performanceData({ status }), words).size, 5);
  });

  it('begin anew after a gap, as far back as the stretch that follows it', () => {
    const history = historySamples(10).filter((_, n) => n < 3 || n > 6);
    const content = course('queues', history);
    assert.deepEqual(runsOf(content), [
      [0, 1, 2],
      [3, 4, 5],
    ]);
    assert.equal(content.starts.get(3), (history[3]?.at ?? 0) - historyIntervalMs);
  });

  it('end now, and leave out what is older than half an hour', () => {
    const old = historySamples(1).map((sample) => ({ ...sample, at: now - historyIntervalMs * maxHistorySamples - 1 }));
    const content = course('queues', [...old, ...historySamples(2)]);
    assert.equal(content.positions.length, 2);
    assert.equal(content.to, now);
    assert.equal(content.to - content.from, 120_000);
    const full = course('queues', historySamples(maxHistorySamples));
    assert.equal(full.to - full.from, historyIntervalMs * maxHistorySamples);
  });

  it('say so when nothing was recorded', () => {
    const content = course('requests', []);
    assert.equal(content.summary, performanceStrings.historyEmpty);
    assert.deepEqual(runsOf(content), []);
    assert.deepEqual(content.series.map(summarizeSeries), [undefined]);
  });

  it('are kept in bounded memory', () => {
    const full = historySamples(maxHistorySamples);
    const [sample] = historySamples(1);
    assert(sample);
    const added = { ...sample, at: sample.at + historyIntervalMs };
    const next = appendHistory(full, [added]);
    assert.equal(next.length, maxHistorySamples);
    assert.equal(next.at(-1), added);
    assert.equal(appendHistory(full, []), full);
  });

  it('have each stretch once, also when an answer comes twice', () => {
    const [first, ...others] = historySamples(4);
    assert(first);
    assert.deepEqual(appendHistory([first], others), [first, ...others]);
    const history = [first, ...others.slice(0, 2)];
    assert.deepEqual(appendHistory(history, others), [first, ...others]);
    assert.equal(appendHistory(history, history.slice(1)), history);
  });
});

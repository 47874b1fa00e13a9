import assert from 'node:assert/strict';
import { maxSearchSamples } from '../../../../src/protocol/views.ts';
import type { SearchSample } from '../../../../src/protocol/views.ts';
import { performanceStrings } from '../../../../src/protocol/viewStrings.ts';
import { factSections } from '../../../../webview/performance/facts.ts';
import type { Fact } from '../../../../webview/performance/facts.ts';
import { jsonReport, markdownReport } from '../../../../webview/performance/report.ts';
import { appendSamples, summarize, summaryText } from '../../../../webview/performance/samples.ts';
import { createFormat } from '../../../../webview/shared/format.ts';
import {
  benchmarkReport,
  engineStatus,
  folderStatus,
  historySamples,
  metricsSnapshot,
  performanceData,
} from '../../../support/performancePage.ts';
import { probeOf } from '../../../support/probes.ts';

const words = { strings: performanceStrings, format: createFormat('en') };
const samplesOf = (...times: readonly number[]): SearchSample[] => times.map((totalMs, at) => ({ at, totalMs }));

function fact(data: Parameters<typeof factSections>[0], section: string, key: string): Fact {
  const found = factSections(data, words).find((candidate) => candidate.key.startsWith(section));
  return found?.facts.find((candidate) => candidate.key === key) ?? assert.fail(`No ${key} in ${section}.`);
}

describe('facts of the panel', () => {
  it('give every value a unit or a count, and every line its source', () => {
    for (const { facts } of factSections(performanceData(), words)) {
      for (const { value, hint } of facts) assert.ok(value !== '' && hint !== '');
    }
    assert.equal(fact(performanceData(), 'memory', 'engineRssBytes').value, '312 MB');
    assert.equal(fact(performanceData(), 'load', 'hostLoopDelayP99Ms').value, '12.4 ms');
  });

  it('compare memory with its largest part', () => {
    assert.equal(fact(performanceData(), 'memory', 'engineRssBytes').share, 1);
    assert.equal(fact(performanceData(), 'memory', 'jsHeapBytes').share, 0.25);
  });

  it('leave out gauges nobody has set', () => {
    const data = performanceData({ metrics: metricsSnapshot({ gauges: {} }) });
    assert.ok(factSections(data, words).every(({ key }) => key !== 'memory' && key !== 'load'));
  });

  it('show the parts of the discovered files and why some are skipped', () => {
    assert.equal(fact(performanceData(), 'index', 'indexed').share, 4_800 / 5_012);
    assert.match(fact(performanceData(), 'index', 'skipped').hint, /binary: 150\ntoo large: 47$/);
  });

  it('say which profile of its endpoint the provider keeps to', () => {
    const status = engineStatus();
    const provider = { ...status.provider, profile: probeOf({ maxBatchInputs: { accepted: 32, by: 'named' } }) };
    const data = performanceData({ status: { ...status, provider } });
    const { value, hint } = fact(data, 'provider', 'profile');
    assert.equal(value, 'inputs per request: 32; tokens per input: 8,191');
    assert.match(hint, /^What a probe of localhost:8080 found on /);
    const { facts = [] } = factSections(performanceData(), words).find(({ key }) => key === 'provider') ?? {};
    assert.ok(facts.length > 0 && facts.every(({ key }) => key !== 'profile'));
  });

  it('say how often the caches had an answer', () => {
    const hits = fact(performanceData(), 'caches', 'embeddings');
    assert.deepEqual(
      [hits.value, hits.share, hits.hint],
      ['75%', 0.75, '750 hits, 250 misses since the engine started.'],
    );
  });

  it('claim no hit rate before anything was looked up', () => {
    assert.equal(fact(performanceData(), 'caches', 'queries').value, 'none yet');
  });

  it('set what the provider was sent against its budget', () => {
    assert.equal(fact(performanceData(), 'provider', 'requestsPerMinute').value, '12.5% of 500 / min');
    assert.equal(fact(performanceData(), 'provider', 'tokensPerMinute').value, 'unknown');
  });

  it('have a table per folder, named when there are several', () => {
    const folders = [folderStatus(), folderStatus({ folderId: 'b', root: 'C:\\work\\desk', updatedAt: 0 })];
    const sections = factSections(performanceData({ status: engineStatus({ folders }) }), words);
    const titles = sections.filter(({ key }) => key.startsWith('index')).map(({ title }) => title);
    assert.deepEqual(titles, ['Index of shop', 'Index of desk']);
  });
});

describe('samples of the latency', () => {
  it('are the newest ones only', () => {
    const full = samplesOf(...Array.from({ length: maxSearchSamples }, (_, index) => index));
    const next = appendSamples(full, samplesOf(7, 9));
    assert.equal(next.length, maxSearchSamples);
    assert.deepEqual(next.slice(-2), samplesOf(7, 9));
    assert.equal(next[0], full[2]);
  });

  it('are summed up by nearest rank', () => {
    const summary = summarize(samplesOf(...Array.from({ length: 100 }, (_, index) => 100 - index)));
    assert.deepEqual(summary, { count: 100, lastMs: 1, medianMs: 50, p95Ms: 95, maxMs: 100 });
  });

  it('are put into words', () => {
    const text = (...times: readonly number[]): string =>
      summaryText(summarize(samplesOf(...times)), words.strings, words.format);
    assert.equal(text(), performanceStrings.latencyEmpty);
    assert.equal(text(8), '1 search shown: 8 ms.');
    assert.equal(text(4, 8), '2 searches shown: newest 8 ms, median 4 ms, 95th percentile 8 ms, slowest 8 ms.');
  });
});

describe('exported report', () => {
  const content = {
    data: performanceData(),
    samples: samplesOf(8),
    history: historySamples(3),
    benchmark: benchmarkReport(),
    environment: [{ name: 'OS | arch', value: 'linux x64' }],
  };

  it('as JSON holds everything the host delivered', () => {
    const report = JSON.parse(jsonReport(content)) as Record<string, unknown>;
    assert.deepEqual(report['metrics'], content.data.metrics);
    assert.deepEqual(report['status'], content.data.status);
    assert.deepEqual(report['searchSamples'], content.samples);
    assert.deepEqual(report['environment'], { 'OS | arch': 'linux x64' });
    assert.equal(report['at'], '2026-01-15T12:30:45.000Z');
  });

  it('as Markdown has the tables of the panel, with units', () => {
    const report = markdownReport(content, words);
    assert.match(report, /^\| Stage \| Count \| Mean \(ms\) \|/m);
    assert.match(
      report,
      /^\| Parse a file \| 1,200 \| 4\.25 \| 3\.90 \| 9\.81 \| 38\.2 \| 153 \| 3\.14 \|  \| 12\.5 \| 0 \|$/m,
    );
    assert.match(
      report,
      /^## Memory\n\n\| Name \| Value \|\n\| --- \| ---: \|\n\| Engine process \(RSS\) \| 312 MB \|$/m,
    );
  });

  it('keeps cells in their columns', () => {
    assert.match(markdownReport(content, words), /^\| OS \\\| arch \| linux x64 \|$/m);
  });
});

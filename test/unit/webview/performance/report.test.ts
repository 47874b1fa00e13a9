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

  it('say what is in the memory of the process and what is beside it', () => {
    const gauges = {
      engineRssBytes: 400e6,
      jsHeapBytes: 100e6,
      jsBuffersBytes: 20e6,
      wasmBytes: 60e6,
      parserRssBytes: 90e6,
    };
    const section = factSections(performanceData({ metrics: metricsSnapshot({ gauges }) }), words);
    const memory = section.find(({ key }) => key === 'memory')?.facts.map(({ name, value }) => [name, value]);
    assert.deepEqual(memory, [
      ['Engine process (RSS)', '400 MB'],
      ['of which JavaScript heap', '100 MB'],
      ['of which JavaScript buffers', '20 MB'],
      ['of which WebAssembly', '60 MB'],
      ['of which Other', '220 MB'],
      ['besides: Parser processes', '90 MB'],
      ['Passing through', '120 MB of 419.4 MB'],
      ['Held in all', '310 MB of 2.15 GB'],
    ]);
    assert.equal(fact(performanceData(), 'memory', 'totalBytes').share, 310_000_000 / 2_147_483_648);
    const swapped = performanceData({ metrics: metricsSnapshot({ gauges: { ...gauges, engineRssBytes: 50e6 } }) });
    assert.equal(fact(swapped, 'memory', 'otherBytes').value, '0 byte');
  });

  it('say what the cache saved, in money where the price of the model is known', () => {
    const { counters } = metricsSnapshot();
    const saved = { ...counters, cacheSavedRequests: 41, cacheSavedTokens: 5_000_000 };
    const data = performanceData({ metrics: metricsSnapshot({ counters: saved }) });
    const keys = (of: typeof data): string[] => {
      const facts = factSections(of, words).find(({ key }) => key === 'caches')?.facts ?? [];
      return facts.map(({ key }) => key).filter((key) => key.startsWith('saved'));
    };
    assert.equal(fact(data, 'caches', 'savedRequests').value, '≈ 41');
    assert.equal(fact(data, 'caches', 'savedTokens').value, '≈ 5,000,000');
    assert.equal(fact(data, 'caches', 'savedMoney').value, '≈ $0.10');
    const { space } = folderStatus();
    assert(space);
    const folders = [folderStatus({ space: { ...space, model: 'my-own' } })];
    assert.deepEqual(keys({ ...data, status: engineStatus({ folders }) }), ['savedRequests', 'savedTokens']);
    const untouched = { ...counters, cacheHits: 0 };
    assert.deepEqual(keys(performanceData({ metrics: metricsSnapshot({ counters: untouched }) })), []);
  });

  it('say what the tokens of an index cost, where that is known', () => {
    assert.equal(fact(performanceData(), 'index', 'tokens').value, '9,876,543 (≈ $0.1975)');
    const folders = [folderStatus({ space: { provider: 'embedded', endpoint: '', model: 'small', dimensions: 384 } })];
    assert.equal(fact(performanceData({ status: engineStatus({ folders }) }), 'index', 'tokens').value, '9,876,543');
  });

  it('say of each check whether it is well, and of which folder when there are several', () => {
    assert.deepEqual(
      [fact(performanceData(), 'health', 'overall').ok, fact(performanceData(), 'health', 'took').value],
      [true, '0.84 ms'],
    );
    const folders = [folderStatus(), folderStatus({ folderId: 'b', root: '/home/ada/desk' })];
    const checks = [{ name: 'disk' as const, folderId: 'b', ok: false, detail: '12 MB free' }];
    const data = performanceData({ status: engineStatus({ folders }), health: { ok: false, ms: 1, checks } });
    const { name, value, ok } = fact(data, 'health', 'disk b');
    assert.deepEqual([name, value, ok], ['Disk space of desk', 'wrong (12 MB free)', false]);
    assert.equal(fact(data, 'health', 'overall').value, 'Something is wrong');
  });

  it('leave out gauges nobody has set', () => {
    const data = performanceData({ metrics: metricsSnapshot({ gauges: {} }) });
    assert.ok(factSections(data, words).every(({ key }) => key !== 'load'));
    const memory = factSections(data, words)
      .find(({ key }) => key === 'memory')
      ?.facts.map(({ key }) => key);
    assert.deepEqual(memory, ['workingBytes', 'totalBytes']);
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
    assert.equal(value, 'inputs per request: 32; tokens per input: no limit up to 8,191');
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
    assert.deepEqual(report['health'], content.data.health);
    assert.deepEqual(report['history'], content.history);
    assert.deepEqual(report['benchmark'], content.benchmark);
    assert.deepEqual(report['environment'], { 'OS | arch': 'linux x64' });
    assert.equal(report['at'], '2026-01-15T12:30:45.000Z');
  });

  it('as Markdown has the tables of the panel, with units', () => {
    const report = markdownReport(content, words);
    assert.match(report, /^\| Stage \| Count \| Mean \(ms\) \|/m);
    assert.match(
      report,
      /^\| Parse a file \| 1,200 \| 4\.25 \| 3\.90 \| 9\.81 \| 38\.2 \| 153 \| 3\.14 \| 1\.20 \| 12\.5 \| 0 \|$/m,
    );
    assert.match(
      report,
      /^## Memory\n\n\| Name \| Value \|\n\| --- \| ---: \|\n\| Engine process \(RSS\) \| 312 MB \|$/m,
    );
  });

  it('as Markdown has the charts in numbers, the targets and the health', () => {
    const report = markdownReport(content, words);
    assert.match(report, /^## Throughput\n\n\| Name \| Newest \| Mean \| Highest \|$/m);
    assert.match(report, /^\| WebAssembly \| 31 MB \| 30\.5 MB \| 31 MB \|$/m);
    assert.match(
      report,
      /^\| Service: Resource usage \| < 100 MB \| 400 MB \| missed \| – \| Resource usage, p95 \|$/m,
    );
    assert.match(report, /^\| Database \| ok \(can be written\) \|$/m);
    const fresh = markdownReport({ ...content, history: [], benchmark: undefined }, words);
    assert.match(fresh, /^## Queues\n\nNothing has been recorded yet\.$/m);
    assert.match(fresh, /^\| Service: Health check \| < 5 ms \| – \| not measured yet \| 0\.84 ms \| – \|$/m);
  });

  it('keeps cells in their columns', () => {
    assert.match(markdownReport(content, words), /^\| OS \\\| arch \| linux x64 \|$/m);
  });
});

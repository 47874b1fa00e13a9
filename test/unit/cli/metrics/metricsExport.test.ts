import assert from 'node:assert/strict';
import fc from 'fast-check';
import { otlpJson } from '../../../../src/cli/metrics/otlpJson.ts';
import { prometheusText } from '../../../../src/cli/metrics/prometheusText.ts';
import {
  counters,
  gauges,
  stages,
  type Counter,
  type DurationStats,
  type MetricsSnapshot,
} from '../../../../src/protocol/metrics.ts';
import { parsePrometheus } from '../../../support/prometheusParser.ts';

const searching: DurationStats = { count: 4, mean: 2.5, median: 2, min: 1, max: 5, p95: 4.5, p99: 4.75 };

const snapshot: MetricsSnapshot = {
  at: 1_700_000_005_123,
  stages: {
    search: { ...searching, last: 2, perSecond: 0.5, errors: 1, wait: { ...searching, count: 2, mean: 0.25 } },
    embed: { count: 0, mean: 0, median: 0, min: 0, max: 0, p95: 0, p99: 0, last: 0, perSecond: 0, errors: 3 },
  },
  counters: { ...zeros(), filesIndexed: 12, embedTokens: 9_007_199_254_740_991 },
  gauges: { engineRssBytes: 123_456_789, engineLoopDelayP99Ms: 12.5, requestBudgetUsed: 0.25, queueFiles: 7 },
};

function zeros(): Record<Counter, number> {
  return Object.fromEntries(counters.map((counter) => [counter, 0])) as Record<Counter, number>;
}

describe('metrics as Prometheus text', () => {
  const families = parsePrometheus(prometheusText(snapshot, '1.2.3'));
  const samples = (name: string) =>
    families.get(name)?.samples.map((sample) => [sample.name.slice(name.length), sample.labels, sample.value]);

  it('tell a stage as a summary in seconds', () => {
    assert.equal(families.get('codeweaver_stage_duration_seconds')?.type, 'summary');
    assert.deepEqual(
      samples('codeweaver_stage_duration_seconds')?.filter(
        ([, labels]) => (labels as { stage: string }).stage === 'search',
      ),
      [
        ['', { stage: 'search', quantile: '0' }, 0.001],
        ['', { stage: 'search', quantile: '0.5' }, 0.002],
        ['', { stage: 'search', quantile: '0.95' }, 0.0045],
        ['', { stage: 'search', quantile: '0.99' }, 0.00475],
        ['', { stage: 'search', quantile: '1' }, 0.005],
        ['_sum', { stage: 'search' }, 0.01],
        ['_count', { stage: 'search' }, 4],
      ],
    );
  });

  it('tell the wait before a stage apart, and a stage that only failed without quantiles', () => {
    assert.deepEqual(samples('codeweaver_stage_wait_seconds')?.slice(-2), [
      ['_sum', { stage: 'search' }, 0.0005],
      ['_count', { stage: 'search' }, 2],
    ]);
    assert.deepEqual(samples('codeweaver_stage_duration_seconds')?.slice(0, 2), [
      ['_sum', { stage: 'embed' }, 0],
      ['_count', { stage: 'embed' }, 0],
    ]);
    assert.deepEqual(samples('codeweaver_stage_errors_total'), [
      ['', { stage: 'embed' }, 3],
      ['', { stage: 'search' }, 1],
    ]);
  });

  it('tell every counter, and gauges in base units', () => {
    assert.equal([...families.values()].filter(({ type }) => type === 'counter').length, counters.length + 1);
    assert.deepEqual(samples('codeweaver_files_indexed_total'), [['', {}, 12]]);
    assert.deepEqual(samples('codeweaver_embed_tokens_total'), [['', {}, 9_007_199_254_740_991]]);
    assert.deepEqual(samples('codeweaver_engine_rss_bytes'), [['', {}, 123_456_789]]);
    assert.deepEqual(samples('codeweaver_engine_loop_delay_p99_seconds'), [['', {}, 0.0125]]);
    assert.deepEqual(samples('codeweaver_request_budget_used_ratio'), [['', {}, 0.25]]);
    assert.deepEqual(samples('codeweaver_queue_files'), [['', {}, 7]]);
    assert.equal(families.has('codeweaver_wasm_bytes'), false);
  });

  it('escape what a label may hold', () => {
    const awkward = 'a"b\\c\nd';
    const build = parsePrometheus(prometheusText(snapshot, awkward)).get('codeweaver_build_info');
    assert.deepEqual(build?.samples, [{ name: 'codeweaver_build_info', labels: { version: awkward }, value: 1 }]);
  });

  it('are read whatever the numbers are', () => {
    const ms = fc.double({ min: 0, max: 3.6e6, noNaN: true });
    const stats = fc.record({
      ...{ count: fc.nat(), mean: ms, median: ms, min: ms, max: ms, p95: ms, p99: ms, last: ms, perSecond: ms },
      errors: fc.nat(),
    });
    const random = fc.record({
      at: fc.nat(),
      stages: fc.dictionary(fc.constantFrom(...stages), stats),
      counters: fc.constant(zeros()),
      gauges: fc.dictionary(fc.constantFrom(...gauges), fc.double({ min: 0, max: 1e15, noNaN: true })),
    });
    fc.assert(
      fc.property(random, (one) => {
        const read = parsePrometheus(prometheusText(one, '1'));
        const told = read.get('codeweaver_stage_errors_total')?.samples ?? [];
        assert.deepEqual(
          Object.fromEntries(told.map(({ labels, value }) => [labels['stage'], value])),
          Object.fromEntries(Object.entries(one.stages).map(([stage, { errors }]) => [stage, errors])),
        );
      }),
    );
  });
});

/** The parts of `MetricsData` (opentelemetry-proto, metrics/v1/metrics.proto) that are used, as the JSON mapping has them. */
interface OtlpMetric {
  readonly name: string;
  readonly unit?: string;
  readonly description: string;
  readonly summary?: { readonly dataPoints: readonly object[] };
  readonly sum?: {
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
    readonly dataPoints: object[];
  };
  readonly gauge?: { readonly dataPoints: readonly object[] };
}
interface MetricsData {
  readonly resourceMetrics: readonly {
    readonly resource: object;
    readonly scopeMetrics: readonly { readonly scope: object; readonly metrics: readonly OtlpMetric[] }[];
  }[];
}

describe('metrics as OTLP JSON', () => {
  const startedAt = 1_700_000_000_000;
  const times = { startTimeUnixNano: '1700000000000000000', timeUnixNano: '1700000005123000000' };
  const text = otlpJson(snapshot, '1.2.3', startedAt);
  const [resourceMetrics] = (JSON.parse(text) as MetricsData).resourceMetrics;
  const [scopeMetrics] = resourceMetrics?.scopeMetrics ?? [];
  const metric = (name: string): OtlpMetric | undefined => scopeMetrics?.metrics.find((one) => one.name === name);
  const stage = (name: string) => [{ key: 'stage', value: { stringValue: name } }];

  it('are one line that names the service', () => {
    assert.equal(text.indexOf('\n'), text.length - 1);
    assert.deepEqual(resourceMetrics?.resource, {
      attributes: [
        { key: 'service.name', value: { stringValue: 'codeweaver' } },
        { key: 'service.version', value: { stringValue: '1.2.3' } },
      ],
    });
    assert.deepEqual(scopeMetrics?.scope, { name: 'codeweaver', version: '1.2.3' });
  });

  it('tell a stage as a summary whose count is a string', () => {
    const { summary, unit } = metric('codeweaver.stage.duration') ?? {};
    assert.equal(unit, 's');
    assert.deepEqual(summary?.dataPoints, [
      { attributes: stage('embed'), ...times, count: '0', sum: 0, quantileValues: [] },
      {
        ...{ attributes: stage('search'), ...times, count: '4', sum: 0.01 },
        quantileValues: [
          { quantile: 0, value: 0.001 },
          { quantile: 0.5, value: 0.002 },
          { quantile: 0.95, value: 0.0045 },
          { quantile: 0.99, value: 0.00475 },
          { quantile: 1, value: 0.005 },
        ],
      },
    ]);
  });

  it('tell counters as monotonic, cumulative sums of integers', () => {
    assert.deepEqual(metric('codeweaver.embed_tokens')?.sum, {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ attributes: [], ...times, asInt: '9007199254740991' }],
    });
    assert.deepEqual(
      metric('codeweaver.stage.errors')?.sum?.dataPoints.map((point) => 'asInt' in point && point.asInt),
      ['3', '1'],
    );
  });

  it('tell gauges with their unit, and leave out what was not measured', () => {
    assert.deepEqual(metric('codeweaver.engine_rss'), {
      name: 'codeweaver.engine_rss',
      description: 'Resident memory of the process that runs the engine, the extension host included.',
      unit: 'By',
      gauge: { dataPoints: [{ timeUnixNano: times.timeUnixNano, asDouble: 123_456_789 }] },
    });
    assert.equal(metric('codeweaver.wasm'), undefined);
  });

  it('name what Prometheus text names', () => {
    const endings = { By: '_bytes', s: '_seconds', '1': '_ratio' };
    const names = scopeMetrics?.metrics.map(({ name, unit, sum }) => {
      const ending = (endings[unit as keyof typeof endings] ?? '') + (sum === undefined ? '' : '_total');
      return name.replaceAll('.', '_') + ending;
    });
    const families = parsePrometheus(prometheusText(snapshot, '1.2.3'));
    assert.deepEqual(
      names,
      [...families.keys()].filter((name) => name !== 'codeweaver_build_info'),
    );
  });
});

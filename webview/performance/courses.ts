import type { HistorySample, MetricsSnapshot } from '../../src/protocol/metrics.ts';
import { historyIntervalMs, maxHistorySamples } from '../../src/protocol/metrics.ts';
import type { ProviderStatus } from '../../src/protocol/types.ts';
import type { PerformanceData } from '../../src/protocol/views.ts';
import type { PerformanceStrings } from '../../src/protocol/viewStrings.ts';
import { fill } from '../shared/format.ts';
import { summarizeSeries } from './chartContent.ts';
import type { ChartContent, ChartLevel, ChartSeries } from './chartContent.ts';
import type { FactWords } from './facts.ts';
import { memoryParts } from './memoryFacts.ts';

/** The horizontal axis of a course: what is kept at most, and what is shown of a short one. */
const longestMs = historyIntervalMs * maxHistorySamples;
const shortestMs = 120_000;
/** Samples further apart than this do not belong together. */
const slackMs = 1_500;

export type CourseKey = 'throughput' | 'memory' | 'queues' | 'requests' | 'tokens';

export function courseTitle(key: CourseKey, strings: PerformanceStrings): string {
  return {
    throughput: strings.throughputTitle,
    memory: strings.memoryCourseTitle,
    queues: strings.queuesTitle,
    requests: strings.requestsCourseTitle,
    tokens: strings.tokensCourseTitle,
  }[key];
}

export function courseHint(key: CourseKey, strings: PerformanceStrings): string {
  const hint = {
    throughput: strings.throughputHint,
    memory: strings.memoryCourseHint,
    queues: strings.queuesHint,
    requests: strings.requestsCourseHint,
    tokens: strings.tokensCourseHint,
  }[key];
  return `${hint}\n${strings.historyHint}`;
}

/** The newest samples with the new ones behind them. Those it has already are left out: an answer may come twice. */
export function appendHistory(
  history: readonly HistorySample[],
  added: readonly HistorySample[],
): readonly HistorySample[] {
  const newest = history.at(-1)?.at ?? -Infinity;
  const newer = added.filter(({ at }) => at > newest);
  return newer.length === 0 ? history : [...history, ...newer].slice(-maxHistorySamples);
}

/** How the engine fared in the last half hour, one content per chart. Without a remote provider nothing is sent: no such charts. */
export function courses(
  history: readonly HistorySample[],
  { metrics, status }: PerformanceData,
  words: FactWords,
): ReadonlyMap<CourseKey, ChartContent> {
  const { strings, format } = words;
  const shown = history.filter(({ at }) => at > metrics.at - longestMs);
  const axis = axisOf(shown, metrics);
  const content = (parts: Pick<ChartContent, 'series' | 'write'> & Partial<ChartContent>): ChartContent => ({
    ...axis,
    ...{ isStacked: false, levels: [] },
    place: (index) => format.time(shown[index]?.at ?? 0),
    ends: [format.time(axis.from), format.time(axis.to)],
    summary: summaryOf(parts, words),
    ...parts,
  });
  const per = (ms: number, count: (sample: HistorySample) => number): number[] =>
    shown.map((sample) => (count(sample) / sample.ms) * ms);
  const gauge = (key: 'queueFiles' | 'queueChunks' | 'inFlightRequests'): ChartSeries => ({
    ...{ key, name: strings[`gauge_${key}`] },
    values: shown.map(({ gauges }) => gauges[key] ?? 0),
  });
  const perMinute = (value: number): string => fill(strings.perMinute, format.compact(value));
  const requests = per(60_000, ({ counts }) => counts.embedRequests);
  const tokens = per(60_000, ({ counts }) => counts.embedTokens);
  const all = new Map<CourseKey, ChartContent>([
    [
      'throughput',
      content({
        series: [
          {
            key: 'chunks',
            name: strings.counter_vectorsAdded,
            values: per(1_000, ({ counts }) => counts.vectorsAdded),
          },
          { key: 'files', name: strings.counter_filesIndexed, values: per(1_000, ({ counts }) => counts.filesIndexed) },
        ],
        write: (value) => fill(strings.perSecond, format.compact(value)),
      }),
    ],
    ['memory', content({ series: memorySeries(shown, words), write: (bytes) => format.bytes(bytes), isStacked: true })],
    [
      'queues',
      content({
        series: [gauge('queueChunks'), gauge('queueFiles'), gauge('inFlightRequests')],
        write: (value) => format.compact(value),
      }),
    ],
  ]);
  if (isRemote(status.provider, requests)) {
    const { requestsPerMinute, tokensPerMinute } = status.provider;
    for (const [key, values, limit, name] of [
      ['requests', requests, requestsPerMinute, strings.requestsCourseTitle],
      ['tokens', tokens, tokensPerMinute, strings.tokensCourseTitle],
    ] as const) {
      const levels: ChartLevel[] =
        limit === undefined ? [] : [{ value: limit, text: limitText(limit, perMinute, words) }];
      const series = [{ key, name, values }];
      const limits = limit === undefined ? strings.limitUnknown : limitText(limit, perMinute, words);
      const said = summaryOf({ series, write: perMinute }, words);
      const summary = shown.length === 0 ? said : format.list([said, limits]);
      all.set(key, content({ series, write: perMinute, levels, summary }));
    }
  }
  return all;
}

function isRemote({ id }: ProviderStatus, requests: readonly number[]): boolean {
  return id !== 'embedded' || requests.some((count) => count > 0);
}

function limitText(limit: number, write: (value: number) => string, { strings }: FactWords): string {
  return fill(strings.limitOf, write(limit));
}

/** From the first sample to now, as far as samples are kept; a short course does not fill the width. */
function axisOf(shown: readonly HistorySample[], { at: now }: MetricsSnapshot) {
  const [first] = shown;
  const to = Math.max(now, shown.at(-1)?.at ?? now);
  const from = Math.max(to - longestMs, Math.min(to - shortestMs, first === undefined ? to : first.at - first.ms));
  const starts = new Map<number, number>();
  shown.forEach(({ at, ms }, index) => {
    const before = shown[index - 1];
    if (before === undefined || at - ms > before.at + slackMs) starts.set(index, Math.max(from, at - ms));
  });
  return { positions: shown.map(({ at }) => at), starts, from, to };
}

/** Layers from the bottom up: what is in the engine's process, then what is beside it. */
function memorySeries(shown: readonly HistorySample[], { strings }: FactWords): ChartSeries[] {
  const parts = shown.map(({ gauges }) => memoryParts(gauges));
  const layer = (colour: number, key: keyof ReturnType<typeof memoryParts>, name: string): ChartSeries[] => {
    const values = parts.map((part) => part[key] ?? 0);
    return values.some((value) => value > 0) ? [{ key, name, colour, values }] : [];
  };
  return [
    ...layer(0, 'jsHeapBytes', strings.gauge_jsHeapBytes),
    ...layer(1, 'jsBuffersBytes', strings.gauge_jsBuffersBytes),
    ...layer(2, 'wasmBytes', strings.gauge_wasmBytes),
    ...layer(3, 'sqliteCacheBytes', strings.gauge_sqliteCacheBytes),
    ...layer(4, 'otherBytes', strings.memoryOther),
    ...layer(5, 'parserRssBytes', strings.gauge_parserRssBytes),
  ];
}

function summaryOf({ series, write }: Pick<ChartContent, 'series' | 'write'>, { strings, format }: FactWords): string {
  const sentences = series.flatMap((one) => {
    const summary = summarizeSeries(one);
    if (summary === undefined) return [];
    const { newest, mean, highest } = summary;
    return [fill(strings.historySummary, one.name, write(newest), write(mean), write(highest))];
  });
  return sentences.length === 0 ? strings.historyEmpty : format.list(sentences);
}

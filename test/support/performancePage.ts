import type { Browser } from 'playwright-core';
import { benchmarkTargets, targetIds } from '../../src/protocol/benchmark.ts';
import type { BenchmarkReport } from '../../src/protocol/benchmark.ts';
import { counters, historyIntervalMs } from '../../src/protocol/metrics.ts';
import type { Counter, HistorySample, MetricsSnapshot, StageStats } from '../../src/protocol/metrics.ts';
import type { EngineStatus, FolderStatus, HealthReport } from '../../src/protocol/types.ts';
import type { ShardStats, VectorIndexStats } from '../../src/protocol/vectorStats.ts';
import { performanceStrings } from '../../src/protocol/viewStrings.ts';
import type { HostToPerformanceView, PerformanceData, PerformanceViewToHost } from '../../src/protocol/views.ts';
import { spendingOf } from './costs.ts';
import type { PageServer } from './pageServer.ts';
import { WebviewPage } from './webviewPage.ts';
import type { WebviewPageOptions } from './webviewPage.ts';

export type PerformancePage = WebviewPage<HostToPerformanceView, PerformanceViewToHost>;
export type PerformanceViewState = Extract<HostToPerformanceView, { type: 'state' }>;

export function stageStats(changes: Partial<StageStats> = {}): StageStats {
  return {
    count: 1_200,
    mean: 4.25,
    median: 3.9,
    min: 0.4,
    max: 152.7,
    p95: 9.81,
    p99: 38.2,
    last: 3.14159,
    perSecond: 12.5,
    errors: 0,
    ...changes,
  };
}

const durationStats = { count: 900, mean: 0.7, median: 0.5, min: 0, max: 8, p95: 1.2, p99: 3 };

/** Metrics of an engine that has indexed and searched. */
export function metricsSnapshot(changes: Partial<MetricsSnapshot> = {}): MetricsSnapshot {
  const zero = Object.fromEntries(counters.map((counter) => [counter, 0])) as Record<Counter, number>;
  return {
    at: Date.UTC(2026, 0, 15, 12, 30, 45),
    stages: { parse: stageStats({ wait: durationStats }), search: stageStats({ count: 87, median: 8.4 }) },
    counters: { ...zero, cacheHits: 750, cacheMisses: 250, searches: 87, embedTokens: 1_234_567 },
    gauges: {
      engineRssBytes: 312_000_000,
      jsHeapBytes: 78_000_000,
      requestBudgetUsed: 0.125,
      hostLoopDelayP99Ms: 12.4,
    },
    ...changes,
  };
}

export function folderStatus(changes: Partial<FolderStatus> = {}): FolderStatus {
  return {
    folderId: 'file:///shop',
    root: '/home/ada/shop',
    phase: 'idle',
    counts: { discovered: 5_012, indexed: 4_800, pending: 12, failed: 3, skipped: 197 },
    skippedByReason: { binary: 150, tooLarge: 47 },
    languages: ['typescript', 'markdown'],
    chunks: 31_415,
    vectors: 31_000,
    space: {
      provider: 'openai',
      endpoint: 'https://api.openai.com/v1',
      model: 'text-embedding-3-small',
      dimensions: 1_536,
    },
    leader: true,
    integrity: 'ok',
    vectorIndex: vectorIndexStats(),
    sizes: { catalogueBytes: 48_300_000, vectorBytes: 190_000_000 },
    spent: { requests: 321, tokens: 9_876_543 },
    updatedAt: Date.UTC(2026, 0, 15, 12, 0, 0),
    ...changes,
  };
}

export function vectorIndexStats(changes: Partial<ShardStats> = {}): VectorIndexStats {
  const shard: ShardStats = {
    count: 31_000,
    bytes: 60_000_000,
    isHere: true,
    graphed: 0,
    ghosts: 0,
    sequence: 31_204,
    way: 'scan',
    plan: 'scanIsFast',
    filter: { wanted: 340, recall: 0.9979 },
    costs: { scanMs: 0.4, walkMs: 0.2 },
    ...changes,
  };
  const { count, bytes } = shard;
  return {
    engine: 'auto',
    count,
    dimensions: 1_536,
    bytes,
    bytesHere: bytes,
    m: 48,
    efConstruction: 800,
    shards: [shard],
  };
}

export function engineStatus(changes: Partial<EngineStatus> = {}): EngineStatus {
  return {
    folders: [folderStatus()],
    cache: { entries: 31_000, bytes: 195_000_000, maxBytes: 2_147_483_648 },
    provider: { id: 'openai', state: 'ok', requests: 321, tokens: 1_234_567, retries: 2, requestsPerMinute: 500 },
    spending: spendingOf(),
    memory: {
      ...{ state: 'normal', workingBytes: 120_000_000, totalBytes: 310_000_000 },
      ...{ softLimitBytes: 419_430_400, criticalLimitBytes: 2_147_483_648 },
    },
    ...changes,
  };
}

export function healthReport(changes: Partial<HealthReport> = {}): HealthReport {
  const folderId = 'file:///shop';
  return {
    ok: true,
    ms: 0.84,
    checks: [
      { name: 'engine', ok: true, detail: 'answers' },
      { name: 'provider', ok: true, detail: 'openai: ok' },
      { name: 'database', folderId, ok: true, detail: 'can be written' },
      { name: 'index', folderId, ok: true, detail: '31000 vectors' },
      { name: 'disk', folderId, ok: true, detail: '51234 MB free' },
    ],
    ...changes,
  };
}

/** That many stretches of an indexing run, the last of which ends with the snapshot. */
export function historySamples(count: number, changes: Partial<HistorySample> = {}): HistorySample[] {
  const { at } = metricsSnapshot();
  return Array.from({ length: count }, (_, n) => ({
    at: at - (count - 1 - n) * historyIntervalMs,
    ms: historyIntervalMs,
    counts: {
      filesIndexed: 40 + 10 * Math.round(Math.sin(n) * 3),
      vectorsAdded: 300 + n * 10,
      embedRequests: 12,
      embedTokens: 50_000 + n * 100,
      searches: 1,
    },
    gauges: {
      engineRssBytes: 280_000_000 + n * 1_000_000,
      jsHeapBytes: 70_000_000 + (n % 5) * 4_000_000,
      jsBuffersBytes: 20_000_000,
      wasmBytes: 30_000_000 + n * 500_000,
      sqliteCacheBytes: 8_000_000,
      parserRssBytes: n % 30 < 20 ? 120_000_000 : 0,
      queueFiles: Math.max(0, 900 - n * 10),
      queueChunks: 400 + (n % 7) * 30,
      inFlightRequests: 4,
    },
    ...changes,
  }));
}

/** Every target met but one. */
export function benchmarkReport(): BenchmarkReport {
  const targets = targetIds.map((id) => {
    const { name, limit, is, unit } = benchmarkTargets[id];
    const pass = id !== 'serviceMemory';
    const measured = (is === 'below') === pass ? limit / 4 : limit * 4;
    return { id, name, target: `${is === 'below' ? '<' : '>'} ${limit}`, unit, measured, pass, how: `${name}, p95` };
  });
  const machine = { processor: 'Model 1', cores: 8, memoryBytes: 16e9 };
  return { at: Date.UTC(2026, 0, 14, 9, 15, 0), tookMs: 11_000, machine, measures: [], targets };
}

export function performanceData(changes: Partial<PerformanceData> = {}): PerformanceData {
  return { metrics: metricsSnapshot(), status: engineStatus(), health: healthReport(), ...changes };
}

export function performanceState(changes: Partial<PerformanceViewState> = {}): PerformanceViewState {
  return {
    type: 'state',
    strings: performanceStrings,
    locale: 'en',
    data: performanceData(),
    samples: [12, 8, 40, 9.5].map((totalMs, index) => ({ at: index, totalMs })),
    environment: [{ name: 'VS Code', value: '1.101.0' }],
    ...changes,
  };
}

/** Opens the panel and answers its `ready`. */
export async function openPerformancePage(
  browser: Browser,
  server: PageServer,
  options: WebviewPageOptions = {},
  state: PerformanceViewState = performanceState(),
): Promise<PerformancePage> {
  const url = server.url('performance');
  const panel = await WebviewPage.open<HostToPerformanceView, PerformanceViewToHost>(browser, url, {
    place: 'editor',
    ...options,
  });
  await panel.received('ready', 1);
  await panel.send(state);
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
  return panel;
}

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { type HistorySample, historyIntervalMs } from '../../../src/protocol/metrics.ts';
import { maxSearchSamples, parsePerformanceViewMessage } from '../../../src/protocol/views.ts';
import { accessibilityProblems } from '../../support/accessibility.ts';
import { pages } from '../../support/pages.ts';
import {
  metricsSnapshot,
  openPerformancePage,
  performanceData,
  performanceState,
  stageStats,
} from '../../support/performancePage.ts';
import type { PerformancePage } from '../../support/performancePage.ts';
import { themes } from '../../support/webviewPage.ts';

describe('performance panel', () => {
  let panel: PerformancePage;

  beforeEach(async () => {
    panel = await openPerformancePage(pages.browser, pages.server, { width: 900 });
  });

  afterEach(async () => {
    assert.deepEqual(panel.problems, []);
    await panel.close();
  });

  const chart = (title: string): Locator =>
    panel.page.locator('section.chart').filter({ has: panel.page.getByRole('heading', { name: title, exact: true }) });

  /** The shapes of a chart as one string. */
  async function drawing(title: string): Promise<string> {
    return chart(title).locator('svg.chart-drawing').innerHTML();
  }

  async function sendHistory(history: readonly HistorySample[], data = performanceData()): Promise<void> {
    await panel.send({ type: 'data', data, samples: [], history });
  }

  it('shows the stages with count, mean, median, percentiles, maximum and last, in milliseconds', async () => {
    const table = panel.page.getByRole('table', { name: 'Stages' });
    assert.equal(
      (await table.ariaSnapshot()).trim(),
      `
- table "Stages":
  - caption: Stages
  - rowgroup:
    - row "Stage Count Mean ms Median ms p95 ms p99 ms Max ms Last ms Wait p95 ms Per second Errors":
      - columnheader "Stage"
      - columnheader "Count"
      - columnheader "Mean ms"
      - columnheader "Median ms"
      - columnheader "p95 ms"
      - columnheader "p99 ms"
      - columnheader "Max ms"
      - columnheader "Last ms"
      - columnheader "Wait p95 ms"
      - columnheader "Per second"
      - columnheader "Errors"
  - rowgroup:
    - row "Parse a file 1,200 4.25 3.90 9.81 38.2 153 3.14":
      - rowheader "Parse a file"
      - cell "1,200"
      - cell "4.25"
      - cell "3.90"
      - cell "9.81"
      - cell "38.2"
      - cell "153"
      - cell "3.14"
    - row "Whole search 87 4.25 8.40 9.81 38.2 153 3.14":
      - rowheader "Whole search"
      - cell "87"
      - cell "4.25"
      - cell "8.40"
      - cell "9.81"
      - cell "38.2"
      - cell "153"
      - cell "3.14"`.trim(),
    );
  });

  it('shows every group of facts in a table with a caption', async () => {
    const captions = await panel.page.locator('caption').allInnerTexts();
    const expected = ['Stages', 'Memory', 'Load', 'Index', 'Caches', 'Embedding provider', 'Counters', 'Machine'];
    assert.deepEqual(captions, expected);
    const index = panel.page.getByRole('table', { name: 'Index' });
    assert.match(
      await index.innerText(),
      /Files discovered\s+5,012\s+Indexed\s+4,800\s+Pending\s+12\s+Failed\s+3\s+Skipped\s+197/,
    );
  });

  it('says of every number where it comes from', async () => {
    const cells = panel.page.locator('td');
    const withoutSource = await cells.evaluateAll((all) => all.filter((cell) => !cell.getAttribute('title')).length);
    assert.equal(withoutSource, 0);
    assert.ok((await cells.count()) > 40);
  });

  it('updates numbers in place', async () => {
    const cell = await panel.page.getByRole('cell', { name: '87' }).first().elementHandle();
    const stages = { search: stageStats({ count: 88 }), render: stageStats() };
    await panel.send({ type: 'data', data: performanceData({ metrics: metricsSnapshot({ stages }) }), samples: [], history: [] });
    await panel.page.getByRole('rowheader', { name: 'Render results' }).waitFor();
    assert.equal(await cell?.innerText(), '88');
    assert.equal(await panel.page.getByRole('rowheader', { name: 'Parse a file' }).count(), 0);
  });

  it('draws and describes the search latency', async () => {
    const image = panel.page.getByRole('img', {
      name: /^Search latency: 4 searches shown: newest 9\.5 ms, median 9\.5 ms/,
    });
    await image.waitFor();
    const before = await chart();
    await panel.send({ type: 'data', data: performanceData(), samples: [{ at: 9, totalMs: 77 }], history: [] });
    await panel.page
      .getByText('5 searches shown: newest 77 ms, median 12 ms, 95th percentile 77 ms, slowest 77 ms.')
      .waitFor();
    assert.notEqual(await chart(), before);
  });

  it('keeps the newest samples of a long session', async () => {
    const samples = Array.from({ length: maxSearchSamples + 50 }, (_, at) => ({ at, totalMs: at }));
    await panel.send({ type: 'data', data: performanceData(), samples, history: [] });
    await panel.page
      .getByText(`${maxSearchSamples} searches shown: newest ${maxSearchSamples + 49} ms`, { exact: false })
      .waitFor();
  });

  it('draws the chart anew for another theme and another size', async () => {
    const dark = await chart();
    await panel.setTheme('light');
    const light = await chart();
    assert.notEqual(light, dark);
    await panel.page.setViewportSize({ width: 500, height: 700 });
    assert.notEqual(await chart(), light);
  });

  it('says so before the engine has answered, and before anything ran', async () => {
    const { data, ...waiting } = performanceState({ samples: [], history: [] });
    await panel.send(waiting);
    await panel.page.getByText('Waiting for the engine…').waitFor();
    assert.equal(await panel.page.getByRole('button').count(), 0);
    const fresh = performanceData({ metrics: metricsSnapshot({ stages: {}, gauges: {} }) });
    await panel.send({ type: 'data', data: fresh, samples: [], history: [] });
    await panel.page.getByText('No stage has run since the engine started.').waitFor();
    await panel.page.getByText('No search yet. Search for something to see how long it takes.').waitFor();
    assert.ok(data !== undefined);
  });

  it('asks the host for a benchmark', async () => {
    await panel.page.getByRole('button', { name: 'Run Benchmark' }).click();
    assert.deepEqual(await panel.received('action', 1), { type: 'action', action: 'runBenchmark' });
  });

  it('hands the host its report to save or copy', async () => {
    await panel.page.getByRole('button', { name: 'Export JSON' }).click();
    await panel.page.getByRole('button', { name: 'Export Markdown' }).click();
    await panel.page.getByRole('button', { name: 'Copy' }).click();
    await panel.received('export', 3);
    const messages = panel.sent('export');
    assert.deepEqual(
      messages.map(({ format, to }) => [format, to]),
      [
        ['json', 'file'],
        ['markdown', 'file'],
        ['markdown', 'clipboard'],
      ],
    );
    for (const message of messages) assert.deepEqual(parsePerformanceViewMessage(message), message);
    const [json, markdown] = messages.map(({ text }) => text);
    assert.equal((JSON.parse(json ?? '') as { metrics: { at: number } }).metrics.at, performanceData().metrics.at);
    assert.match(markdown ?? '', /^# CodeWeaver Performance/);
  });

  it('takes names and messages of the engine as text', async () => {
    const attack = '<img src=x onerror="globalThis.hacked=1">';
    await panel.send(performanceState({ environment: [{ name: attack, value: attack }] }));
    await panel.page.getByText(attack).first().waitFor();
    assert.equal(await panel.page.locator('img').count(), 0);
  });

  it('is accessible in every theme', async () => {
    for (const theme of themes) {
      await panel.setTheme(theme);
      assert.deepEqual(await accessibilityProblems(panel.page), [], theme);
    }
  });

  it('fits from 200 to 1,200 pixels; wide tables scroll on their own, by keyboard too', async () => {
    for (const width of [200, 420, 1_200]) {
      await panel.page.setViewportSize({ width, height: 900 });
      assert.equal(await panel.overflow(), 0, `${width} pixels`);
    }
    await panel.page.setViewportSize({ width: 200, height: 900 });
    const region = panel.page.getByRole('region', { name: 'Stages' });
    await region.focus();
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 0);
  });
});

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { type HistorySample, historyIntervalMs } from '../../../src/protocol/metrics.ts';
import { maxSearchSamples, parsePerformanceViewMessage } from '../../../src/protocol/views.ts';
import { accessibilityProblems } from '../../support/accessibility.ts';
import { pages } from '../../support/pages.ts';
import {
  benchmarkReport,
  engineStatus,
  healthReport,
  historySamples,
  metricsSnapshot,
  openPerformancePage,
  performanceData,
  performanceState,
  stageStats,
} from '../../support/performancePage.ts';
import type { PerformancePage } from '../../support/performancePage.ts';
import { createFormat } from '../../../webview/shared/format.ts';
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
    - row "Parse a file 1,200 4.25 3.90 9.81 38.2 153 3.14 1.20 12.5 0":
      - rowheader "Parse a file"
      - cell "1,200"
      - cell "4.25"
      - cell "3.90"
      - cell "9.81"
      - cell "38.2"
      - cell "153"
      - cell "3.14"
      - cell "1.20"
      - cell "12.5"
      - cell "0"
    - row "Whole search 87 4.25 8.40 9.81 38.2 153 3.14 – 12.5 0":
      - rowheader "Whole search"
      - cell "87"
      - cell "4.25"
      - cell "8.40"
      - cell "9.81"
      - cell "38.2"
      - cell "153"
      - cell "3.14"
      - cell "–"
      - cell "12.5"
      - cell "0"`.trim(),
    );
  });

  it('shows every group of facts in a table with a caption', async () => {
    const captions = await panel.page.locator('caption').allInnerTexts();
    assert.deepEqual(captions, [
      ...[
        'Stages',
        'Targets',
        'Health',
        'Memory',
        'Load',
        'Index',
        'Caches',
        'Embedding provider',
        'Counters',
        'Machine',
      ],
    ]);
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
    await panel.send({
      type: 'data',
      data: performanceData({ metrics: metricsSnapshot({ stages }) }),
      samples: [],
      history: [],
    });
    await panel.page.getByRole('rowheader', { name: 'Render results' }).waitFor();
    assert.equal(await cell?.innerText(), '88');
    assert.equal(await panel.page.getByRole('rowheader', { name: 'Parse a file' }).count(), 0);
  });

  it('draws and describes the search latency', async () => {
    const summary = '4 searches shown: newest 9.5 ms, median 9.5 ms, 95th percentile 40 ms, slowest 40 ms.';
    const slider = panel.page.getByRole('slider', { name: 'Search latency' });
    assert.equal(await slider.getAttribute('aria-valuetext'), summary);
    await panel.page.getByText(summary).waitFor();
    const before = await drawing('Search latency');
    await panel.send({ type: 'data', data: performanceData(), samples: [{ at: 9, totalMs: 77 }], history: [] });
    await panel.page
      .getByText('5 searches shown: newest 77 ms, median 12 ms, 95th percentile 77 ms, slowest 77 ms.')
      .waitFor();
    assert.notEqual(await drawing('Search latency'), before);
  });

  it('writes median and percentile where they can be read, also beside one slow search', async () => {
    const send = async (count: number, totalMs: number): Promise<void> => {
      const samples = Array.from({ length: count }, (_, at) => ({ at: 100 + at, totalMs }));
      await panel.send({ type: 'data', data: performanceData(), samples, history: [] });
    };
    const drawn = chart('Search latency').locator('svg.chart-drawing');
    for (const [count, totalMs] of [
      [40, 8],
      [1, 2_000],
      [4, 1_900],
      [maxSearchSamples, 5],
    ] as const) {
      await send(count, totalMs);
      await panel.page.getByText(`newest ${createFormat('en').ms(totalMs)}`).waitFor();
      const boxes = await drawn.evaluate((svg) => {
        const edge = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text[text-anchor="end"]')].map((text) => {
          const { top, bottom } = text.getBoundingClientRect();
          return { top: top - edge.top, bottom: bottom - edge.top, height: edge.height };
        });
      });
      assert.equal(boxes.length, 2);
      const [lower, upper] = boxes.sort((a, b) => b.top - a.top);
      assert.ok(lower && upper && upper.top >= 0 && lower.bottom <= lower.height + 1, JSON.stringify(boxes));
      // Boxes of text have room above and below the letters.
      assert.ok(lower.top - upper.top >= 12 - 0.5, JSON.stringify(boxes));
    }
  });

  it('keeps the newest samples of a long session', async () => {
    const samples = Array.from({ length: maxSearchSamples + 50 }, (_, at) => ({ at, totalMs: at }));
    await panel.send({ type: 'data', data: performanceData(), samples, history: [] });
    await panel.page
      .getByText(`${maxSearchSamples} searches shown: newest ${maxSearchSamples + 49} ms`, { exact: false })
      .waitFor();
  });

  it('draws a chart anew for another size, and in the colours of another theme', async () => {
    const line = panel.page.locator('.chart-line').first();
    const stroke = async (): Promise<string> => line.evaluate((shape) => getComputedStyle(shape).stroke);
    const [wide, dark] = [await drawing('Search latency'), await stroke()];
    await panel.page.setViewportSize({ width: 500, height: 700 });
    await panel.page.waitForFunction(
      (former) => document.querySelector('svg.chart-drawing')?.innerHTML !== former,
      wide,
    );
    await panel.setTheme('light');
    assert.notEqual(await stroke(), dark);
  });

  it('draws the course of throughput, memory, queues and traffic, with every line named and summed up', async () => {
    await sendHistory(historySamples(30));
    const charts = panel.page.getByRole('group', { name: 'Course of the last half hour' });
    assert.deepEqual(await charts.getByRole('heading').allInnerTexts(), [
      ...['Throughput', 'Memory by part', 'Queues', 'Requests per minute', 'Tokens per minute'],
    ]);
    const memory = panel.page.getByRole('table', { name: 'Memory by part' });
    assert.deepEqual(await memory.getByRole('rowheader').allInnerTexts(), [
      ...['Parser processes', 'Other', 'SQLite page caches', 'WebAssembly', 'JavaScript buffers', 'JavaScript heap'],
    ]);
    await memory.getByRole('row', { name: 'WebAssembly 44.5 MB 37.3 MB 44.5 MB' }).waitFor();
    await panel.page
      .getByText('Requests per minute: newest 144 / min, mean 144 / min, highest 144 / min, limit 500 / min')
      .waitFor();
  });

  it('adds what is new to a course, and leaves a gap where the engine was idle', async () => {
    const samples = historySamples(12);
    await sendHistory(samples.slice(0, 4));
    const lines = chart('Queues').locator('.chart-drawing .chart-line');
    await lines.nth(2).waitFor({ state: 'attached' });
    assert.equal(await lines.count(), 3);
    await sendHistory(samples.slice(8));
    await lines.nth(5).waitFor({ state: 'attached' });
    assert.equal(await lines.count(), 6);
    assert.equal(await panel.page.getByRole('slider', { name: 'Queues' }).getAttribute('aria-valuemax'), '8');
  });

  it('reads a place of a chart out, by keyboard and by mouse', async () => {
    const samples = historySamples(30);
    await sendHistory(samples);
    const slider = panel.page.getByRole('slider', { name: 'Throughput' });
    const header = panel.page.getByRole('table', { name: 'Throughput' }).getByRole('columnheader').nth(1);
    await slider.focus();
    for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await panel.page.keyboard.press(key);
    const time = createFormat('en').time(samples[27]?.at ?? 0);
    assert.equal(await slider.getAttribute('aria-valuetext'), `${time}: Vectors added 114 / s, Files indexed 14 / s`);
    assert.equal(await header.innerText(), time);
    // It stays where it is in time while new values come.
    const [last] = historySamples(1);
    assert(last);
    await sendHistory([{ ...last, at: last.at + historyIntervalMs }]);
    await panel.page.waitForFunction(() => document.querySelector('.courses [role=slider]')?.ariaValueMax === '31');
    assert.equal(await header.innerText(), time);
    await panel.page.keyboard.press('Home');
    assert.equal(await slider.getAttribute('aria-valuenow'), '1');
    await panel.page.keyboard.press('Escape');
    assert.equal(await header.innerText(), 'Newest');
    const box = await slider.boundingBox();
    assert(box);
    await panel.page.mouse.move(box.x + 2, box.y + 20);
    assert.equal(await slider.getAttribute('aria-valuenow'), '1');
    await panel.page.mouse.move(box.x, box.y - 20);
    assert.equal(await header.innerText(), 'Newest');
  });

  it('sends nothing, so shows no traffic, with the embedded model', async () => {
    const provider = { ...engineStatus().provider, id: 'embedded' };
    const counts = { filesIndexed: 1, vectorsAdded: 9, embedRequests: 0, embedTokens: 900, searches: 0 };
    await sendHistory(historySamples(3, { counts }), performanceData({ status: engineStatus({ provider }) }));
    await panel.page.getByRole('slider', { name: 'Queues' }).waitFor();
    assert.equal(await panel.page.getByRole('slider', { name: 'Requests per minute' }).count(), 0);
  });

  it('lists every target before it was measured, with the button that measures', async () => {
    const rows = panel.page.getByRole('table', { name: 'Targets' }).locator('tbody').getByRole('row');
    assert.equal(await rows.count(), 12);
    assert.match(await rows.first().innerText(), /^Provider: Embedding latency\s+< 2 s\s+–\s+not measured yet/);
    assert.match(await rows.last().innerText(), /Health check\s+< 5 ms\s+–\s+not measured yet\s+0\.84 ms/);
    await panel.page.getByText('Not measured yet on this machine.', { exact: false }).waitFor();
  });

  it('says of every target whether it is met, in a word, as soon as a benchmark has ended', async () => {
    await panel.send({ type: 'benchmark', report: benchmarkReport() });
    await panel.page.getByText('11 of 12 targets met.', { exact: false }).waitFor();
    const table = panel.page.getByRole('table', { name: 'Targets' });
    assert.equal(await table.getByRole('cell', { name: 'met', exact: true }).count(), 11);
    const missed = table.getByRole('row', { name: /Resource usage/ });
    assert.match(
      await missed.innerText(),
      /Service: Resource usage\s+< 100 MB\s+400 MB\s+missed\s+–\s+Resource usage, p95/,
    );
    // A page that is shown again gets the report with its state.
    await panel.send(performanceState({ benchmark: { ...benchmarkReport(), targets: [] } }));
    await panel.page.getByText('0 of 12 targets met.', { exact: false }).waitFor();
  });

  it('says what is healthy and what is not', async () => {
    const health = panel.page.getByRole('table', { name: 'Health' });
    await health.getByRole('row', { name: 'All checks Everything works' }).waitFor();
    assert.equal(await health.locator('.icon.bad').count(), 0);
    const checks = healthReport().checks.map((check) =>
      check.name === 'disk' ? { ...check, ok: false, detail: '12 MB free' } : check,
    );
    const data = performanceData({ health: healthReport({ ok: false, checks }) });
    await panel.send({ type: 'data', data, samples: [], history: [] });
    await health.getByRole('row', { name: 'All checks Something is wrong' }).waitFor();
    await health.getByRole('row', { name: 'Disk space wrong (12 MB free)' }).locator('.icon.bad').waitFor();
    assert.equal(await health.locator('.icon.bad').count(), 2);
  });

  it('says so before the engine has answered, and before anything ran', async () => {
    const { data, ...waiting } = performanceState({ samples: [] });
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
    await panel.send(performanceState({ benchmark: benchmarkReport() }));
    await sendHistory(historySamples(10));
    await panel.page.getByRole('slider', { name: 'Queues' }).waitFor();
    for (const theme of themes) {
      await panel.setTheme(theme);
      assert.deepEqual(await accessibilityProblems(panel.page), [], theme);
    }
  });

  it('fits from 200 to 1,200 pixels; wide tables scroll on their own, by keyboard too', async () => {
    await sendHistory(historySamples(10));
    await panel.page.getByRole('slider', { name: 'Queues' }).waitFor();
    for (const width of [200, 280, 420, 1_200]) {
      await panel.page.setViewportSize({ width, height: 900 });
      assert.equal(await panel.overflow(), 0, `${width} pixels`);
      const names = panel.page.locator('.legend').getByRole('rowheader', { name: 'Requests under way' });
      assert.equal(await names.filter({ visible: true }).count(), 1, `${width} pixels`);
    }
    await panel.page.setViewportSize({ width: 200, height: 900 });
    const region = panel.page.getByRole('region', { name: 'Stages' });
    await region.focus();
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 0);
  });
});

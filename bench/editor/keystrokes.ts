import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Frame } from 'playwright-core';
import { untilAnswered } from '../../test/support/searching.ts';
import { Workbench } from '../../test/support/workbench.ts';
import { questions } from '../indexing/questions.ts';
import { goSources } from '../shared/corpus.ts';
import { machineFacts } from '../shared/machine.ts';
import { type Row, writeReport } from '../shared/report.ts';
import { summarize } from '../shared/statistics.ts';

export interface KeystrokeOptions {
  /** Folder to open; undefined: Go's sources. */
  readonly folder?: string;
}

interface KeystrokeTimes {
  /** From a key to painted results, the engine's part of it, and the paint's. Milliseconds. */
  readonly keys: number[];
  readonly searches: number[];
  readonly painting: number[];
}

interface ResultsMessage {
  readonly type?: string;
  readonly final?: boolean;
  readonly response: { readonly timings: { readonly totalMs: number } };
}

/** Bar of the product: from a key to the painted results. */
const paintedP95Ms = 100;
/** The last keys of each question that has a beginning before them: a first letter is nothing to ask for. */
const measuredKeys = 5;
const typed = questions.filter(({ length }) => length > 2 * measuredKeys);
const indexedMs = 300_000;

/**
 * What a person feels who types into the search view: from the key press, as the page sees it, to the frame that has the
 * results to the new text, in the installed extension in a real VS Code and a real browser.
 */
export async function benchKeystrokes({ folder }: KeystrokeOptions): Promise<void> {
  const corpus = folder === undefined ? await goSources() : { root: resolve(folder), name: basename(resolve(folder)) };
  const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-bench-keys-'));
  try {
    const workspace = join(scratch, 'workspace');
    await cp(corpus.root, workspace, { recursive: true, verbatimSymlinks: true });
    const workbench = await Workbench.open({ workspace });
    try {
      await report(corpus.name, await measureKeys(workbench));
    } finally {
      await workbench.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measureKeys(workbench: Workbench): Promise<KeystrokeTimes> {
  const status = workbench.statusBarItem('codeweaver.status');
  // First how far indexing is, then nothing but the name: all is there.
  await status.filter({ hasText: /\d/ }).waitFor({ timeout: indexedMs });
  await status.filter({ hasText: /^\s*CodeWeaver\s*$/ }).waitFor({ timeout: indexedMs });
  await workbench.runCommand('CodeWeaver: Open Search View');
  const first = await workbench.webview('Results');
  const box = first.getByRole('searchbox').or(first.getByRole('combobox')).first();
  await box.fill('warm up');
  const view = await untilAnswered(workbench, 'warm up');
  await view.evaluate(watchKeys);
  for (const question of typed) {
    await box.fill(question.slice(0, -measuredKeys));
    await untilAnswered(workbench, question.slice(0, -measuredKeys));
    for (const key of question.slice(-measuredKeys)) await typeOne(view, workbench, key);
  }
  return view.evaluate(() => (globalThis as unknown as { measured: KeystrokeTimes }).measured);
}

/** A space changes no question, so nothing is asked and nothing painted. */
async function typeOne(view: Frame, workbench: Workbench, key: string): Promise<void> {
  const count = async (): Promise<number> =>
    view.evaluate(() => (globalThis as unknown as { measured: { keys: number[] } }).measured.keys.length);
  const before = await count();
  await workbench.page.keyboard.type(key);
  if (key.trim() !== '') {
    await view.waitForFunction(
      (last) => (globalThis as unknown as { measured: { keys: number[] } }).measured.keys.length > last,
      before,
    );
  }
  await workbench.page.waitForTimeout(100);
}

/** Runs in the page. The results' message is listened to by the page as well, and before this. */
function watchKeys(): void {
  const measured: KeystrokeTimes = { keys: [], searches: [], painting: [] };
  Object.assign(globalThis, { measured });
  let pressedAt: number | undefined;
  document.addEventListener('keydown', (event) => (pressedAt = event.timeStamp), { capture: true });
  window.addEventListener('message', (event: MessageEvent<ResultsMessage>) => {
    if (event.data.type !== 'results' || event.data.final !== true || pressedAt === undefined) return;
    const [from, answered] = [pressedAt, performance.now()];
    measured.searches.push(event.data.response.timings.totalMs);
    pressedAt = undefined;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      // A task of its own comes after the frame's layout and paint.
      port1.onmessage = () => {
        port1.close();
        measured.keys.push(performance.now() - from);
        measured.painting.push(performance.now() - answered);
      };
      port2.postMessage(undefined);
    });
  });
}

async function report(name: string, { keys, searches, painting }: KeystrokeTimes): Promise<void> {
  const [total, search, paint] = [summarize(keys), summarize(searches), summarize(painting)];
  const text = ({ median, p95, max }: typeof total): string =>
    `${p95.toFixed(0)} ms (median ${median.toFixed(0)} ms, max ${max.toFixed(0)} ms)`;
  const rows: Row[] = [
    {
      name: `from a key to painted results, ${total.count} keys, p95`,
      value: text(total),
      target: `<= ${paintedP95Ms} ms`,
      pass: total.p95 <= paintedP95Ms,
    },
    { name: 'of that, the search in the engine, p95', value: text(search) },
    { name: 'and from the answer to its paint, p95', value: text(paint) },
  ];
  await writeReport('keystrokes', `Typing into the search view: ${name}`, machineFacts(), rows, {
    keys: total,
    searches: search,
    painting: paint,
  });
}

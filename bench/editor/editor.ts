import { build, type BuildOptions } from 'esbuild';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { launchChromium } from '../../test/support/chromium.ts';
import { VscodeHost } from '../../test/support/vscodeHost.ts';
import { goSources } from '../shared/corpus.ts';
import { machineFacts } from '../shared/machine.ts';
import { type Row, writeReport } from '../shared/report.ts';
import { type EditorMeasurements, measurementsVariable } from './measurements.ts';

export interface EditorOptions {
  /** Folder to open; undefined: Go's sources. */
  readonly folder?: string;
}

const project = join(import.meta.dirname, '../..');
/** Bars of the product. */
const bars = { activationMs: 50, loopDelayP99Ms: 20, searchP95Ms: 50, saveMs: 300 };

/** What a user of the editor feels while a large folder is indexed: measured inside the extension host of a real VS Code. */
export async function benchEditor({ folder }: EditorOptions): Promise<void> {
  const corpus = folder === undefined ? await goSources() : { root: resolve(folder), name: basename(resolve(folder)) };
  const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-bench-editor-'));
  try {
    const root = join(scratch, 'workspace');
    await cp(corpus.root, root, { recursive: true, verbatimSymlinks: true });
    await report(corpus.name, await measureInHost(root, join(scratch, 'measurements.json')));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measureInHost(root: string, resultsFile: string): Promise<EditorMeasurements> {
  const entry = await bundleInHost();
  const settings = { 'codeweaver.index.auto': true };
  const host = await VscodeHost.start({ runsTests: true, settings, env: { [measurementsVariable]: resultsFile } });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const ended = Promise.withResolvers<void>();
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', () => ended.resolve());
    await page.goto(
      host.url(root, [
        ['extensionDevelopmentPath', host.remoteUri(project)],
        ['extensionTestsPath', host.remoteUri(entry)],
      ]),
    );
    await ended.promise;
    return JSON.parse(await readFile(resultsFile, 'utf8')) as EditorMeasurements;
  } finally {
    await browser.close();
    await host.dispose();
  }
}

async function bundleInHost(): Promise<string> {
  const config = new URL('../../esbuild.config.mjs', import.meta.url).href;
  const { bundles } = (await import(config)) as { bundles: { hostTests: BuildOptions } };
  const outdir = join(project, 'out/bench');
  const entryPoints = { inHost: join(import.meta.dirname, 'inHost.ts') };
  await build({ ...bundles.hostTests, entryPoints, outbase: import.meta.dirname, outdir });
  return join(outdir, 'inHost.cjs');
}

async function report(name: string, measured: EditorMeasurements): Promise<void> {
  const { activationMs, loadMs, indexMs, files, indexing, idle, searchMs, saveMs } = measured;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const rows: Row[] = [
    {
      name: 'activation: load + activate',
      value: `${ms(loadMs)} + ${ms(activationMs)}`,
      target: `<= ${bars.activationMs} ms`,
      pass: loadMs + activationMs <= bars.activationMs,
    },
    { name: `indexing ${files} files`, value: `${(indexMs / 1_000).toFixed(1)} s` },
    {
      name: 'event-loop delay of the extension host while indexing, p99',
      value: `${ms(indexing.p99Ms)} (p50 ${ms(indexing.p50Ms)}, max ${ms(indexing.maxMs)})`,
      target: `<= ${bars.loopDelayP99Ms} ms`,
      pass: indexing.p99Ms <= bars.loopDelayP99Ms,
    },
    { name: 'the same while idle, p99', value: `${ms(idle.p99Ms)} (p50 ${ms(idle.p50Ms)}, max ${ms(idle.maxMs)})` },
    {
      name: 'search from the editor, p95',
      value: `${ms(searchMs.p95)} (median ${ms(searchMs.median)})`,
      target: `<= ${bars.searchP95Ms} ms`,
      pass: searchMs.p95 <= bars.searchP95Ms,
    },
    {
      name: 'from save to found, p95',
      value: `${ms(saveMs.p95)} (median ${ms(saveMs.median)})`,
      target: `<= ${bars.saveMs} ms`,
      pass: saveMs.p95 <= bars.saveMs,
    },
  ];
  await writeReport('editor', `In the editor: ${name}`, machineFacts(), rows, { ...measured });
}

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import manifest from '../../package.json' with { type: 'json' };
import { LoopDelay } from '../../src/node/loopDelay.ts';
import type { CodeWeaverApi } from '../../src/vscode/publicApi.ts';
import { questions } from '../indexing/questions.ts';
import { summarize } from '../shared/statistics.ts';
import { type EditorMeasurements, type LoopDelays, measurementsVariable } from './measurements.ts';

/* Runs inside the extension host, as a test would: measures there what the user of the editor feels. */

const idleMs = 5_000;
const saves = 30;

/** Entry for VS Code's test runner. */
export async function run(): Promise<void> {
  const file = process.env[measurementsVariable];
  if (file === undefined) throw new Error(`${measurementsVariable} is not set.`);
  await writeFile(file, JSON.stringify(await measure()));
}

async function measure(): Promise<EditorMeasurements> {
  const extension = vscode.extensions.getExtension<CodeWeaverApi>(`${manifest.publisher}.${manifest.name}`);
  if (extension === undefined) throw new Error('The extension is not installed.');
  const loadMs = timeLoad(extension.extensionPath);
  const api = await extension.activate();
  await api.status();

  const startMs = performance.now();
  const indexing = await watchLoop(async () => {
    await vscode.commands.executeCommand('codeweaver.rebuildIndex');
  });
  const indexMs = performance.now() - startMs;
  const [folder] = (await api.status()).folders;
  const idle = await watchLoop(() => sleep(idleMs));
  const { times, paths } = await timeSearches(api);

  return {
    activationMs: api.activationMs,
    loadMs,
    indexMs,
    files: folder?.counts.indexed ?? 0,
    indexing,
    idle,
    searchMs: summarize(times),
    saveMs: summarize(await timeSaves(api, paths)),
  };
}

/** Reading, compiling and running the bundle, in a copy of its module that nobody has loaded. */
function timeLoad(extensionPath: string): number {
  const require = createRequire(__filename);
  const path = require.resolve(join(extensionPath, 'dist/extension.cjs'));
  const loaded = require.cache[path];
  delete require.cache[path];
  const startMs = performance.now();
  require(path);
  const loadMs = performance.now() - startMs;
  if (loaded !== undefined) require.cache[path] = loaded;
  return loadMs;
}

async function watchLoop(work: () => Promise<void>): Promise<LoopDelays> {
  const delay = new LoopDelay();
  delay.start();
  await work();
  delay.stop();
  const [p50Ms = 0, p99Ms = 0, maxMs = 0] = [50, 99, 100].map((p) => delay.percentileMs(p));
  return { p50Ms, p99Ms, maxMs };
}

/** As the quick pick asks, channel included; each question once, so that no cache answers. And the files that were found. */
async function timeSearches(api: CodeWeaverApi): Promise<{ times: number[]; paths: string[] }> {
  const times: number[] = [];
  const paths = new Set<string>();
  for (const query of questions) {
    const startMs = performance.now();
    const { results } = await api.search({ query });
    times.push(performance.now() - startMs);
    for (const { path } of results) paths.add(path);
  }
  return { times, paths: [...paths] };
}

/** From the moment a changed document is saved to the first search that finds the change. `paths`: of indexed files. */
async function timeSaves(api: CodeWeaverApi, paths: readonly string[]): Promise<number[]> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (root === undefined) throw new Error('No folder is open.');
  const times: number[] = [];
  for (const [round, path] of paths.slice(0, saves).entries()) {
    const uri = vscode.Uri.joinPath(root, path);
    const word = `benchmarkword${round}x`;
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), `// ${word}\n`);
    await vscode.workspace.applyEdit(edit);
    const saving = document.save();
    const startMs = performance.now();
    await saving;
    while ((await api.search({ query: word, mode: 'lexical' })).results.every(({ unsaved }) => unsaved)) await sleep(2);
    times.push(performance.now() - startMs);
  }
  return times;
}

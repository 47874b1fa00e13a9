import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { percentile } from '../../src/util/percentile.ts';
import { goSources } from '../shared/corpus.ts';
import { machineFacts } from '../shared/machine.ts';
import { measuredRun, type MeasuredRun } from '../shared/measuredRun.ts';
import { writeReport, type Row } from '../shared/report.ts';
import { summarize } from '../shared/statistics.ts';
import { measureEdits } from './editLatency.ts';
import { measurePeers } from './peers.ts';
import { questions } from './questions.ts';

export interface IndexingOptions {
  /** Folder to measure; undefined: Go's sources. */
  readonly folder?: string;
  readonly rounds: number;
}

interface IndexJson {
  readonly files: { readonly discovered: number; readonly indexed: number; readonly skipped: number };
  readonly chunksAdded: number;
  readonly totalMs: number;
}

interface FileJson {
  readonly path: string;
  readonly state: string;
  readonly bytes: number;
}

const cliPath = join(import.meta.dirname, '../../dist/cli.js');

/** Bars of the product, on two cores. */
const bars = { indexS: 60, openMs: 1_000, searchP95Ms: 50, editMs: 300, memoryBytes: 500e6 };

/**
 * Indexing, opening and searching through the built command line as a user runs it, and one saved file through the
 * engine as the editor runs it. Works on a copy of the folder. The files are in the system's cache from the first round
 * on: what is measured is the product, not the disk.
 */
export async function benchIndexing({ folder, rounds }: IndexingOptions): Promise<void> {
  if (!existsSync(cliPath)) throw new Error('dist/cli.js is missing: run "npm run build" first.');
  const corpus = folder === undefined ? await goSources() : { root: resolve(folder), name: basename(resolve(folder)) };
  const directory = await mkdtemp(join(tmpdir(), 'codeweaver-bench-'));
  try {
    const root = join(directory, 'corpus');
    await cp(corpus.root, root, { recursive: true, verbatimSymlinks: true });
    await measure(corpus.name, root, directory, rounds);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(name: string, root: string, directory: string, rounds: number): Promise<void> {
  const machine = machineFacts();
  const indexDir = join(directory, 'index');
  const cli = (...args: string[]): Promise<MeasuredRun> =>
    measuredRun(process.execPath, [cliPath, ...args, '--index-dir', indexDir, '--no-progress']);

  const cold: MeasuredRun[] = [];
  for (let round = 0; round < rounds; round++) {
    await rm(indexDir, { recursive: true, force: true });
    cold.push(await cli('index', root, '--json'));
    say('cold', cold.at(-1));
  }
  const index = JSON.parse(cold[0]?.stdout ?? '') as IndexJson;
  const files = (JSON.parse((await cli('files', root, '--json')).stdout) as FileJson[]).filter(
    ({ state }) => state === 'indexed',
  );
  const indexedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);

  const warm = await repeat(rounds, () => cli('index', root, '--json'), 'warm');
  const open = await repeat(rounds, () => cli('search', root, 'open a file', '--no-update', '--json'), 'open');
  const edited: MeasuredRun[] = [];
  for (let round = 0; round < rounds; round++) {
    await appendFile(join(root, files[round]?.path ?? ''), `\n// edit ${round}\n`);
    edited.push(await cli('search', root, `edit ${round}`, '--json'));
  }

  const queryFile = join(directory, 'questions.jsonl');
  await writeFile(queryFile, questions.map((query, id) => JSON.stringify({ id, query })).join('\n'));
  const searches = await repeat(
    rounds,
    () => cli('search', root, '--queries', queryFile, '--no-update', '-k', '10', '--json'),
    'search',
  );
  const searchMs = searches.map(({ stdout }) => latencies(stdout));
  const peers = await measurePeers(root, questions);
  const edits = await measureEdits(
    root,
    files.map(({ path }) => path),
    20,
  );

  const coldS = summarize(cold.map(({ wallMs }) => wallMs / 1_000));
  const peakBytes = Math.max(...[...cold, ...warm, ...open, ...searches].map(({ peakRssBytes }) => peakRssBytes));
  const p50 = percentile(
    searchMs.map((values) => percentile(values, 50)),
    50,
  );
  const p95 = percentile(
    searchMs.map((values) => percentile(values, 95)),
    50,
  );
  const warmMs = summarize(warm.map(({ wallMs }) => wallMs));
  const openMs = summarize(open.map(({ wallMs }) => wallMs));
  const editedMs = summarize(edited.map(({ wallMs }) => wallMs));
  const searchableMs = summarize(edits.map(({ searchableMs: ms }) => ms));
  const rows: Row[] = [
    row('files discovered / indexed', `${index.files.discovered} / ${index.files.indexed}`),
    row('indexed source', `${(indexedBytes / 1e6).toFixed(1)} MB, ${index.chunksAdded} chunks`),
    row(
      'cold index, whole process',
      `${coldS.median.toFixed(1)} s`,
      `<= ${bars.indexS} s`,
      coldS.median <= bars.indexS,
    ),
    row(
      'throughput',
      `${(index.files.indexed / coldS.median).toFixed(0)} files/s, ${(indexedBytes / 1e6 / coldS.median).toFixed(2)} MB/s`,
    ),
    row(
      'peak memory, whole process tree',
      `${(peakBytes / 1e6).toFixed(0)} MB`,
      `<= ${bars.memoryBytes / 1e6} MB`,
      peakBytes <= bars.memoryBytes,
    ),
    row(
      'open and answer one query, whole process',
      `${openMs.median.toFixed(0)} ms`,
      `<= ${bars.openMs} ms`,
      openMs.median <= bars.openMs,
    ),
    row('nothing changed: update, whole process', `${warmMs.median.toFixed(0)} ms`),
    row('one file changed: update and query, whole process', `${editedMs.median.toFixed(0)} ms`),
    row(
      'search, p50 / p95',
      `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`,
      `p95 <= ${bars.searchP95Ms} ms`,
      p95 <= bars.searchP95Ms,
    ),
    row(
      'saved file searchable, median / p95',
      `${searchableMs.median.toFixed(0)} / ${searchableMs.p95.toFixed(0)} ms`,
      `<= ${bars.editMs} ms`,
      searchableMs.p95 <= bars.editMs,
    ),
    ...peers.map((peer) =>
      row(`${peer.name}, one word, p50 / p95`, `${peer.p50Ms.toFixed(0)} / ${peer.p95Ms.toFixed(0)} ms`),
    ),
  ];
  await writeReport('indexing', `Indexing and searching ${name}`, machine, rows, {
    corpus: { name, indexedBytes, ...index.files, chunks: index.chunksAdded },
    rounds,
    coldS,
    coldEngineMs: cold.map(({ stdout }) => (JSON.parse(stdout) as IndexJson).totalMs),
    peakRssBytes: cold.map(({ peakRssBytes }) => peakRssBytes),
    warmMs,
    openMs,
    editedMs,
    search: { queries: questions.length, p50Ms: p50, p95Ms: p95, rounds: searchMs.map(summarize) },
    edits: { apply: summarize(edits.map(({ applyMs }) => applyMs)), searchable: searchableMs },
    peers,
  });
}

function latencies(answers: string): number[] {
  return answers
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { timings: { totalMs: number } }).timings.totalMs);
}

async function repeat(rounds: number, body: () => Promise<MeasuredRun>, what: string): Promise<MeasuredRun[]> {
  const runs: MeasuredRun[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push(await body());
    say(what, runs.at(-1));
  }
  return runs;
}

function say(what: string, run: MeasuredRun | undefined): void {
  if (run) process.stderr.write(`${what}: ${run.wallMs.toFixed(0)} ms, ${(run.peakRssBytes / 1e6).toFixed(0)} MB\n`);
}

function row(name: string, value: string, target?: string, pass?: boolean): Row {
  return { name, value, ...(target === undefined ? {} : { target }), ...(pass === undefined ? {} : { pass }) };
}

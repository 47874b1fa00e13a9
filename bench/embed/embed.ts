import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LocalModel } from '../../src/core/embedding/local/localModel.ts';
import { readModelFile } from '../../src/core/embedding/local/modelFile.ts';
import { TokenCounter } from '../../src/core/embedding/local/tokenCounter.ts';
import type { EmbeddingDocument } from '../../src/core/providerPorts.ts';
import { createModelLoader } from '../../src/node/modelLoader.ts';
import { PlainModel } from '../../test/support/plainModel.ts';
import { questions } from '../indexing/questions.ts';
import { goSources } from '../shared/corpus.ts';
import { machineFacts } from '../shared/machine.ts';
import { writeReport, type Row } from '../shared/report.ts';
import { summarize } from '../shared/statistics.ts';
import { collectGarbage } from '../vector/collectGarbage.ts';
import { indexedChunks } from './chunks.ts';

export interface EmbedOptions {
  /** Folder whose chunks are embedded; undefined: Go's sources. */
  readonly folder?: string;
  readonly rounds: number;
}

const mediaDirectory = join(import.meta.dirname, '../../media');
/** Bars of the product, on one core. */
const bars = { chunksPerS: 50_000, loadMs: 50, memoryBytes: 30e6, queryMs: 0.5 };
/** The plain implementation takes a sample: it is slow. */
const plainChunks = 3_000;

/**
 * The embedded model in one thread: loading, embedding the chunks of a folder for the first time and again, its two
 * stages, queries, memory, and the plain JavaScript that is its specification beside it.
 */
export async function benchEmbed({ folder, rounds }: EmbedOptions): Promise<void> {
  if (!existsSync(join(import.meta.dirname, '../../dist/parser.js')))
    throw new Error('dist/parser.js is missing: run "npm run build" first.');
  const machine = machineFacts();
  const corpus = folder === undefined ? await goSources() : { root: resolve(folder), name: basename(resolve(folder)) };
  const { files, chunks, totalMs, storedMs } = await indexedChunks(corpus.root);
  const characters = chunks.reduce((sum, { text }) => sum + text.length, 0);

  const before = usedBytes();
  const startMs = performance.now();
  let model = await openModel();
  model.embedQuery('open a file');
  const loadMs = performance.now() - startMs;
  const firstMs: number[] = [];
  const againMs: number[] = [];
  let memoryBytes = 0;
  for (let round = 0; round < rounds; round++) {
    if (round > 0) model = await openModel();
    firstMs.push(cpuTimed(() => embedAll(model, chunks)));
    againMs.push(cpuTimed(() => embedAll(model, chunks)));
    if (round === 0) memoryBytes = usedBytes() - before;
  }
  const tokenMs = tokenTimes(chunks, rounds);
  const plain = new PlainModel(await readFile(join(mediaDirectory, 'model.bin')));
  const sample = chunks.slice(0, plainChunks);
  const plainMs = cpuTimed(() => embedAll(plain, sample));
  const sampleMs = cpuTimed(() => embedAll(model, sample));
  const queryMs = questions.map((question) => timed(() => model.embedQuery(question)));

  const perS = (ms: readonly number[]): number => (chunks.length / summarize(ms).median) * 1_000;
  const perChunkUs = (ms: readonly number[]): number => (summarize(ms).median * 1_000) / chunks.length;
  const query = summarize(queryMs);
  const rows: Row[] = [
    { name: 'corpus', value: `${corpus.name}: ${files} files, ${chunks.length} chunks` },
    { name: 'characters of a chunk, mean', value: `${(characters / chunks.length).toFixed(0)}` },
    bar('load, with the first query', `${loadMs.toFixed(1)} ms`, `<= ${bars.loadMs} ms`, loadMs <= bars.loadMs),
    bar(
      'chunks, every word new at first',
      rate(perS(firstMs)),
      `>= ${rate(bars.chunksPerS)}`,
      perS(firstMs) >= bars.chunksPerS,
    ),
    bar('chunks, words known', rate(perS(againMs)), `>= ${rate(bars.chunksPerS)}`, perS(againMs) >= bars.chunksPerS),
    { name: 'of that: tokens', value: `${perChunkUs(tokenMs).toFixed(1)} of ${perChunkUs(againMs).toFixed(1)} µs` },
    {
      name: 'plain JavaScript',
      value: `${rate((sample.length / plainMs) * 1_000)}, ${(plainMs / sampleMs).toFixed(1)} times slower`,
    },
    bar(
      'a query, p50 / max',
      `${query.median.toFixed(3)} / ${query.max.toFixed(3)} ms`,
      `<= ${bars.queryMs} ms`,
      query.median <= bars.queryMs,
    ),
    bar(
      'memory',
      `${(memoryBytes / 1e6).toFixed(1)} MB`,
      `<= ${bars.memoryBytes / 1e6} MB`,
      memoryBytes <= bars.memoryBytes,
    ),
    { name: 'first pass over the folder, all', value: `${totalMs.toFixed(0)} ms` },
    { name: 'of that: vectors, from the last chunk stored to the end', value: `${(totalMs - storedMs).toFixed(0)} ms` },
  ];
  const data = { firstMs, againMs, tokenMs, plainMs, sampleMs, loadMs, memoryBytes, queryMs, totalMs, storedMs };
  await writeReport('embed', 'The embedded model', machine, rows, { chunks: chunks.length, characters, ...data });
}

async function openModel(): Promise<LocalModel> {
  const { model, pooling } = await createModelLoader(mediaDirectory)();
  return new LocalModel(readModelFile(model), pooling);
}

function embedAll(
  model: { embedDocument(document: EmbeddingDocument): unknown },
  documents: readonly EmbeddingDocument[],
): void {
  for (const document of documents) model.embedDocument(document);
}

/** Counting alone, words known. */
function tokenTimes(documents: readonly EmbeddingDocument[], rounds: number): number[] {
  const counts = new Float64Array(32_000);
  const touched = new Uint32Array(counts.length);
  const counter = new TokenCounter({ rowOf: new Map(), buckets: counts.length, counts, touched });
  const countAll = (): void => {
    for (const { text } of documents) {
      counter.add(text, 1);
      for (let index = 0; index < counter.touchedCount; index++) counts[touched[index]!] = 0;
      counter.begin();
    }
  };
  countAll();
  return Array.from({ length: rounds }, () => cpuTimed(countAll));
}

/** Processor time of this thread: what else the machine does is left out. */
function cpuTimed(body: () => void): number {
  const { user, system } = process.threadCpuUsage();
  body();
  const after = process.threadCpuUsage();
  return (after.user + after.system - user - system) / 1_000;
}

function timed(body: () => void): number {
  const startMs = performance.now();
  body();
  return performance.now() - startMs;
}

function usedBytes(): number {
  for (let pass = 0; pass < 3; pass++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function rate(perS: number): string {
  return `${Math.round(perS).toLocaleString('en')} /s`;
}

function bar(name: string, value: string, target: string, pass: boolean): Row {
  return { name, value, target, pass };
}

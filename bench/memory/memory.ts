import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/util/seededRandom.ts';
import { machineFacts } from '../shared/machine.ts';
import { measuredRun, type MeasuredRun } from '../shared/measuredRun.ts';
import { writeReport, type Row } from '../shared/report.ts';
import { startSlowEndpoint } from './slowEndpoint.ts';

export interface MemoryOptions {
  /** Sizes of the generated repositories, in MB, with commas. */
  readonly megabytes: string;
  readonly latencyMs: number;
  readonly dimensions: number;
}

interface Size {
  readonly megabytes: number;
  readonly files: number;
  readonly chunks: number;
  readonly requests: number;
  readonly indexS: number;
  /** While indexing: the engine's process alone, and with its parse processes. */
  readonly indexRssBytes: number;
  readonly treeRssBytes: number;
  /** Opening the whole index and searching it: what has to be in memory. */
  readonly searchRssBytes: number;
}

const cliPath = join(import.meta.dirname, '../../dist/cli.js');
const filesPerFolder = 200;
const fileBytes = 10_000;
const verbs = ['open', 'close', 'parse', 'render', 'merge', 'split', 'retry', 'cancel', 'encode', 'verify', 'schedule'];
const nouns = ['socket', 'token', 'invoice', 'schema', 'cursor', 'batch', 'session', 'header', 'widget', 'ledger'];

/**
 * Peak memory of indexing generated repositories of several sizes through a slow endpoint, beside what the finished index
 * needs to be searched: the difference is what passes through, and must not grow with the repository.
 */
export async function benchMemory({ megabytes, latencyMs, dimensions }: MemoryOptions): Promise<void> {
  if (!existsSync(cliPath)) throw new Error('dist/cli.js is missing: run "npm run build" first.');
  const sizes: Size[] = [];
  for (const size of megabytes.split(',').map(Number)) {
    sizes.push(await measureSize(size, latencyMs, dimensions));
    process.stderr.write(`${JSON.stringify(sizes.at(-1))}\n`);
  }
  const rows = sizes.flatMap((size): Row[] => {
    const { files, chunks, requests, indexS, indexRssBytes, treeRssBytes, searchRssBytes } = size;
    const name = `${size.megabytes} MB of sources`;
    const difference = indexRssBytes - searchRssBytes;
    return [
      { name, value: `${files} files, ${chunks} chunks, ${requests} requests, ${indexS.toFixed(0)} s` },
      { name: `${name}: highest, with parse processes`, value: inMegabytes(treeRssBytes) },
      { name: `${name}: highest of the engine`, value: inMegabytes(indexRssBytes) },
      { name: `${name}: index opened and searched`, value: inMegabytes(searchRssBytes) },
      {
        name: `${name}: passing through`,
        value: inMegabytes(difference),
        target: '<= 400 MB',
        pass: difference <= 400e6,
      },
    ];
  });
  await writeReport('memory', 'Memory by size of the repository, slow endpoint', machineFacts(), rows, {
    latencyMs,
    dimensions,
    sizes,
  });
}

async function measureSize(megabytes: number, latencyMs: number, dimensions: number): Promise<Size> {
  const directory = await mkdtemp(join(tmpdir(), 'codeweaver-memory-'));
  const endpoint = await startSlowEndpoint(dimensions, latencyMs);
  try {
    const root = join(directory, 'sources');
    const files = await writeSources(root, megabytes);
    const cli = async (...args: string[]): Promise<MeasuredRun> =>
      measuredRun(process.execPath, [cliPath, ...args, '--index-dir', join(directory, 'index'), '--no-progress']);
    const index = await cli('index', root, '--json', '--base-url', endpoint.url, '--model', 'slow');
    const { chunksAdded } = JSON.parse(index.stdout) as { chunksAdded: number };
    const search = await cli('search', root, 'retry the invoice session', '--no-update', '--json');
    return {
      ...{ megabytes, files, chunks: chunksAdded, requests: endpoint.requests, indexS: index.wallMs / 1_000 },
      ...{ indexRssBytes: index.peakOwnRssBytes, treeRssBytes: index.peakRssBytes },
      searchRssBytes: search.peakOwnRssBytes,
    };
  } finally {
    await endpoint.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Files of about six functions, no two alike. */
async function writeSources(root: string, megabytes: number): Promise<number> {
  const random = seededRandom(megabytes);
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
  const files = Math.ceil((megabytes * 1e6) / fileBytes);
  for (let file = 0; file < files; file++) {
    const folder = join(root, `part${Math.floor(file / filesPerFolder)}`);
    if (file % filesPerFolder === 0) await mkdir(folder, { recursive: true });
    let text = '';
    for (let unit = 0; text.length < fileBytes; unit++) {
      const lines = Array.from(
        { length: 36 },
        () => `  value = ${pick(verbs)}_${pick(nouns)}(value, ${Math.floor(random() * 1_000)});\n`,
      );
      text += `export function ${pick(verbs)}_${pick(nouns)}_${file}_${unit}(value) {\n${lines.join('')}  return value;\n}\n\n`;
    }
    await writeFile(join(folder, `${pick(nouns)}${file}.js`), text);
  }
  return files;
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

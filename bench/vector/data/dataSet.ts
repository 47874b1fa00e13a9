import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fillClustered } from './clustered.ts';
import { listTextFiles, readTextCorpus } from './textCorpus.ts';
import { fillTextVectors } from './textVectors.ts';

export type DataKind = 'text' | 'clustered';

/** Unit vectors, one after the other. */
export interface DataSet {
  readonly kind: DataKind;
  readonly dimensions: number;
  /** Row `i` has the id `i + 1`. */
  readonly rows: Float32Array;
  /** Of the same kind as the rows and not among them: what replaces them. */
  readonly spares: Float32Array;
  /** Of the same kind, for text from other files. */
  readonly queries: Float32Array;
}

interface DataOptions {
  readonly kind: DataKind;
  readonly rowCount: number;
  readonly dimensions: number;
  readonly queryCount: number;
}

/** Queries that a data set has; fewer may be used. */
export const maxQueries = 1_000;
/** A run replaces half of the rows at most; of large sets that takes too long to be done. */
const maxSpares = 60_000;
/** To be raised when the same arguments give other vectors than before. */
const dataVersion = 2;
const seed = 20_261_201;

const cacheDirectory = join(import.meta.dirname, '../../../.cache/bench');
/** No single read or write is larger. */
const ioBytes = 256 * 1024 * 1024;

/** The same numbers for the same arguments (for text: and the same dependencies installed). Text is kept in a cache. */
export async function loadDataSet({ kind, rowCount, dimensions, queryCount }: DataOptions): Promise<DataSet> {
  const spareCount = Math.min(maxSpares, 1_000 + Math.ceil(rowCount / 2));
  const vectors = new Float32Array((rowCount + spareCount + maxQueries) * dimensions);
  const parts = {
    rows: vectors.subarray(0, rowCount * dimensions),
    spares: vectors.subarray(rowCount * dimensions, (rowCount + spareCount) * dimensions),
    queries: vectors.subarray((rowCount + spareCount) * dimensions),
  };
  if (kind === 'text') await fillFromCache(vectors, parts, dimensions);
  // More rows: more clusters and larger ones.
  else fillClustered(vectors, dimensions, Math.max(20, Math.round(2 * Math.sqrt(rowCount))), seed);
  return { kind, dimensions, ...parts, queries: parts.queries.subarray(0, queryCount * dimensions) };
}

async function fillFromCache(
  vectors: Float32Array,
  parts: Parameters<typeof fillTextVectors>[1],
  dimensions: number,
): Promise<void> {
  const files = await listTextFiles();
  const key = createHash('sha256')
    .update(JSON.stringify([dataVersion, seed, dimensions, vectors.length, parts.rows.length, files]))
    .digest('hex')
    .slice(0, 16);
  const path = join(cacheDirectory, `vectors-text-${parts.rows.length / dimensions}x${dimensions}-${key}.bin`);
  const bytes = new Uint8Array(vectors.buffer);
  if (existsSync(path)) {
    await transfer(path, 'r', bytes);
    return;
  }
  process.stderr.write('Making vectors out of the text of the dependencies (kept in .cache) …\n');
  fillTextVectors(await readTextCorpus(files), parts, dimensions, seed);
  await mkdir(cacheDirectory, { recursive: true });
  // Under another name until complete.
  const draft = `${path}.${process.pid}`;
  await transfer(draft, 'w', bytes);
  await rename(draft, path);
}

async function transfer(path: string, flags: 'r' | 'w', bytes: Uint8Array): Promise<void> {
  const file = await open(path, flags);
  try {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + ioBytes);
      const done =
        flags === 'r'
          ? (await file.read(part, 0, part.length, at)).bytesRead
          : (await file.write(part, 0, part.length, at)).bytesWritten;
      if (done === 0) throw new Error(`${path} is too short: remove it.`);
      at += done;
    }
  } finally {
    await file.close();
  }
}

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { VectorHit, VectorIndex, VectorIndexOptions, VectorSearchOptions } from '../../src/core/ports.ts';
import { ShardedVectorIndex } from '../../src/core/vector/vectorIndex.ts';
import { createKernelLoader } from '../../src/node/kernelLoader.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import { NodeStorage } from '../../src/node/nodeStorage.ts';
import { createShardFactory } from '../../src/node/shardThreads.ts';
import type { LogRecord } from '../../src/protocol/engineApi.ts';
import { cosine, nearest } from './vectors.ts';

export const kernelPath = fileURLToPath(new URL('../../media/kernel.wasm', import.meta.url));
export const loadKernel = createKernelLoader(kernelPath);
export const storage = new NodeStorage();
/** The entry of a shard's thread, run from source. */
export const shardThreadPath = fileURLToPath(new URL('../../src/worker/shard.ts', import.meta.url));

/** Small enough that a test's few thousand rows fill several shards. */
export const smallShardRows = 1_500;
/** More than 8-bit codes change a score by in these tests; wrong scores are further off. */
const codesError = 0.02;

export interface IndexSetup extends Partial<VectorIndexOptions> {
  readonly dimensions: number;
  readonly shardRows?: number;
  readonly shardBytes?: number;
  readonly threadPath?: string;
  /** Draws the samples of recall checks. */
  readonly random?: () => number;
  /** Absent: what is logged fails the test. */
  readonly onLog?: (record: LogRecord) => void;
}

/** The real index on the real kernel, without threads unless `threadPath` says so. */
export async function openIndex(setup: IndexSetup): Promise<VectorIndex> {
  const { shardRows, shardBytes, threadPath, random, onLog = unexpected, ...options } = setup;
  const surroundings = { loadKernel, storage, clock: nodeClock, logger: { log: onLog } };
  return ShardedVectorIndex.open(
    { spaceId: 'space', ...options },
    {
      createShard: createShardFactory(surroundings, { threadPath, kernelPath }),
      storage,
      clock: nodeClock,
      ...(random === undefined ? {} : { random }),
      ...(shardRows === undefined ? {} : { shardRows }),
      ...(shardBytes === undefined ? {} : { shardBytes }),
    },
  );
}

/** An index beside the rows it should hold; everything found is compared with these. */
export class CheckedIndex {
  readonly rows: Map<number, Float32Array>;
  readonly index: VectorIndex;
  readonly #tolerance: number;

  private constructor(rows: Map<number, Float32Array>, index: VectorIndex, tolerance: number) {
    this.rows = rows;
    this.index = index;
    this.#tolerance = tolerance;
  }

  /** `reads`: whether the index can read exact rows, and so gives exact scores. */
  static async open(
    setup: IndexSetup,
    { reads = true, rows = new Map<number, Float32Array>() } = {},
  ): Promise<CheckedIndex> {
    const reader = reads ? { rows: (ids: readonly number[]) => ids.map((id) => rows.get(id)) } : {};
    return new CheckedIndex(rows, await openIndex({ ...setup, ...reader }), reads ? 1e-6 : codesError);
  }

  async add(ids: readonly number[], vectors: readonly Float32Array[]): Promise<void> {
    await this.index.add(ids, vectors);
    ids.forEach((id, i) => this.rows.set(id, vectors[i]!));
  }

  /** Under the ids 1, 2, … */
  async addAll(vectors: readonly Float32Array[], firstId = 1): Promise<void> {
    await this.add(
      vectors.map((_, i) => firstId + i),
      vectors,
    );
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.index.remove(ids);
    for (const id of ids) this.rows.delete(id);
  }

  matches(filter: ReadonlySet<number> | undefined): Map<number, Float32Array> {
    if (filter === undefined) return this.rows;
    return new Map(
      [...filter].flatMap((id) => {
        const vector = this.rows.get(id);
        return vector === undefined ? [] : [[id, vector] as const];
      }),
    );
  }

  /** As many hits as there are matches, up to k; each an allowed one, with its true score, in order, none twice. */
  async search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Promise<readonly VectorHit[]> {
    const hits = await this.index.search(query, k, options);
    const matches = this.matches(options.filter);
    assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length, 'an id came twice');
    hits.forEach(({ id, score }, position) => {
      const vector = matches.get(id);
      assert(vector, `id ${id} is not in the index or not allowed`);
      const difference = Math.abs(score - cosine(vector, query));
      assert(difference <= this.#tolerance, `the score of id ${id} is ${difference} off`);
      const before = hits[position - 1];
      if (before === undefined) return;
      const inOrder = before.score > score || (before.score === score && before.id < id);
      assert(inOrder, `${before.id} ${before.score} comes before ${id} ${score}`);
    });
    if (options.minScore === undefined) assert.equal(hits.length, Math.min(k, matches.size), 'hits are missing');
    return hits;
  }

  /** Share of the true nearest ten that is found. Among equally near rows any ten are the nearest ten. */
  async recall(queries: readonly Float32Array[], options: VectorSearchOptions = {}): Promise<number> {
    const matches = this.matches(options.filter);
    let found = 0;
    let wanted = 0;
    for (const query of queries) {
      const hits = await this.search(query, 10, options);
      const truth = nearest(matches, query, 10);
      const worst = truth.length === 0 ? 0 : cosine(matches.get(truth.at(-1)!)!, query);
      wanted += truth.length;
      found += hits.filter(({ id }) => cosine(matches.get(id)!, query) >= worst - 1e-6).length;
    }
    return wanted === 0 ? 1 : found / wanted;
  }

  /** Nothing more, nothing less, and each vector within what codes can tell. */
  async assertHolds(): Promise<void> {
    const { index, rows } = this;
    assert.equal(index.count, rows.size);
    assert.deepEqual(
      [...(await index.ids())].sort((a, b) => a - b),
      [...rows.keys()].sort((a, b) => a - b),
    );
    for (const [id, vector] of rows) {
      const stored = await index.get(id);
      assert(stored, `id ${id} cannot be got`);
      const distance = Math.hypot(...stored.map((component, i) => component - vector[i]!));
      assert(distance <= this.#tolerance, `id ${id} is ${distance} from what was added`);
    }
  }
}

function unexpected({ message, fields }: LogRecord): void {
  assert.fail(`${message}: ${JSON.stringify(fields)}`);
}

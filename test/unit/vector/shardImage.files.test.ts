import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardOptions } from '../../../src/core/vector/shardApi.ts';
import type { KernelCode } from '../../../src/core/vector/vectorKernel.ts';
import { VectorShard } from '../../../src/core/vector/vectorShard.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { loadKernel, storage } from '../../support/vectorIndexes.ts';
import { clusteredVectors, take, textLikeVectors } from '../../support/vectors.ts';

const dimensions = 24;
const spaceId = 'a space';

describe('VectorShard and its image', () => {
  const options: ShardOptions = { spaceId, dimensions, prefixDimensions: dimensions, m: 8, efConstruction: 60, engine: 'hnsw', maxBytes: 2 ** 30 }; // prettier-ignore
  const logged: LogRecord[] = [];
  let directory: string;
  let path: string;
  let shards: VectorShard[];

  beforeEach(async () => {
    directory = await temporaryDirectory();
    path = join(directory, 'image');
    logged.length = 0;
    shards = [];
  });

  afterEach(async () => {
    for (const shard of shards) await shard.dispose();
  });

  /** A shard, and what opening it answered. */
  async function open(other: Partial<ShardOptions> = {}, load = loadKernel): Promise<[VectorShard, boolean, number]> {
    const logger = { log: (record: LogRecord) => void logged.push(record) };
    const shard = new VectorShard({ loadKernel: load, storage, clock: nodeClock, logger });
    shards.push(shard);
    const { restored, count } = await shard.open({ ...options, ...other }, path);
    return [shard, restored, count];
  }

  async function add(shard: VectorShard, vectors: readonly Float32Array[], firstId = 1): Promise<void> {
    const rows = new Float32Array(vectors.length * dimensions);
    vectors.forEach((vector, i) => rows.set(vector, i * dimensions));
    await shard.add(Float64Array.from(vectors, (_, i) => firstId + i), rows); // prettier-ignore
  }

  async function assertHolds(shard: VectorShard, rows: ReadonlyMap<number, Float32Array>): Promise<void> {
    assert.deepEqual([...(await shard.ids())].sort((a, b) => a - b), [...rows.keys()].sort((a, b) => a - b)); // prettier-ignore
    for (const [id, vector] of rows) {
      const stored = (await shard.get(id))!;
      assert(Math.hypot(...stored.map((component, i) => component - vector[i]!)) < 0.02, `id ${id}`);
    }
  }

  const numbered = (vectors: readonly Float32Array[]): Map<number, Float32Array> =>
    new Map(vectors.map((vector, i) => [i + 1, vector]));

  it('come back together, with the graph as it was when it was built', async () => {
    const vectors = take(textLikeVectors(dimensions, 3), 1500);
    const [saved] = await open();
    await add(saved, vectors);
    await saved.settle();
    await saved.remove(Float64Array.of(7, 8));
    await saved.settle();
    await saved.save(path);
    const [loaded, restored, count] = await open();
    assert.deepEqual([restored, count], [true, 1498]);
    const graph = async (shard: VectorShard): Promise<unknown> => {
      const { graphed, ghosts, plan, sequence } = await shard.stats();
      return { graphed, ghosts, plan, sequence };
    };
    // Asked before any slice of work could build one.
    assert.deepEqual(await graph(loaded), await graph(saved));
    assert.equal((await loaded.stats()).graphed, 1498);
    await loaded.settle();
    assert.deepEqual(await graph(loaded), await graph(saved), 'there was nothing left to build');
    const rows = numbered(vectors);
    rows.delete(7);
    rows.delete(8);
    await assertHolds(loaded, rows);
    assert.deepEqual(logged, []);
  });

  it('go separate ways, with one warning, when it is of another kind, another program or none', async () => {
    const [saved] = await open();
    await add(saved, take(clusteredVectors(dimensions, 5), 200));
    await saved.settle();
    await saved.save(path);
    const whole = await readFile(path);
    const other = async (): Promise<KernelCode> => ({ ...(await loadKernel()), build: 'another' });
    const others: (readonly [Partial<ShardOptions>, typeof loadKernel?])[] = [[{ spaceId: 'another' }], [{ dimensions: 23 }], [{ prefixDimensions: 8 }], [{ m: 9 }], [{ efConstruction: 61 }], [{}, other]]; // prettier-ignore
    for (const [settings, load] of others) {
      logged.length = 0;
      const [shard, restored, count] = await open(settings, load);
      assert.deepEqual([restored, count, (await shard.stats()).graphed], [false, 0, 0]);
      assert.deepEqual(logged.map(({ level }) => level), ['warn']); // prettier-ignore
    }
    for (const content of ['', 'something else', 'x'.repeat(600_000), whole.subarray(0, whole.length >> 1)]) {
      await writeFile(path, content);
      logged.length = 0;
      const [shard, restored] = await open();
      assert.equal(restored, false);
      assert.equal(logged.length, 1);
      await add(shard, take(clusteredVectors(dimensions, 5), 3));
      assert.equal((await shard.ids()).length, 3);
    }
    logged.length = 0;
    await rm(path);
    assert.equal((await open())[1], false);
    assert.deepEqual(logged, [], 'a first start is nothing to warn of');
  });

  it('agree on one moment between the start and the end of a save', async () => {
    const [saved] = await open();
    const source = clusteredVectors(dimensions, 9, 1);
    const first = take(source, 3000);
    await add(saved, first);
    await saved.settle();
    for (let round = 0; round < 3; round++) {
      const rows = new Map<number, Float32Array>();
      for (const id of await saved.ids()) rows.set(id, (await saved.get(id))!);
      const start = (await saved.stats()).sequence;
      /** The rows by the changes the shard had seen. */
      const states = new Map([[start, new Map(rows)]]);
      let isSaving = true;
      const saving = saved.save(path).finally(() => (isSaving = false));
      for (let step = 0; isSaving; step++) {
        const [vector] = take(source, 1) as [Float32Array];
        const id = 1 + ((step * 37) % 4000);
        await add(saved, [vector], id);
        rows.set(id, vector);
        states.set((await saved.stats()).sequence, new Map(rows));
        const gone = 1 + ((step * 53) % 4000);
        await saved.remove(Float64Array.of(gone));
        rows.delete(gone);
        states.set((await saved.stats()).sequence, new Map(rows));
        await saved.search({ query: vector, limit: 5, ef: 50, exact: false });
        await nodeClock.yield();
      }
      await saving;
      const file = await readFile(path);
      await add(saved, take(source, 100));
      assert.deepEqual(await readFile(path), file, 'later changes reached the file');
      const [loaded, restored] = await open({ engine: 'exact' });
      assert.equal(restored, true);
      const state = states.get(sequenceOf(file));
      assert(state, 'the moment lies outside of the save');
      assert(states.size > 3, 'nothing happened during the save');
      await assertHolds(loaded, state);
    }
  });

  it('are written together when something has changed, and only then', async () => {
    const [saved] = await open();
    await add(saved, take(clusteredVectors(dimensions, 11), 300));
    await saved.settle();
    await saved.save(path);
    const identity = async (): Promise<string> => {
      const { ino, mtimeNs } = await stat(path, { bigint: true });
      return `${ino} ${mtimeNs}`;
    };
    const before = await identity();
    await saved.remove(Float64Array.of(5000));
    await saved.save(path);
    assert.equal(await identity(), before);
    await saved.remove(Float64Array.of(5));
    await Promise.all([saved.save(path), saved.save(path), saved.save(path)]);
    assert.notEqual(await identity(), before);
    assert.deepEqual(await readdir(directory), ['image']);
    assert.equal((await open())[2], 299);
  });

  it('survive a save that fails', async () => {
    const vectors = take(clusteredVectors(dimensions, 13), 300);
    const [saved] = await open();
    await add(saved, vectors);
    await saved.settle();
    const failed = (error: unknown): boolean => error instanceof AppError && error.code === 'StorageFailed';
    await rmdir(directory);
    await assert.rejects(saved.save(path), failed);
    await writeFile(directory, 'a file in its place');
    await assert.rejects(saved.save(path), failed);
    await rm(directory);
    await mkdir(directory);
    await assertHolds(saved, numbered(vectors));
    await saved.save(path);
    const [loaded, restored] = await open();
    assert.equal(restored, true);
    await assertHolds(loaded, numbered(vectors));
    // What was on disk before a failed save is not taken for saved.
    await saved.remove(Float64Array.of(1));
    await mkdir(join(directory, 'folder', 'inner'), { recursive: true });
    await assert.rejects(saved.save(join(directory, 'folder')), failed);
    await saved.save(path);
    assert.equal((await open())[2], 299);
  });
});

/** The changes an image contains, by its head. */
function sequenceOf(file: Buffer): number {
  return file.readUInt32LE(12 * 4) + file.readUInt32LE(13 * 4) * 2 ** 32;
}

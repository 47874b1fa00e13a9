import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { CheckedIndex, type IndexSetup, openIndex } from '../../support/vectorIndexes.ts';
import { clusteredVectors, queriesNear, seededRandom, take, textLikeVectors } from '../../support/vectors.ts';

const dimensions = 24;

describe('VectorIndex: images', () => {
  const logged: LogRecord[] = [];
  let directory: string;
  let setup: IndexSetup;
  let opened: CheckedIndex[];

  beforeEach(async () => {
    directory = await temporaryDirectory();
    logged.length = 0;
    opened = [];
    setup = { dimensions, shardRows: 1000, engine: 'hnsw', imagePath: join(directory, 'image') };
  });

  afterEach(async () => {
    for (const { index } of opened) await index.dispose();
  });

  async function open(other: Partial<IndexSetup> = {}, rows = new Map<number, Float32Array>()): Promise<CheckedIndex> {
    const checked = await CheckedIndex.open({ ...setup, onLog: (record) => logged.push(record), ...other }, { rows });
    opened.push(checked);
    return checked;
  }

  const image = (number: number): string => join(directory, `image.${number}`);
  const images = async (): Promise<Buffer[]> =>
    Promise.all((await readdir(directory)).sort().map((name) => readFile(join(directory, name))));

  it('bring rows and graphs of all shards back', async () => {
    const saved = await open();
    const vectors = take(textLikeVectors(dimensions, 3), 2500);
    await saved.addAll(vectors);
    await saved.index.settle();
    await saved.remove([3, 1003]);
    await saved.index.save();
    const loaded = await open({}, saved.rows);
    assert.equal(loaded.index.restored, true);
    assert.deepEqual((await loaded.index.stats()).shards.map(({ graphed }) => graphed), [999, 999, 500]); // prettier-ignore
    await loaded.assertHolds();
    const queries = queriesNear(vectors, 5, 20);
    assert((await loaded.recall(queries)) >= 0.95);
    await loaded.index.settle();
    assert.deepEqual(logged, []);
    await loaded.addAll(vectors.slice(0, 300), 9000);
    await loaded.index.settle();
    assert((await loaded.recall(queries)) >= 0.95);
  });

  it('are none without a path, and of an empty index there is one that is empty', async () => {
    const nowhere = await openIndex({ dimensions });
    await nowhere.add([1], take(clusteredVectors(dimensions, 1), 1));
    await nowhere.save();
    await nowhere.dispose();
    assert.deepEqual(await readdir(directory), []);
    const saved = await open();
    assert.equal(saved.index.restored, false);
    await saved.addAll(take(clusteredVectors(dimensions, 1), 10));
    await saved.remove([...saved.rows.keys()]);
    await saved.index.save();
    assert.deepEqual(await readdir(directory), ['image.0']);
    assert.equal((await open()).index.count, 0);
    assert.deepEqual(logged, []);
  });

  it('are not written when nothing has changed', async () => {
    const saved = await open();
    await saved.addAll(take(clusteredVectors(dimensions, 7), 1300));
    await saved.index.settle();
    await saved.index.save();
    // A file that is replaced is another one: its number tells.
    const written = async (): Promise<bigint[]> =>
      Promise.all([0, 1].map(async (number) => (await stat(image(number), { bigint: true })).ino));
    const before = await written();
    await saved.search(saved.rows.get(5)!, 10);
    await saved.remove([77_777]);
    await saved.index.save();
    const loaded = await open({}, saved.rows);
    await loaded.search(saved.rows.get(5)!, 10);
    await loaded.index.settle();
    await loaded.index.save();
    assert.deepEqual(await written(), before);
    await saved.remove([1200]);
    await saved.index.save();
    const after = await written();
    assert.equal(after[0], before[0]);
    assert.notEqual(after[1], before[1]);
  });

  it('hold whole vectors alone when they are written while searches and changes go on', async () => {
    const source = clusteredVectors(dimensions, 9, 1);
    const saved = await open();
    await saved.addAll(take(source, 1900));
    const random = seededRandom(11);
    for (let round = 0; round < 3; round++) {
      const history = new Map([...saved.rows].map(([id, vector]) => [id, [vector]]));
      let isSaving = true;
      const saving = saved.index.save().finally(() => (isSaving = false));
      while (isSaving) {
        const id = 1 + Math.floor(random() * 2400);
        const [vector] = take(source, 1) as [Float32Array];
        await saved.add([id], [vector]);
        history.set(id, [...(history.get(id) ?? []), vector]);
        await saved.remove([1 + Math.floor(random() * 2400)]);
        await saved.search(vector, 5);
        await new Promise(setImmediate);
      }
      await saving;
      const after = await images();
      await saved.addAll(take(source, 100));
      await saved.index.settle();
      assert.deepEqual(await images(), after, 'later changes reached the images');
      const coded = await openIndex({ ...setup });
      const ids = await coded.ids();
      assert(ids.length > 1000);
      for (const id of ids) {
        const stored = (await coded.get(id))!;
        const isOne = (history.get(id) ?? []).some((vector) => Math.hypot(...stored.map((component, i) => component - vector[i]!)) < 0.02); // prettier-ignore
        assert(isOne, `id ${id} never had this vector`);
      }
      await coded.dispose();
    }
  });

  it('of different moments give each id once, with the vector that is newer or older, not both', async () => {
    const vectors = take(clusteredVectors(dimensions, 13, 1), 1600);
    const saved = await open();
    await saved.addAll(vectors.slice(0, 1500));
    await saved.index.save();
    await copyFile(image(1), join(directory, 'older'));
    // Row 1200 moves from the second shard to the first.
    await saved.remove([1]);
    await saved.add([1200], [vectors[1550]!]);
    await saved.index.save();
    // As when the process is killed before it has written the second image.
    await copyFile(join(directory, 'older'), image(1));
    const loaded = await open({}, saved.rows);
    const ids = await loaded.index.ids();
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(loaded.index.count, ids.length);
    const hits = await loaded.index.search(vectors[1550]!, 2000);
    assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length);
    await loaded.remove([1200]);
    assert(!(await loaded.index.ids()).includes(1200));
  });

  it('that are damaged cost their own shard alone, which says so and works on', async () => {
    const saved = await open();
    const vectors = take(clusteredVectors(dimensions, 15, 1), 2500);
    await saved.addAll(vectors);
    await saved.index.save();
    const whole = await readFile(image(1));
    const damages: Record<string, () => Promise<void>> = {
      'a bit in its rows': async () => writeFile(image(1), whole.with(600_000, whole[600_000]! ^ 4)),
      'a bit in its head': async () => writeFile(image(1), whole.with(30, whole[30]! ^ 4)),
      'its end': async () => writeFile(image(1), whole.subarray(0, whole.length - 1)),
      'all but its head': async () => writeFile(image(1), whole.subarray(0, 500)),
      'another program': async () => writeFile(image(1), 'something else'),
      'an older image': async () => copyFile(image(0), image(1)).then(async () => writeFile(image(1), whole.subarray(0, 300_000), { flag: 'r+' })), // prettier-ignore
    };
    for (const [damage, make] of Object.entries(damages)) {
      await make();
      logged.length = 0;
      const loaded = await open({}, saved.rows);
      assert.equal(logged.length, 1, damage);
      assert.equal(logged[0]!.level, 'warn');
      assert.deepEqual(
        [...(await loaded.index.ids())],
        [...saved.rows.keys()].filter((id) => id <= 1000 || id > 2000),
      );
      assert.equal(loaded.index.restored, true);
      assert.equal((await loaded.index.search(vectors[5]!, 1))[0]!.id, 6);
      await loaded.add(
        vectors.slice(1000, 2000).map((_, i) => 1001 + i),
        vectors.slice(1000, 2000),
      );
      await loaded.assertHolds();
      await loaded.index.save();
      logged.length = 0;
      await (await open({}, saved.rows)).assertHolds();
      assert.deepEqual(logged, []);
    }
  });

  it('of another space or made with other settings are passed over, and replaced', async () => {
    const saved = await open();
    await saved.addAll(take(clusteredVectors(dimensions, 17), 100));
    await saved.index.save();
    const others: Partial<IndexSetup>[] = [{ spaceId: 'another' }, { dimensions: 23 }, { prefixDimensions: 12 }, { m: 12 }, { efConstruction: 99 }]; // prettier-ignore
    for (const other of others) {
      logged.length = 0;
      const { index } = await open(other);
      assert.equal(index.count, 0);
      assert.equal(index.restored, false);
      assert.equal(logged.length, 1, JSON.stringify(other));
    }
    const other = await open({ spaceId: 'another' });
    await other.addAll(take(clusteredVectors(dimensions, 19), 5));
    await other.index.save();
    assert.equal((await open({ spaceId: 'another' })).index.count, 5);
  });

  it('are the same whether saves overlap or follow each other', async () => {
    const saved = await open();
    await saved.addAll(take(clusteredVectors(dimensions, 21), 1200));
    await Promise.all([saved.index.save(), saved.index.save(), saved.index.save()]);
    await (await open({}, saved.rows)).assertHolds();
  });

  it('that cannot be written are an error, and are written when they can', async () => {
    const folder = join(directory, 'folder');
    const imagePath = join(folder, 'image');
    const saved = await open({ imagePath });
    await saved.addAll(take(clusteredVectors(dimensions, 23), 100));
    const failed = (error: unknown): boolean => error instanceof AppError && error.code === 'StorageFailed';
    await assert.rejects(saved.index.save(), failed);
    await saved.assertHolds();
    await mkdir(folder);
    await saved.index.save();
    await (await open({ imagePath }, saved.rows)).assertHolds();
  });
});

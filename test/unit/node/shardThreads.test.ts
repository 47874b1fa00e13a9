import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import type { VectorIndexOptions } from '../../../src/core/ports.ts';
import type { ShardApi, ShardOptions } from '../../../src/core/vector/shardApi.ts';
import { ShardedVectorIndex } from '../../../src/core/vector/vectorIndex.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { createShardFactory } from '../../../src/node/shardThreads.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import { deadlyId } from '../../support/deadlyId.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { kernelPath, loadKernel, shardThreadPath, storage } from '../../support/vectorIndexes.ts';
import { clusteredVectors, take } from '../../support/vectors.ts';

const dimensions = 24;
const dyingThreadPath = fileURLToPath(new URL('../../support/dyingShard.ts', import.meta.url));
const options: ShardOptions = {
  spaceId: 'space',
  dimensions,
  prefixDimensions: dimensions,
  m: 8,
  efConstruction: 60,
  engine: 'hnsw',
  maxBytes: 2 ** 30,
};

function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}

function rowsOf(vectors: readonly Float32Array[]): Float32Array {
  const rows = new Float32Array(vectors.length * dimensions);
  vectors.forEach((vector, i) => rows.set(vector, i * dimensions));
  return rows;
}

async function hasEnded(worker: Worker): Promise<void> {
  if (worker.threadId !== -1) await once(worker, 'exit');
}

describe('Threads of shards', () => {
  const logged: LogRecord[] = [];
  let started: Worker[];

  const onWorker = (worker: Worker): void => void started.push(worker);

  beforeEach(() => {
    logged.length = 0;
    started = [];
    process.on('worker', onWorker);
  });

  afterEach(async () => {
    process.off('worker', onWorker);
    await Promise.all(started.map(async (worker) => worker.terminate()));
  });

  function factory(
    threadPath: string | undefined = shardThreadPath,
    kernel = kernelPath,
  ): (number: number, threads: number) => ShardApi {
    const surroundings = { loadKernel, storage, clock: nodeClock, logger: { log: (it: LogRecord) => logged.push(it) } };
    return createShardFactory(surroundings, { threadPath, kernelPath: kernel });
  }

  /** A shard in a thread of its own, open and empty. */
  async function startShard(threadPath = shardThreadPath): Promise<ShardApi> {
    const shard = factory(threadPath)(1, 2);
    await shard.open(options, undefined);
    return shard;
  }

  describe('createShardFactory', () => {
    /** The shards, of the first seven, that get a thread. */
    async function threadsOf(create: ReturnType<typeof factory>, threads: number): Promise<number[]> {
      const numbers: number[] = [];
      for (let number = 0; number < 7; number++) {
        const before = started.length;
        create(number, threads);
        // Node tells of a thread in the next tick.
        await nodeClock.yield();
        if (started.length > before) numbers.push(number);
      }
      return numbers;
    }

    it('keeps the first shard here and takes turns, as many as there may be threads', async () => {
      assert.deepEqual(await threadsOf(factory(), 2), [1, 3, 5]);
      assert.deepEqual(await threadsOf(factory(), 3), [1, 2, 4, 5]);
    });

    it('starts no thread when there may be one alone, which is this one, or where there is no entry', async () => {
      assert.deepEqual(await threadsOf(factory(), 1), []);
      const surroundings = { loadKernel, storage, clock: nodeClock, logger: { log: () => undefined } };
      assert.deepEqual(await threadsOf(createShardFactory(surroundings, { threadPath: undefined, kernelPath }), 4), []);
    });
  });

  it('give the answers a shard in this thread gives', async () => {
    const vectors = take(clusteredVectors(dimensions, 3), 1200);
    const ids = Float64Array.from(vectors, (_, i) => 2 ** 40 + i);
    const create = factory();
    const shards = [create(0, 2), create(1, 2)];
    const answers = await Promise.all(
      shards.map(async (shard) => {
        assert.deepEqual(await shard.open(options, undefined), { restored: false, count: 0 });
        assert.equal(await shard.add(ids, rowsOf(vectors)), 1200);
        await shard.settle();
        const whole = { limit: 10, ef: 60, exact: false };
        const graph = await Promise.all(vectors.slice(0, 20).map(async (query) => shard.search({ query, ...whole })));
        assert.equal(await shard.remove(ids.subarray(100, 200)), 1100);
        const query = vectors[150]!;
        const exact = await shard.search({ query, ...whole, exact: true });
        const allowed = await shard.search({ query, ...whole, allowed: ids.slice(300, 305) });
        const { count, graphed, ghosts, sequence, plan } = await shard.stats();
        const found = { graph, exact, allowed, stats: { count, graphed, ghosts, plan }, hasSequence: sequence > 0 };
        return { ...found, ids: await shard.ids(), known: await shard.get(ids[5]!), unknown: await shard.get(77) };
      }),
    );
    assert.equal(started.length, 1);
    assert.deepEqual(answers[1], answers[0]);
    assert.equal(answers[1]!.stats.graphed, 1100);
    assert.equal(answers[1]!.unknown, undefined);
    assert.deepEqual([...answers[1]!.allowed.ids].sort(), [...ids.slice(300, 305)].sort());
    await shards[1]!.dispose();
  });

  it('read and write the images that shards in this thread do', async () => {
    const path = join(await temporaryDirectory(), 'image');
    const vectors = take(clusteredVectors(dimensions, 5), 300);
    const there = await startShard();
    await there.add(
      Float64Array.from(vectors, (_, i) => i + 1),
      rowsOf(vectors),
    );
    await there.save(path);
    const here = factory()(0, 2);
    assert.deepEqual(await here.open(options, path), { restored: true, count: 300 });
    await here.remove(Float64Array.of(1, 2, 3));
    await here.save(path);
    const again = factory()(1, 2);
    assert.deepEqual(await again.open(options, path), { restored: true, count: 297 });
    assert.deepEqual(logged, []);
  });

  it('hand errors over with their code, and go on', async () => {
    const shard = factory()(1, 2);
    await assert.rejects(shard.ids(), hasCode('Internal'));
    await shard.open({ ...options, maxBytes: 4 * 2 ** 20 }, undefined);
    const add = async (count: number, fill: number): Promise<number> =>
      shard.add(
        Float64Array.from({ length: count }, (_, i) => i + 1),
        new Float32Array(count * dimensions).fill(fill),
      );
    await assert.rejects(add(1, NaN), hasCode('VectorNotFinite'));
    await assert.rejects(add(200_000, 1), hasCode('VectorCapacity'));
    await assert.rejects(
      shard.save(join(await temporaryDirectory(), 'no', 'such', 'folder')),
      hasCode('StorageFailed'),
    );
    assert((await shard.stats()).count > 0);
  });

  it('log where their index does', async () => {
    const path = join(await temporaryDirectory(), 'image');
    await writeFile(path, 'something else');
    assert.deepEqual(await factory()(1, 2).open(options, path), { restored: false, count: 0 });
    assert.deepEqual(
      logged.map(({ level, message }) => [level, message]),
      [['warn', 'The vector snapshot is not usable and is rebuilt from the cache']],
    );
  });

  it('end with their shard', async () => {
    const shard = await startShard();
    await shard.dispose();
    await hasEnded(started[0]!);
    await assert.rejects(shard.ids(), hasCode('ChannelClosed'));
  });

  it('do not keep the process', async () => {
    const modules = JSON.stringify(new URL('../../../src/node/', import.meta.url).href);
    const code = `
      const { createShardFactory } = await import(${modules} + 'shardThreads.ts');
      const paths = ${JSON.stringify({ threadPath: shardThreadPath, kernelPath })};
      const shard = createShardFactory({ logger: { log: console.log } }, paths)(1, 2);
      const keep = setInterval(() => undefined, 1000);
      await shard.open(${JSON.stringify(options)}, undefined);
      console.log('open');
      clearInterval(keep);`;
    const script = join(await temporaryDirectory(), 'script.mjs');
    await writeFile(script, code);
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 10_000 });
    assert.equal(stdout, 'open\n');
  });

  describe('that die', () => {
    it('fail all calls they were asked, and later ones', async () => {
      const shard = await startShard(dyingThreadPath);
      const calls = [shard.get(deadlyId), shard.ids(), shard.stats(), shard.settle()];
      for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
        assert.equal(status, 'rejected');
        assert(hasCode('ChannelClosed')(reason), String(reason));
      }
      await assert.rejects(shard.ids(), hasCode('ChannelClosed'));
    });

    it('because they cannot start are an error, not a wait', async () => {
      const missing = factory(join(dyingThreadPath, 'missing.ts'))(1, 2);
      await assert.rejects(missing.open(options, undefined), hasCode('ChannelClosed'));
      const withoutKernel = factory(shardThreadPath, join(kernelPath, 'missing.wasm'))(1, 2);
      await assert.rejects(withoutKernel.open(options, undefined), AppError);
    });

    describe('under an index', () => {
      const vectors = take(clusteredVectors(dimensions, 7), 900);
      let losses: number;

      async function openEmpty(
        createShard: ReturnType<typeof factory>,
        other: Partial<VectorIndexOptions> = {},
      ): Promise<ShardedVectorIndex> {
        losses = 0;
        return ShardedVectorIndex.open(
          { spaceId: 'space', dimensions, engine: 'exact', threads: 2, onLoss: () => void losses++, ...other },
          { createShard, storage, clock: nodeClock, shardRows: 500 },
        );
      }

      async function openIndex(other: Partial<VectorIndexOptions> = {}): Promise<ShardedVectorIndex> {
        const index = await openEmpty(factory(dyingThreadPath), other);
        await index.add(
          vectors.slice(0, 800).map((_, i) => i + 1),
          vectors.slice(0, 800),
        );
        assert.equal(started.length, 1);
        return index;
      }

      it('are started anew from their image; what is lost is told once', async () => {
        const index = await openIndex({ imagePath: join(await temporaryDirectory(), 'image') });
        await index.save();
        await index.add([900], [vectors[899]!]);
        const asked = [index.get(deadlyId), index.search(vectors[1]!, 5), index.ids(), index.stats()];
        for (const { status, reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[])
          if (status === 'rejected') assert(hasCode('ChannelClosed')(reason), String(reason));
        await assert.rejects(asked[0]!, hasCode('ChannelClosed'));
        assert.equal(losses, 1);
        assert.equal(started.length, 2);
        for (const row of [3, 700]) assert.equal((await index.search(vectors[row]!, 1))[0]!.id, row + 1);
        assert.equal(index.count, 800, 'the one that was not saved is gone');
        await index.add([900], [vectors[899]!]);
        assert.equal((await index.search(vectors[899]!, 1))[0]!.id, 900);
        assert.equal(losses, 1);
        await index.dispose();
        await Promise.all(started.map(hasEnded));
      });

      it('are started anew empty without one, as often as it takes', async () => {
        const index = await openIndex({});
        for (let times = 1; times <= 3; times++) {
          await assert.rejects(index.get(deadlyId), hasCode('ChannelClosed'));
          assert.equal(losses, times);
          assert.equal(index.count, 500);
          assert.equal((await index.search(vectors[3]!, 1))[0]!.id, 4);
        }
        await index.add(
          vectors.slice(500).map((_, i) => i + 501),
          vectors.slice(500),
        );
        assert.equal((await index.search(vectors[700]!, 1))[0]!.id, 701);
        await index.dispose();
        await Promise.all(started.map(hasEnded));
      });

      it('do not keep it from ending', async () => {
        const index = await openIndex();
        await started[0]!.terminate();
        await index.dispose();
      });

      it('are not left over when it ends while they start anew', async () => {
        const index = await openIndex();
        const asked = assert.rejects(index.get(deadlyId), hasCode('ChannelClosed'));
        while (started.length < 2) await nodeClock.yield();
        await Promise.all([asked, index.dispose()]);
        await Promise.all(started.map(hasEnded));
      });

      it('are not left over when their shard cannot be opened', async () => {
        const index = await openEmpty(factory(shardThreadPath, join(kernelPath, 'missing.wasm')));
        const ids = vectors.map((_, i) => i + 1);
        for (let times = 0; times < 2; times++) await assert.rejects(index.add(ids, vectors), AppError);
        assert.equal(started.length, 2);
        await index.dispose();
        await Promise.all(started.map(hasEnded));
      });
    });
  });
});

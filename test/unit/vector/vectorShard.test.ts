import assert from 'node:assert/strict';
import type { Clock } from '../../../src/core/ports.ts';
import type { ShardHits, ShardOptions, ShardQuery } from '../../../src/core/vector/shardApi.ts';
import { VectorShard } from '../../../src/core/vector/vectorShard.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import type { ShardStats } from '../../../src/protocol/vectorStats.ts';
import { loadKernel, storage } from '../../support/vectorIndexes.ts';
import { clusteredVectors, seededRandom, take } from '../../support/vectors.ts';

const dimensions = 64;
const base = { spaceId: 's', dimensions, prefixDimensions: dimensions, m: 8, efConstruction: 60, maxBytes: 2 ** 30 };
/** From this many rows on, `auto` considers a graph. */
const minGraphRows = 4096;

/** What a shard does by itself, and how it then searches. What any index must do is in vectorIndex.test.ts. */
describe('VectorShard', () => {
  const logged: LogRecord[] = [];
  const vectors = take(clusteredVectors(dimensions, 3, 1), 5000);
  let shards: VectorShard[];

  beforeEach(() => {
    logged.length = 0;
    shards = [];
  });

  afterEach(async () => {
    for (const shard of shards) await shard.dispose();
  });

  async function open(engine: ShardOptions['engine'], clock: Clock = nodeClock): Promise<VectorShard> {
    const logger = { log: (record: LogRecord) => void logged.push(record) };
    const shard = new VectorShard({ loadKernel, storage, clock, logger });
    shards.push(shard);
    await shard.open({ ...base, engine }, undefined);
    return shard;
  }

  /** Rows `from` to `to`, the first being row 1; the number of rows after it. */
  async function add(shard: VectorShard, from: number, to: number): Promise<number> {
    const rows = new Float32Array((to - from + 1) * dimensions);
    const ids = Float64Array.from({ length: to - from + 1 }, (_, i) => from + i);
    ids.forEach((id, i) => rows.set(vectors[(id - 1) % vectors.length]!, i * dimensions));
    return shard.add(ids, rows);
  }

  async function remove(shard: VectorShard, from: number, to: number): Promise<number> {
    return shard.remove(Float64Array.from({ length: to - from + 1 }, (_, i) => from + i));
  }

  async function search(shard: VectorShard, query: Float32Array, other: Partial<ShardQuery> = {}): Promise<ShardHits> {
    return shard.search({ query, limit: 10, ef: 40, exact: false, ...other });
  }

  async function way(shard: VectorShard): Promise<ShardStats['way']> {
    await search(shard, vectors[0]!);
    return (await shard.stats()).way;
  }

  /**
   * Time that is right, but for what a measurement of costs takes: comparing all rows `scanMs`, a comparison of a walk next
   * to nothing. A measurement asks for the time twice per sample, five samples each, and after the calibration's turns.
   */
  function measuredClock(scanMs: number): Clock {
    let [now, asked] = [0, 0];
    return {
      ...nodeClock,
      yield: async () => {
        asked = 0;
        await nodeClock.yield();
      },
      monotonicMs: () => {
        asked++;
        // In a slice of building the clock is asked again and again; it must come to an end.
        now += asked > 10 ? 1e-3 : scanMs;
        return now;
      },
    };
  }

  describe('building its graph', () => {
    it('has none below 256 rows and builds one from there on, with the setting hnsw', async () => {
      const shard = await open('hnsw');
      await add(shard, 1, 255);
      await shard.settle();
      assert.equal((await shard.stats()).graphed, 0);
      assert.equal((await shard.stats()).plan, 'small');
      await add(shard, 256, 256);
      assert.equal((await shard.stats()).plan, 'graphBuilding');
      await shard.settle();
      assert.equal((await shard.stats()).graphed, 256);
      assert.equal((await shard.stats()).plan, 'setting');
      assert.equal(await way(shard), 'graph');
    });

    it('has none with the setting exact, and drops what it had', async () => {
      const shard = await open('hnsw');
      await add(shard, 1, 1000);
      await shard.settle();
      await shard.setEngine('exact');
      await shard.settle();
      const { graphed, ghosts, plan } = await shard.stats();
      assert.deepEqual({ graphed, ghosts, plan }, { graphed: 0, ghosts: 0, plan: 'setting' });
      assert.equal(await way(shard), 'flat');
      await shard.setEngine('hnsw');
      await shard.settle();
      assert.equal((await shard.stats()).graphed, 1000);
    });

    it('builds one by itself where it is measured to pay', async () => {
      const shard = await open('auto', measuredClock(5));
      await add(shard, 1, minGraphRows - 1);
      await shard.settle();
      assert.equal((await shard.stats()).plan, 'small');
      await add(shard, minGraphRows, minGraphRows);
      await shard.settle();
      const { plan, graphed, costs } = await shard.stats();
      assert.equal(costs?.scanMs, 5);
      assert.equal(plan, 'graphPays');
      assert.equal(graphed, minGraphRows);
      assert.equal(await way(shard), 'graph');
    });

    it('builds none by itself where comparing is fast', async () => {
      const shard = await open('auto', measuredClock(0.5));
      await add(shard, 1, minGraphRows);
      assert.equal((await shard.stats()).plan, 'measuring');
      await shard.settle();
      const { plan, graphed } = await shard.stats();
      assert.deepEqual({ plan, graphed }, { plan: 'scanIsFast', graphed: 0 });
    });

    it('measures again when half as many rows have come, not before', async () => {
      let turns = 0;
      const shard = await open('auto', { ...nodeClock, yield: async () => (turns++, nodeClock.yield()) });
      await add(shard, 1, 1000);
      await shard.settle();
      assert(turns > 48, 'every question of the calibration is a turn');
      turns = 0;
      await add(shard, 1001, 1500);
      await shard.settle();
      assert(turns < 5, `${turns} turns`);
      await add(shard, 1501, 1501);
      await shard.settle();
      assert(turns > 48);
      turns = 0;
      await remove(shard, 1, 502);
      await shard.settle();
      assert(turns > 48);
    });

    it('builds anew what has lost more than a quarter of its rows', async () => {
      const shard = await open('hnsw');
      await add(shard, 1, 1000);
      await shard.settle();
      await remove(shard, 1, 250);
      await shard.settle();
      assert.equal((await shard.stats()).ghosts, 250);
      await remove(shard, 251, 251);
      await shard.settle();
      const { ghosts, graphed, count } = await shard.stats();
      assert.deepEqual({ ghosts, graphed, count }, { ghosts: 0, graphed: 749, count: 749 });
    });

    it('lets others have their turn while it works', async () => {
      let now = 0;
      const shard = await open('hnsw', { ...nodeClock, monotonicMs: () => now++ });
      await add(shard, 1, 3000);
      const graphed = new Set<number>();
      let done = false;
      const settling = shard.settle().then(() => (done = true));
      while (!done) {
        graphed.add((await shard.stats()).graphed);
        assert.equal((await search(shard, vectors[77]!)).ids[0], 78);
        await new Promise(setImmediate);
      }
      await settling;
      assert(graphed.size > 50, `${graphed.size} states were seen`);
    });

    it('says what has stopped its work, and answers on', async () => {
      const failing = { ...nodeClock, monotonicMs: () => assert.fail('no time') };
      const shard = await open('hnsw', failing);
      await add(shard, 1, 500);
      await shard.settle();
      assert.equal(logged.length, 1);
      assert.match(logged[0]!.message, /maintenance failed/u);
      assert.match(String(logged[0]!.fields?.['error']), /no time/u);
      assert.equal((await search(shard, vectors[77]!)).ids[0], 78);
    });
  });

  describe('searching', () => {
    it('goes by the graph, by the filter or by all codes, as the filter and the hits wanted ask for', async () => {
      const clusters = take(clusteredVectors(dimensions, 5), 5000);
      const shard = await open('hnsw');
      const rows = new Float32Array(clusters.length * dimensions);
      clusters.forEach((vector, i) => rows.set(vector, i * dimensions));
      const ids = Float64Array.from(clusters, (_, i) => i + 1); // prettier-ignore
      await shard.add(ids, rows);
      await shard.settle();
      const wayOf = async (other: Partial<ShardQuery>): Promise<ShardStats['way']> => {
        await search(shard, clusters[9]!, other);
        return (await shard.stats()).way;
      };
      assert.equal(await wayOf({}), 'graph');
      assert.equal(await wayOf({ allowed: ids.slice(0, 2500) }), 'graph');
      assert.equal(await wayOf({ allowed: ids.slice(0, 2400) }), 'scan');
      assert.equal(await wayOf({ allowed: ids.slice(0, 100) }), 'flat');
      assert.equal(await wayOf({ limit: 3000 }), 'flat');
      assert.equal(await wayOf({ exact: true }), 'flat');
    });

    it('finds everything there is, however much is wanted and whatever the graph reaches', async () => {
      const shard = await open('hnsw');
      const random = seededRandom(7);
      await add(shard, 1, 2000);
      await shard.settle();
      await add(shard, 2001, 2100);
      await remove(shard, 1, 300);
      for (const limit of [1, 100, 1000, 1799, 1800, 2047, 8192]) {
        const { ids } = await search(shard, vectors[Math.floor(random() * 2000)]!, { limit, ef: limit });
        assert.equal(ids.length, Math.min(limit, 1800));
        assert.equal(new Set(ids).size, ids.length);
      }
      const allowed = Float64Array.from({ length: 1500 }, (_, i) => i + 1);
      assert.equal((await search(shard, vectors[5]!, { limit: 1300, ef: 1300, allowed })).ids.length, 1200);
    });

    it('finds rows that the graph does not have yet', async () => {
      const shard = await open('hnsw');
      await add(shard, 1, 1000);
      await shard.settle();
      await add(shard, 1001, 1300);
      for (const id of [1001, 1150, 1300, 40]) assert.equal((await search(shard, vectors[id - 1]!)).ids[0], id);
      assert.equal((await shard.stats()).way, 'graph');
      assert.equal((await shard.stats()).graphed, 1000);
    });
  });

  describe('ending', () => {
    const isInternal = (error: unknown) => error instanceof AppError && error.code === 'Internal';

    it('answers nothing before it is open and after it is disposed', async () => {
      const unopened = new VectorShard({ loadKernel, storage, clock: nodeClock, logger: { log: () => undefined } });
      const shard = await open('auto');
      await shard.dispose();
      for (const closed of [unopened, shard]) {
        await assert.rejects(add(closed, 1, 1), isInternal);
        await assert.rejects(search(closed, vectors[0]!), isInternal);
        await assert.rejects(closed.get(1), isInternal);
        await assert.rejects(closed.stats(), isInternal);
      }
      await shard.dispose();
    });

    it('stops its work when it is disposed', async () => {
      let turns = 0;
      const shard = await open('hnsw', { ...nodeClock, yield: async () => (turns++, nodeClock.yield()) });
      await add(shard, 1, 5000);
      await new Promise(setImmediate);
      await shard.dispose();
      const before = turns;
      assert(before < 40, 'it did not work to the end');
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      assert.equal(turns, before);
      assert.deepEqual(logged, []);
    });
  });
});

import assert from 'node:assert/strict';
import type { VectorIndex } from '../../../src/core/ports.ts';
import { CancelledError } from '../../../src/protocol/errors.ts';
import type { RecallStats } from '../../../src/protocol/vectorStats.ts';
import { CheckedIndex, shardThreadPath, type IndexSetup } from '../../support/vectorIndexes.ts';
import { clusteredVectors, seededRandom, take, textLikeVectors, unit } from '../../support/vectors.ts';

const dimensions = 64;
/** A graph with few links that is walked with as few candidates as can be. */
const poor: IndexSetup = { dimensions, engine: 'hnsw', m: 4, efConstruction: 20, ef: 1 };
const sources = { random: randomVectors, clustered: clusteredVectors, 'text-like': textLikeVectors };

/** No direction is nearer to another than chance has it: what approximate search finds hardest. */
function randomVectors(size: number, seed: number) {
  const random = seededRandom(seed);
  return { next: () => unit(new Float32Array(size).map(() => random() + random() + random() - 1.5)) };
}

describe('recall check', () => {
  let checked: CheckedIndex;
  let index: VectorIndex;

  afterEach(async () => index.dispose());

  async function open(setup: IndexSetup, count: number, source = randomVectors, reads = false): Promise<void> {
    checked = await CheckedIndex.open({ random: seededRandom(5), ...setup }, { reads });
    ({ index } = checked);
    await checked.addAll(take(source(dimensions, 3), count));
    await index.settle();
  }

  async function check(goal: number, samples?: number): Promise<RecallStats> {
    const stats = await index.checkRecall({ goal, ...(samples === undefined ? {} : { samples }) });
    assert(stats);
    assert.deepEqual((await index.stats()).recall, stats);
    return stats;
  }

  /** Of the rows themselves, by comparing all of them here. */
  async function trueRecall(): Promise<number> {
    return checked.recall([...checked.rows.values()]);
  }

  for (const [name, source] of Object.entries(sources)) {
    for (const engine of ['hnsw', 'auto'] as const) {
      it(`reports what a comparison with all ${name} vectors gives, engine ${engine}`, async () => {
        await open({ ...poor, engine }, 900, source, true);
        // Every row is a sample, and there is nothing to tune for.
        const { at10, samples, effort, action } = await check(0, 2000);
        assert.deepEqual({ samples, effort, action }, { samples: 900, effort: 1, action: 'none' });
        const expected = await trueRecall();
        // Of 9,000 hits, a few are as near as another to within a millionth.
        assert(Math.abs(at10 - expected) < 5e-4, `${at10} instead of ${expected}`);
        if (engine === 'hnsw') assert(at10 < 0.99, `${at10} is no test`);
      });
    }

    it(`tunes walks with far too few candidates until the goal holds among ${name} vectors`, async () => {
      await open(poor, 1200, source);
      const before = await trueRecall();
      assert(before < 0.94, `${before}`);
      const { at10, effort, action, goal } = await check(0.95, 200);
      assert(at10 >= 0.95 && effort > 1, `${at10} by ${effort}`);
      assert.deepEqual({ action, goal }, { action: 'raisedEffort', goal: 0.95 });
      const after = await trueRecall();
      assert(after > Math.max(before, 0.92), `${after}`);
      assert.equal((await index.stats()).shards[0]!.way, 'graph');
    });
  }

  it('draws other samples each time and does not flap', async () => {
    await open(poor, 2000, clusteredVectors);
    const first = await check(0.9, 150);
    assert.equal(first.action, 'raisedEffort');
    for (let round = 0; round < 5; round++) {
      const { action, effort } = await check(0.9, 150);
      assert.deepEqual({ action, effort }, { action: 'none', effort: first.effort });
    }
  });

  it('makes searches look at less again where the goal holds with ease', async () => {
    await open(poor, 2000);
    const { effort } = await check(0.99, 100);
    const lowered = await check(0.6, 100);
    assert.equal(lowered.action, 'loweredEffort');
    assert(lowered.effort < effort && lowered.at10 >= 0.8, JSON.stringify(lowered));
    assert((await check(0, 100)).effort < lowered.effort);
  });

  it('compares all codes where nothing less holds the goal', async () => {
    await open({ ...poor, m: 2, efConstruction: 8 }, 1200, randomVectors, true);
    const { at10, action } = await check(1, 2000);
    assert.deepEqual({ at10, action }, { at10: 1, action: 'raisedEffort' });
    assert.equal(await trueRecall(), 1);
    assert.equal((await index.stats()).shards[0]!.way, 'flat');
  });

  it('widens a filter that was calibrated to vectors that are gone', async () => {
    await open({ dimensions, engine: 'auto' }, 8000, clusteredVectors);
    const calibrated = (await index.stats()).shards[0]!.filter;
    assert(calibrated !== undefined && calibrated.wanted > 0);
    await checked.addAll(take(randomVectors(dimensions, 9), 8000));
    await index.settle();
    assert.deepEqual((await index.stats()).shards[0]!.filter, calibrated);
    const { at10, action, effort } = await check(0.95);
    assert(at10 >= 0.95 && effort > 1, `${at10} by ${effort}`);
    assert.equal(action, 'raisedEffort');
    assert.equal((await index.stats()).shards[0]!.way, 'scan');
  });

  it('calibrates the filter anew where widening is not enough', async () => {
    await open({ dimensions, engine: 'auto' }, 20_000, clusteredVectors);
    const before = (await index.stats()).shards[0]!.filter;
    await checked.addAll(take(randomVectors(dimensions, 9), 20_000));
    const { at10, action, effort } = await check(0.95);
    assert(at10 >= 0.95);
    assert.deepEqual({ action, effort }, { action: 'rebuilt', effort: 1 });
    assert.notDeepEqual((await index.stats()).shards[0]!.filter, before);
  });

  it('builds a graph anew that changes have worn, when it is below the goal within reason', async () => {
    await open(poor, 2000);
    // Too few for the graph to be built anew by itself.
    await checked.remove(Array.from({ length: 300 }, (_, n) => n * 6 + 1));
    await index.settle();
    assert.equal((await index.stats()).shards[0]!.ghosts, 300);
    const { at10, action } = await check(0.99);
    assert.equal(action, 'rebuilt');
    assert(at10 >= 0.99, `${at10}`);
    const { ghosts, graphed } = (await index.stats()).shards[0]!;
    assert.deepEqual({ ghosts, graphed }, { ghosts: 0, graphed: 1700 });
    // Nothing is left to be built anew.
    assert.notEqual((await check(0.9999)).action, 'rebuilt');
  });

  it('leaves a graph alone that has lost next to nothing', async () => {
    await open(poor, 2000);
    await checked.remove([1, 2, 3]);
    const { action } = await check(0.99);
    assert.equal(action, 'raisedEffort');
    assert.equal((await index.stats()).shards[0]!.ghosts, 3);
  });

  it('asks parts in other threads the same way', async () => {
    await open({ ...poor, shardRows: 1000, threads: 2, threadPath: shardThreadPath }, 1900);
    await checked.remove(Array.from({ length: 300 }, (_, n) => n * 6 + 1));
    const { at10, action } = await check(0.99);
    assert.equal(action, 'rebuilt');
    assert(at10 >= 0.99);
    const { shards } = await index.stats();
    assert.deepEqual(
      shards.map(({ ghosts }) => ghosts),
      [0, 0],
    );
    assert((await trueRecall()) > 0.97);
  });

  it('answers searches meanwhile, one after the other, long before it ends', async () => {
    await open(poor, 2000);
    const events: string[] = [];
    const checking = check(0.9, 1000).then(() => events.push('checked'));
    for (let n = 0; n < 20; n++) {
      await checked.search(checked.rows.get(n + 1)!, 1);
      events.push('searched');
    }
    await checking;
    assert.deepEqual(events, [...Array.from({ length: 20 }, () => 'searched'), 'checked']);
  });

  it('lets no more than one of its queries go before a search', async () => {
    const asked: number[] = [];
    const rows = new Map<number, Float32Array>();
    checked = await CheckedIndex.open({ ...poor, random: seededRandom(5) }, { rows, reads: true });
    ({ index } = checked);
    await checked.addAll(take(randomVectors(dimensions, 3), 500));
    await index.settle();
    const get = rows.get.bind(rows);
    rows.get = (id) => (asked.push(id), get(id));
    const checking = index.checkRecall({ goal: 0, samples: 400 });
    while (asked.length === 0) await new Promise(setImmediate);
    for (let n = 0; n < 10; n++) {
      asked.length = 0;
      await index.search(get(1)!, 1);
      // A search for one row reads some twenty, one for ten as many: the query of the check that was under way, and this one.
      assert(asked.length <= 2 * 40, `${asked.length} rows were read`);
      await new Promise(setImmediate);
    }
    assert(await checking);
  });

  for (const [name, change] of Object.entries({
    addition: async () => checked.add([7], [checked.rows.get(8)!]),
    removal: async () => checked.remove([7]),
    'new engine': async () => index.setEngine('auto'),
    end: async () => index.dispose(),
  })) {
    it(`ends without a result at the ${name} of vectors or index`, async () => {
      await open(poor, 2000);
      const checking = index.checkRecall({ goal: 0.95, samples: 1000 });
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      await change();
      assert.equal(await checking, undefined);
      if (name !== 'end') assert.equal((await index.stats()).recall, undefined);
    });
  }

  it('compares what is there after the changes that were made before it', async () => {
    await open(poor, 1000);
    const adding = index.add([2000], [unit(new Float32Array(dimensions).fill(1))]);
    const checking = index.checkRecall({ goal: 0, samples: 5000 });
    await adding;
    assert.equal((await checking)?.samples, 1001);
  });

  it('stops when the signal fires, whatever it does', async () => {
    await open(poor, 2000);
    const controller = new AbortController();
    const checking = index.checkRecall({ goal: 0.95, samples: 1000 }, controller.signal);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    controller.abort();
    await assert.rejects(checking, CancelledError);
    await assert.rejects(index.checkRecall({ goal: 0.95 }, controller.signal), CancelledError);
    assert.equal((await index.stats()).recall, undefined);
    await check(0.9);
  });

  it('has no result without vectors', async () => {
    await open(poor, 0);
    assert.equal(await index.checkRecall({ goal: 0.95 }), undefined);
  });

  it('says nothing any more when searches go another way', async () => {
    await open(poor, 2000);
    assert((await check(0.95)).effort > 1);
    await index.setEngine('exact');
    assert.equal((await index.stats()).recall, undefined);
    const { at10, effort } = await check(1);
    assert.deepEqual({ at10, effort }, { at10: 1, effort: 1 });
  });
});

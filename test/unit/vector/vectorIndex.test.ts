import assert from 'node:assert/strict';
import { CheckedIndex, type IndexSetup, smallShardRows } from '../../support/vectorIndexes.ts';
import { clusteredVectors, cosine, queriesNear, seededRandom, take, textLikeVectors } from '../../support/vectors.ts';

const dimensions = 32;
const several = { dimensions, shardRows: smallShardRows };
const kinds: Readonly<Record<string, IndexSetup>> = {
  'auto, one shard': { dimensions, engine: 'auto' },
  'auto, several shards': { ...several, engine: 'auto' },
  'hnsw, one shard': { dimensions, engine: 'hnsw' },
  'hnsw, several shards': { ...several, engine: 'hnsw' },
  'exact, one shard': { dimensions, engine: 'exact' },
  'exact, several shards': { ...several, engine: 'exact' },
};

for (const [name, setup] of Object.entries(kinds)) {
  describe(`VectorIndex: ${name}`, () => {
    const leastRecall = setup.engine === 'exact' ? 1 : 0.95;
    let checked: CheckedIndex;

    beforeEach(async () => {
      checked = await CheckedIndex.open(setup);
    });

    afterEach(async () => checked.index.dispose());

    for (const [kind, source] of Object.entries({ clustered: clusteredVectors, 'text-like': textLikeVectors })) {
      it(`finds the nearest ten among ${kind} vectors, under filters too`, async () => {
        const vectors = take(source(dimensions, 7), 2 * smallShardRows + 200);
        await checked.addAll(vectors);
        await checked.index.settle();
        const queries = queriesNear(vectors, 3, 30);
        assert((await checked.recall(queries)) >= leastRecall);
        const ways = (await checked.index.stats()).shards.map(({ way }) => way);
        if (setup.engine === 'hnsw') assert.equal(ways[0], 'graph');
        if (setup.engine === 'exact') assert(ways.every((way) => way === 'flat'));
        for (const every of [2, 10, 100]) {
          const filter = new Set([...checked.rows.keys()].filter((id) => id % every === 0));
          assert((await checked.recall(queries, { filter })) >= leastRecall, `one in ${every}`);
        }
        assert.equal(await checked.recall(queries, { filter: new Set([1234]) }), 1);
        assert.deepEqual(await checked.index.search(queries[0]!, 10, { filter: new Set() }), []);
        assert.deepEqual(await checked.index.search(queries[0]!, 10, { filter: new Set([9999]) }), []);
      });
    }

    it('finds the others, and all of them, when a third of all vectors are the same', async () => {
      const vectors = take(clusteredVectors(dimensions, 13, 1), 2 * smallShardRows + 100);
      await checked.addAll(vectors.map((vector, position) => (position % 3 === 0 ? vectors[0]! : vector)));
      await checked.index.settle();
      assert((await checked.recall(queriesNear(vectors, 17, 20))) >= leastRecall);
      const crowd = await checked.search(vectors[0]!, 2000);
      assert.equal(crowd.filter(({ score }) => score > 0.9999).length, 1034);
    });

    it('answers completely before, during and after the work of its idle time', async () => {
      const vectors = take(textLikeVectors(dimensions, 19), 2 * smallShardRows + 10);
      const queries = queriesNear(vectors, 23, 2);
      await checked.addAll(vectors);
      assert((await checked.recall(queries)) >= leastRecall);
      let settled = false;
      const settling = checked.index.settle().then(() => (settled = true));
      while (!settled) {
        assert((await checked.recall(queries)) >= leastRecall);
        await new Promise(setImmediate);
      }
      await settling;
      assert((await checked.recall(queries)) >= leastRecall);
    });

    it('keeps its recall and forgets what was removed through thousands of changes', async () => {
      const source = textLikeVectors(dimensions, 29);
      const random = seededRandom(31);
      await checked.addAll(take(source, smallShardRows + 500));
      for (let round = 0; round < 5; round++) {
        if (round % 2 === 0) await checked.index.settle();
        for (let change = 0; change < 300; change++) {
          const ids = Array.from({ length: 3 }, () => 1 + Math.floor(random() * 2.2 * smallShardRows));
          if (random() < 0.4) await checked.remove(ids);
          else await checked.add(ids, take(source, 3));
        }
        const queries = queriesNear([...checked.rows.values()], 37 + round, 10);
        assert((await checked.recall(queries)) >= leastRecall);
      }
      await checked.assertHolds();
    });

    it('is empty when everything is removed, and can be filled again', async () => {
      const vectors = take(clusteredVectors(dimensions, 41), 2 * smallShardRows);
      await checked.addAll(vectors);
      await checked.index.settle();
      await checked.remove([...checked.rows.keys()]);
      await checked.assertHolds();
      assert.deepEqual(await checked.search(vectors[0]!, 10), []);
      await checked.index.settle();
      assert.deepEqual(await checked.search(vectors[0]!, 10), []);
      await checked.addAll(vectors, 5000);
      await checked.index.settle();
      assert((await checked.recall(queriesNear(vectors, 43, 10))) >= leastRecall);
    });

    it('finds a replaced vector at its new place alone', async () => {
      const source = clusteredVectors(dimensions, 43, 1);
      await checked.addAll(take(source, 2 * smallShardRows));
      await checked.index.settle();
      for (const id of [5, smallShardRows + 5]) {
        const [before, after] = [checked.rows.get(id)!, source.next()];
        await checked.add([id], [after]);
        assert.equal((await checked.search(after, 1))[0]!.id, id);
        assert.notEqual((await checked.search(before, 1))[0]!.id, id);
      }
      assert.equal(checked.index.count, 2 * smallShardRows);
    });

    it('keeps what changes while the index works on it', async () => {
      const source = clusteredVectors(dimensions, 47, 1);
      await checked.addAll(take(source, 2 * smallShardRows));
      let settled = false;
      const settling = checked.index.settle().then(() => (settled = true));
      for (let id = 1; !settled; id++) {
        if (id % 3 === 0) await checked.add([id], [source.next()]);
        if (id % 7 === 0) await checked.remove([id]);
        await new Promise(setImmediate);
      }
      await settling;
      const sample = [...checked.rows].filter(([id]) => id % 5 === 0 || id < 200);
      for (const [id, vector] of sample) assert.equal((await checked.search(vector, 1))[0]!.id, id);
    });

    it('takes changes made at once in the order they are made', async () => {
      const [a, b] = take(clusteredVectors(dimensions, 51, 1), 2) as [Float32Array, Float32Array];
      const { index } = checked;
      await Promise.all([index.add([1], [a]), index.remove([1]), index.add([1, 2], [a, a]), index.add([2], [b])]);
      assert.equal(index.count, 2);
      assert.deepEqual((await index.search(b, 2)).map(({ id }) => id), [2, 1]); // prettier-ignore
    });

    it('takes the last of several vectors for one id', async () => {
      const vectors = take(clusteredVectors(dimensions, 52, 1), smallShardRows + 10);
      const ids = vectors.map((_, position) => 1 + (position % (smallShardRows - 10)));
      await checked.add(ids, vectors);
      await checked.assertHolds();
    });

    it('leaves out hits below the minimum score', async () => {
      const vectors = take(textLikeVectors(dimensions, 53), smallShardRows);
      await checked.addAll(vectors);
      await checked.index.settle();
      const query = vectors[9]!;
      const all = await checked.search(query, smallShardRows);
      const minScore = all[20]!.score;
      assert.deepEqual(await checked.search(query, smallShardRows, { minScore }), all.slice(0, 21));
      assert.deepEqual(await checked.search(query, 5, { minScore }), await checked.search(query, 5));
      assert.deepEqual(await checked.search(query, 5, { minScore: 1.1 }), []);
    });

    it('scores by cosine whatever the length of a vector', async () => {
      const [a, b] = take(textLikeVectors(dimensions, 73), 2) as [Float32Array, Float32Array];
      for (const [small, large, asked] of [
        [1e-20, 1e18, 40],
        [1e-38, 1e37, 1e-30],
        [3, 1e-3, 1e30],
      ] as const) {
        // prettier-ignore
        await checked.add([1, 2], [a.map((component) => component * small), b.map((component) => component * large)]);
        const hits = await checked.index.search(a.map((component) => component * asked), 2); // prettier-ignore
        assert.deepEqual(hits.map(({ id }) => id), [1, 2]); // prettier-ignore
        assert(Math.abs(hits[0]!.score - 1) < 1e-6 && Math.abs(hits[1]!.score - cosine(a, b)) < 1e-6);
      }
    });

    it('scores by what is left of the direction at the ends of what 32 bits can hold', async () => {
      const [a, b] = take(textLikeVectors(dimensions, 73), 2) as [Float32Array, Float32Array];
      for (const [first, second, asked] of [
        [1e-44, 1e38, 1],
        [1e38, 1e-44, 1e38],
        [1e-44, 3e38, 1e-44],
      ] as const) {
        const rows = [a.map((component) => component * first), b.map((component) => component * second)];
        const query = a.map((component) => component * asked);
        await checked.add([1, 2], rows);
        const hits = await checked.index.search(query, 2);
        assert.deepEqual(hits.map(({ id }) => id), [1, 2]); // prettier-ignore
        hits.forEach(({ score }, place) => {
          const row = rows[place]!;
          // The vectors are not of unit length any more.
          const expected = cosine(row, query) / Math.sqrt(cosine(row, row) * cosine(query, query));
          assert(Math.abs(score - expected) < 1e-6, `${score} instead of ${expected}`);
        });
      }
    });

    it('answers with all it has when asked for more, and with nothing when asked for none', async () => {
      const query = clusteredVectors(dimensions, 77).next();
      assert.deepEqual(await checked.search(query, 10), []);
      await checked.addAll(take(clusteredVectors(dimensions, 79), smallShardRows + 3));
      for (const k of [10_000, Infinity]) assert.equal((await checked.search(query, k)).length, smallShardRows + 3);
      for (const k of [0, -1, NaN, -Infinity, 0.9]) assert.deepEqual(await checked.index.search(query, k), []);
      assert.equal((await checked.index.search(query, 2.9)).length, 2);
    });

    it('takes ids beyond 2^32', async () => {
      const vectors = take(clusteredVectors(dimensions, 71, 1), smallShardRows + 100);
      await checked.addAll(vectors, 2 ** 52);
      await checked.addAll(vectors.slice(0, 10), 1);
      await checked.index.settle();
      assert.equal((await checked.search(vectors[77]!, 1))[0]!.id, 2 ** 52 + 77);
      await checked.remove([2 ** 52 + 77]);
      assert.notEqual((await checked.search(vectors[77]!, 1))[0]!.id, 2 ** 52 + 77);
      await checked.assertHolds();
    });
  });
}

describe('VectorIndex: another engine', () => {
  for (const [shards, setup] of Object.entries({ 'one shard': { dimensions }, 'several shards': several })) {
    it(`can be set while the index is in use, with ${shards}`, async () => {
      const source = textLikeVectors(dimensions, 83);
      const checked = await CheckedIndex.open({ ...setup, engine: 'hnsw' });
      // Room for what is replaced: in a shard of its own it would be too little for a graph.
      const count = 2 * smallShardRows - 100;
      await checked.addAll(take(source, count));
      const graphed = async (): Promise<number> => {
        const stats = await checked.index.stats();
        return stats.shards.reduce((sum, shard) => sum + shard.graphed, 0);
      };
      const queries = queriesNear([...checked.rows.values()], 89, 5);
      for (const engine of ['exact', 'hnsw', 'auto', 'hnsw', 'exact'] as const) {
        // The searches are under way when the engine is set.
        const searches = queries.map(async (query) => checked.search(query, 10));
        const setting = checked.index.setEngine(engine);
        await Promise.all([...searches, setting]);
        const least = engine === 'exact' ? 1 : 0.95;
        assert((await checked.recall(queries)) >= least, `${engine}, at once`);
        await checked.index.settle();
        assert((await checked.recall(queries)) >= least, `${engine}, settled`);
        assert.equal((await checked.index.stats()).engine, engine);
        if (engine === 'exact') assert.equal(await graphed(), 0);
        if (engine === 'hnsw') assert.equal(await graphed(), count);
        await checked.add([1, 2, smallShardRows + 1], take(source, 3));
        // A change starts the work of the idle time too; the next engine has to start its own.
        await checked.index.settle();
      }
      await checked.assertHolds();
      await checked.index.dispose();
    });
  }
});

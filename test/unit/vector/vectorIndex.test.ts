import assert from 'node:assert/strict';
import type { VectorIndex, VectorSearchOptions } from '../../../src/core/ports.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import { join, segmentRows, settle, vectorIndexFactories } from '../../support/vectorIndexes.ts';
import { clusteredVectors, cosine, nearest, seededRandom, take, textLikeVectors, unit } from '../../support/vectors.ts';

const dimensions = 32;
const options = { spaceId: 'space', dimensions };
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

for (const [name, factory] of Object.entries(vectorIndexFactories)) {
  describe(`VectorIndex: ${name}`, () => {
    let index: VectorIndex;
    let rows: Map<number, Float32Array>;

    beforeEach(async () => {
      index = await factory.create(options);
      rows = new Map();
    });

    afterEach(() => index.dispose());

    function add(id: number, vector: Float32Array): void {
      index.add(id, vector);
      rows.set(id, vector);
    }

    function remove(id: number): void {
      assert.equal(index.remove(id), rows.delete(id));
    }

    function addAll(vectors: readonly Float32Array[]): void {
      vectors.forEach((vector, position) => add(position + 1, vector));
    }

    /** Share of the true nearest ten that is found; every hit must be real, allowed, rightly scored and in order. */
    function recall(queries: readonly Float32Array[], search: VectorSearchOptions = {}): number {
      const allowed = new Map([...rows].filter(([id]) => search.filter?.(id) ?? true));
      let found = 0;
      let wanted = 0;
      for (const query of queries) {
        const hits = index.search(query, 10, search);
        assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length, 'an id came twice');
        hits.forEach(({ id, score }, position) => {
          const vector = allowed.get(id);
          assert(vector, `id ${id} is not in the index or not allowed`);
          assert(Math.abs(score - cosine(vector, query)) < 1e-5);
          if (position > 0) assert(score <= hits[position - 1]!.score);
        });
        assert.equal(hits.length, Math.min(10, allowed.size));
        const truth = nearest(allowed, query, 10);
        wanted += truth.length;
        // By score: among equally near rows any ten are the nearest ten.
        const worst = truth.length === 0 ? 0 : cosine(allowed.get(truth.at(-1)!)!, query);
        found += hits.filter(({ score }) => score >= worst - 1e-6).length;
      }
      return found / wanted;
    }

    /** Queries near stored rows, as questions are near what answers them. */
    function queriesNear(vectors: readonly Float32Array[], seed: number): Float32Array[] {
      const random = seededRandom(seed);
      return Array.from({ length: 40 }, () => {
        const vector = vectors[Math.floor(random() * vectors.length)]!;
        return unit(vector.map((component) => component + 0.1 * (random() - 0.5)));
      });
    }

    for (const [kind, source] of Object.entries({ clustered: clusteredVectors, 'text-like': textLikeVectors })) {
      it(`finds at least 95 % of the nearest ten among ${kind} vectors`, async () => {
        const vectors = take(source(dimensions, 7), 3 * segmentRows + 200);
        addAll(vectors);
        await settle(index);
        assert(recall(queriesNear(vectors, 3)) >= 0.95);
      });

      it(`finds them under filters that let through half, a tenth, a hundredth, one and none of ${kind} vectors`, async () => {
        const vectors = take(source(dimensions, 11), 2 * segmentRows + 200);
        addAll(vectors);
        await settle(index);
        const queries = queriesNear(vectors, 5);
        for (const every of [2, 10, 100]) {
          assert(recall(queries, { filter: (id) => id % every === 0 }) >= 0.95, `one in ${every}`);
        }
        assert.equal(recall(queries, { filter: (id) => id === 1234 }), 1);
        assert.deepEqual(index.search(queries[0]!, 10, { filter: () => false }), []);
      });
    }

    it('finds the others when a third of all vectors are the same', async () => {
      const vectors = take(clusteredVectors(dimensions, 13, 1), 2 * segmentRows + 100);
      addAll(vectors.map((vector, position) => (position % 3 === 0 ? vectors[0]! : vector)));
      await settle(index);
      assert(recall(queriesNear(vectors, 17)) >= 0.95);
      assert.equal(index.search(vectors[0]!, 2000).filter(({ score }) => score > 0.9999).length, 1034);
    });

    it('answers completely before, during and after the work of its idle time', async () => {
      const vectors = take(textLikeVectors(dimensions, 19), 2 * segmentRows + 10);
      addAll(vectors);
      const queries = queriesNear(vectors, 23).slice(0, 3);
      assert.equal(recall(queries), 1);
      while (index.maintain(25)) {
        assert(recall(queries) >= 0.95);
        await new Promise(setImmediate);
      }
      assert(recall(queries) >= 0.95);
    });

    it('keeps its recall and forgets what was removed through thousands of changes', async () => {
      const source = textLikeVectors(dimensions, 29);
      const random = seededRandom(31);
      addAll(take(source, 2 * segmentRows));
      for (let round = 0; round < 6; round++) {
        await settle(index);
        for (let change = 0; change < 700; change++) {
          const id = 1 + Math.floor(random() * 2.2 * segmentRows);
          if (random() < 0.4) remove(id);
          else add(id, source.next());
          if (change % 200 === 0) index.maintain(5);
        }
        assert(recall(queriesNear([...rows.values()], 37 + round).slice(0, 10)) >= 0.95);
      }
      assert.equal(index.stats().count, rows.size);
      assert.deepEqual([...index.ids()].sort((a, b) => a - b), [...rows.keys()].sort((a, b) => a - b)); // prettier-ignore
      for (const [id, vector] of rows) assert.deepEqual(index.get(id), vector);
    });

    it('gives back the memory and the answers of everything that is removed', async () => {
      addAll(take(clusteredVectors(dimensions, 41), 2 * segmentRows));
      await settle(index);
      for (const id of [...rows.keys()]) remove(id);
      assert.equal(index.stats().count, 0);
      assert.equal(index.stats().bytes, 0);
      assert.deepEqual(index.search(clusteredVectors(dimensions, 41).next(), 10), []);
    });

    it('finds a replaced vector at its new place alone', async () => {
      const source = clusteredVectors(dimensions, 43, 1);
      addAll(take(source, segmentRows));
      await settle(index);
      const [before, after] = [rows.get(5)!, source.next()];
      add(5, after);
      assert.equal(index.search(after, 1)[0]!.id, 5);
      assert.notEqual(index.search(before, 1)[0]!.id, 5);
      assert.equal(index.stats().count, segmentRows);
    });

    it('keeps a row that changes while it is being built into a graph', async () => {
      const source = clusteredVectors(dimensions, 47, 1);
      addAll(take(source, segmentRows));
      let id = 0;
      while (index.maintain(0)) {
        await new Promise(setImmediate);
        if (++id % 3 === 0) add(id, source.next());
        if (id % 7 === 0 && rows.has(id)) remove(id);
      }
      await settle(index);
      for (const [row, vector] of rows) assert.equal(index.search(vector, 1)[0]!.id, row);
    });

    it('leaves out hits below the minimum score', async () => {
      const vectors = take(textLikeVectors(dimensions, 53), segmentRows);
      addAll(vectors);
      await settle(index);
      const query = vectors[9]!;
      const all = index.search(query, segmentRows);
      const minScore = all[20]!.score;
      assert.deepEqual(index.search(query, segmentRows, { minScore }), all.slice(0, 21));
      assert.deepEqual(index.search(query, 5, { minScore }), index.search(query, 5));
      assert.deepEqual(index.search(query, 5, { minScore: 1.1 }), []);
    });

    it('gives the same answers after saving and loading', async () => {
      const vectors = take(textLikeVectors(dimensions, 59), segmentRows + 100);
      addAll(vectors);
      await settle(index);
      remove(3);
      const loaded = await factory.load(options, join(index.save()));
      const queries = queriesNear(vectors, 61);
      // At once, by comparing; after its own idle work, by its own graph.
      for (const query of queries) {
        assert.deepEqual(
          loaded.search(query, 5).map(({ id }) => id),
          nearest(rows, query, 5),
        );
      }
      await settle(loaded);
      index.dispose();
      index = loaded;
      assert(recall(queries) >= 0.95);
      assert.deepEqual(new Set(index.ids()), new Set(rows.keys()));
    });

    it('is not changed by what becomes of the index after saving', async () => {
      const vectors = take(clusteredVectors(dimensions, 67), segmentRows + 10);
      addAll(vectors);
      await settle(index);
      const parts = index.save();
      const before = join(parts);
      for (let id = 1; id <= vectors.length; id++) index.add(id, vectors[0]!);
      await settle(index);
      assert.deepEqual(join(parts), before);
    });

    it('takes ids beyond 2^32', async () => {
      const vectors = take(clusteredVectors(dimensions, 71, 1), segmentRows);
      vectors.forEach((vector, position) => add(2 ** 52 + position, vector));
      await settle(index);
      assert.equal(index.search(vectors[7]!, 1)[0]!.id, 2 ** 52 + 7);
      const loaded = await factory.load(options, join(index.save()));
      assert.equal(loaded.search(vectors[7]!, 1)[0]!.id, 2 ** 52 + 7);
      loaded.dispose();
    });

    it('scores by cosine whatever the length of a vector', () => {
      const [a, b] = take(textLikeVectors(dimensions, 73), 2) as [Float32Array, Float32Array];
      index.add(1, a.map((component) => component * 1e-20)); // prettier-ignore
      index.add(2, b.map((component) => component * 1e18)); // prettier-ignore
      const hits = index.search(a.map((component) => component * 40), 2); // prettier-ignore
      assert.deepEqual(hits.map(({ id }) => id), [1, 2]); // prettier-ignore
      assert(Math.abs(hits[0]!.score - 1) < 1e-6 && Math.abs(hits[1]!.score - cosine(a, b)) < 1e-6);
    });

    it('answers with all it has when asked for more, and with nothing when asked for none', () => {
      assert.deepEqual(index.search(unit(new Float32Array(dimensions).fill(1)), 10), []);
      addAll(take(clusteredVectors(dimensions, 79), 3));
      const query = rows.get(1)!;
      assert.equal(index.search(query, 10).length, 3);
      assert.equal(index.search(query, Infinity).length, 3);
      for (const k of [0, -1, NaN]) assert.deepEqual(index.search(query, k), []);
    });

    it('refuses vectors of another dimension', () => {
      const short = unit(new Float32Array(dimensions - 1).fill(1));
      assert.throws(() => index.add(1, short), withCode('VectorDimension'));
      assert.throws(() => index.search(short, 1), withCode('VectorDimension'));
      assert.equal(index.has(1), false);
    });

    it('refuses NaN, infinity and zero', () => {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const vector = unit(new Float32Array(dimensions).fill(1));
        vector[dimensions - 1] = bad;
        assert.throws(() => index.add(1, vector), withCode('VectorNotFinite'));
        assert.throws(() => index.search(vector, 1), withCode('VectorNotFinite'));
      }
      assert.throws(() => index.add(1, new Float32Array(dimensions)), withCode('VectorNotFinite'));
      assert.equal(index.stats().count, 0);
    });

    it('refuses ids that are no positive safe integers', () => {
      const vector = unit(new Float32Array(dimensions).fill(1));
      for (const id of [0, -1, 1.5, NaN, 2 ** 53]) {
        assert.throws(() => index.add(id, vector), withCode('InvalidArgument'));
      }
    });

    it('hands on the error of a filter and works on', async () => {
      const vectors = take(clusteredVectors(dimensions, 83), 2 * segmentRows);
      addAll(vectors);
      await settle(index);
      const failure = new Error('filter');
      const failing = (after: number) => {
        let calls = 0;
        return () => {
          if (++calls > after) throw failure;
          return true;
        };
      };
      for (const after of [0, 1, 200, 400]) {
        assert.throws(() => index.search(vectors[0]!, 10, { filter: failing(after) }), failure);
      }
      assert(recall(queriesNear(vectors, 89)) >= 0.95);
    });

    it('hands out copies', () => {
      const vector = clusteredVectors(dimensions, 97).next();
      index.add(1, vector);
      index.get(1)!.fill(0);
      const added = vector.slice();
      vector.fill(0);
      assert.deepEqual(index.get(1), added);
      assert.equal(index.get(2), undefined);
    });
  });
}

import assert from 'node:assert/strict';
import type { VectorIndex } from '../../../src/core/ports.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import { CheckedIndex, openIndex } from '../../support/vectorIndexes.ts';
import {
  clusteredVectors,
  cosine,
  nearest,
  queriesNear,
  seededRandom,
  take,
  textLikeVectors,
  unit,
} from '../../support/vectors.ts';

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

describe('VectorIndex: dimensions', () => {
  for (const dimensions of [1, 63, 64, 65, 100, 384, 1536, 4096]) {
    it(`can be ${dimensions}`, async () => {
      for (const engine of ['exact', 'hnsw'] as const) {
        const checked = await CheckedIndex.open({ dimensions, engine });
        const vectors = take(textLikeVectors(dimensions, 3), 300);
        await checked.addAll(vectors);
        await checked.index.settle();
        const recall = await checked.recall(queriesNear(vectors, 5, 5));
        assert(engine === 'exact' ? recall === 1 : recall >= 0.95, `${engine}: ${recall}`);
        await checked.index.dispose();
        const coded = await CheckedIndex.open({ dimensions }, { reads: false });
        await coded.addAll(vectors.slice(0, 20));
        await coded.assertHolds();
        await coded.index.dispose();
      }
    });
  }

  it('can be 1 to 4,096', async () => {
    for (const dimensions of [0, -1, 1.5, NaN, 4097, 8192]) {
      await assert.rejects(openIndex({ dimensions }), withCode('InvalidArgument'), String(dimensions));
    }
  });

  it('count as far as the prefix alone for the first look, where a prefix is set', async () => {
    const dimensions = 256;
    const checked = await CheckedIndex.open({ dimensions, prefixDimensions: 64 });
    // As Matryoshka models give: nearly everything is said by the first components.
    const vectors = take(clusteredVectors(dimensions, 9), 6000).map((vector) =>
      unit(vector.map((component, i) => (i < 64 ? component : component / 20))),
    );
    await checked.addAll(vectors);
    await checked.index.settle();
    assert((await checked.recall(queriesNear(vectors, 11, 20))) >= 0.95);
    const { shards } = await checked.index.stats();
    assert(shards[0]!.filter!.wanted > 0, 'these vectors can be filtered');
    assert.equal(shards[0]!.way, 'scan');
    await checked.index.dispose();
  });
});

describe('VectorIndex: refusals', () => {
  const dimensions = 32;
  const vector = unit(new Float32Array(dimensions).fill(1));
  let index: VectorIndex;

  beforeEach(async () => {
    index = await openIndex({ dimensions });
  });

  afterEach(async () => index.dispose());

  it('refuses vectors of another dimension', async () => {
    for (const wrong of [new Float32Array(dimensions - 1).fill(1), new Float32Array(dimensions + 1).fill(1)]) {
      await assert.rejects(index.add([1, 2], [vector, wrong]), withCode('VectorDimension'));
      await assert.rejects(index.search(wrong, 1), withCode('VectorDimension'));
    }
    assert.equal(index.count, 0);
  });

  it('refuses NaN, infinity and zero, wherever they are', async () => {
    await index.add([9], [vector]);
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const place of [0, 5, dimensions - 1]) {
        const wrong = vector.slice();
        wrong[place] = bad;
        await assert.rejects(index.add([1], [wrong]), withCode('VectorNotFinite'));
        await assert.rejects(index.search(wrong, 1), withCode('VectorNotFinite'));
      }
    }
    for (const zero of [new Float32Array(dimensions), new Float32Array(dimensions).fill(-0)]) {
      await assert.rejects(index.add([1], [zero]), withCode('VectorNotFinite'));
      await assert.rejects(index.search(zero, 1), withCode('VectorNotFinite'));
    }
    assert.deepEqual([...(await index.ids())], [9]);
  });

  it('refuses ids that are no positive safe integers', async () => {
    for (const id of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
      await assert.rejects(index.add([1, id], [vector, vector]), withCode('InvalidArgument'));
    }
    assert.equal(index.count, 0);
    await index.remove([0, -1, 1.5, NaN, Infinity, 77]);
  });

  it('counts and finds what is in of an addition that was refused in part', async () => {
    const random = seededRandom(3);
    const vectors = Array.from({ length: 300 }, () => new Float32Array(dimensions).map(() => random() - 0.5));
    vectors[250] = new Float32Array(dimensions);
    const ids = vectors.map((_, i) => i + 1);
    await assert.rejects(index.add(ids, vectors), withCode('VectorNotFinite'));
    const kept = await index.ids();
    assert.equal(index.count, kept.length);
    assert.equal((await index.search(vector, 300)).length, kept.length);
    for (const id of kept) assert((await index.get(id)) !== undefined);
  });

  it('takes nothing from and adds nothing to what it has when asked to open with parameters no graph can have', async () => {
    for (const wrong of [
      { m: 1 },
      { m: 129 },
      { efConstruction: 0 },
      { efConstruction: 5000 },
      { prefixDimensions: 65 },
    ]) {
      await assert.rejects(openIndex({ dimensions, ...wrong }), withCode('InvalidArgument'), JSON.stringify(wrong));
    }
  });
});

describe('VectorIndex: memory', () => {
  const dimensions = 1024;
  const shardBytes = 6 * 2 ** 20;
  const random = seededRandom(21);
  const vectors = Array.from({ length: 6000 }, () => unit(new Float32Array(dimensions).map(() => random() - 0.5)));
  const rows = new Map(vectors.map((vector, i) => [i + 1, vector]));

  async function fill(index: VectorIndex): Promise<void> {
    for (let start = 0; start < vectors.length; start += 500) {
      const part = vectors.slice(start, start + 500);
      await index.add(
        part.map((_, i) => start + i + 1),
        part,
      );
    }
  }

  async function assertAnswers(index: VectorIndex): Promise<void> {
    const ids = [...(await index.ids())];
    const there = new Map(ids.map((id) => [id, rows.get(id)!]));
    for (const query of queriesNear([...there.values()], 5, 5)) {
      const hits = await index.search(query, 3);
      assert.deepEqual(hits.map(({ id }) => id), nearest(there, query, 3)); // prettier-ignore
      for (const { id, score } of hits) assert(Math.abs(score - cosine(rows.get(id)!, query)) < 1e-6);
    }
  }

  it('is not exceeded: what does not fit is refused, and the rest answers', async () => {
    const index = await openIndex({
      dimensions,
      shardBytes,
      engine: 'exact',
      rows: (ids) => ids.map((id) => rows.get(id)),
    });
    await assert.rejects(fill(index), withCode('VectorCapacity'));
    assert((await index.stats()).bytes <= shardBytes);
    const full = (await index.ids()).length;
    assert(full > 1000 && full < vectors.length, `${full} rows`);
    assert.equal(index.count, full);
    await assertAnswers(index);
    await assert.rejects(index.add([7777], [vectors[0]!]), withCode('VectorCapacity'));
    // Replacing needs no room, and what is removed makes some.
    await index.add([1], [vectors[0]!]);
    await index.remove([10, 20]);
    await index.add([10, 20], [vectors[9]!, vectors[19]!]);
    assert.equal(index.count, full);
    await assertAnswers(index);
    await index.dispose();
  });

  it('that is short for a graph costs the graph, not the answers', async () => {
    const logged: LogRecord[] = [];
    const index = await openIndex({
      dimensions,
      shardBytes,
      engine: 'hnsw',
      rows: (ids) => ids.map((id) => rows.get(id)),
      onLog: (record) => logged.push(record),
    });
    await assert.rejects(fill(index), withCode('VectorCapacity'));
    await index.settle();
    assert.equal(logged.length, 1);
    assert.match(logged[0]!.message, /graph cannot be built/u);
    const { bytes, shards } = await index.stats();
    assert(bytes <= shardBytes);
    assert.equal(shards[0]!.graphed, 0);
    await assertAnswers(index);
    await index.remove([1, 2, 3]);
    await index.settle();
    assert.equal(logged.length, 1, 'it is said once');
    await index.dispose();
  });
});

import assert from 'node:assert/strict';
import type { RowReader, VectorIndex } from '../../../src/core/ports.ts';
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

const dimensions = 64;
/** What eight bits lose of these vectors, with something to spare. */
const codesError = 0.01;
const vectors = take(textLikeVectors(dimensions, 5), 800);
const rows = new Map(vectors.map((vector, position) => [position + 1, vector]));
const queries = queriesNear(vectors, 7, 10);

/** Where scores and stored vectors come from: the codes alone, or a reader of exact rows beside them. */
describe('VectorIndex: scores', () => {
  const asked: (readonly number[])[] = [];
  let index: VectorIndex;

  async function open(read?: (id: number) => Float32Array | undefined): Promise<void> {
    asked.length = 0;
    const reader: { rows?: RowReader } =
      read === undefined ? {} : { rows: (ids) => (asked.push(ids), ids.map((id) => read(id))) };
    index = await openIndex({ dimensions, ...reader });
    await index.add([...rows.keys()], vectors);
    await index.settle();
  }

  afterEach(async () => index.dispose());

  function distance(a: Float32Array, b: Float32Array): number {
    return Math.hypot(...a.map((component, i) => component - b[i]!));
  }

  it('are within the error of codes when there are no exact rows to read', async () => {
    await open();
    for (const query of queries) {
      for (const { id, score } of await index.search(query, 20)) {
        assert(Math.abs(score - cosine(rows.get(id)!, query)) < codesError);
      }
    }
    const stored = await index.get(7);
    assert(stored);
    assert(distance(stored, rows.get(7)!) < codesError);
    assert(Math.abs(Math.hypot(...stored) - 1) < codesError);
  });

  it('are exact with a reader, and so is the order', async () => {
    await open((id) => rows.get(id));
    for (const query of queries) {
      const hits = await index.search(query, 10);
      assert.deepEqual(hits.map(({ id }) => id), nearest(rows, query, 10)); // prettier-ignore
      for (const { id, score } of hits) assert(Math.abs(score - cosine(rows.get(id)!, query)) < 1e-6);
    }
    assert.deepEqual(await index.get(7), rows.get(7));
  });

  it('need few exact rows more than hits', async () => {
    await open((id) => rows.get(id));
    await index.search(queries[0]!, 10);
    assert.equal(asked.length, 1);
    assert(asked[0]!.length >= 10 && asked[0]!.length <= 40, `${asked[0]!.length} rows were read`);
  });

  it('need no exact rows of what cannot have the minimum score', async () => {
    await open((id) => rows.get(id));
    const all = await index.search(queries[0]!, 200);
    asked.length = 0;
    const minScore = all[4]!.score;
    assert.deepEqual(await index.search(queries[0]!, 200, { minScore }), all.slice(0, 5));
    const read = asked.flat().length;
    assert(read < 40, `${read} rows were read`);
    asked.length = 0;
    assert.deepEqual(await index.search(queries[0]!, 200, { minScore: 1.1 }), []);
    assert.deepEqual(asked.flat(), []);
  });

  it('are those of the codes for rows the reader does not have', async () => {
    await open((id) => (id % 2 === 0 ? undefined : rows.get(id)));
    for (const query of queries) {
      const hits = await index.search(query, 20);
      assert.equal(hits.length, 20);
      assert(hits.some(({ id }) => id % 2 === 0));
      for (const { id, score } of hits) {
        assert(Math.abs(score - cosine(rows.get(id)!, query)) < (id % 2 === 0 ? codesError : 1e-6));
      }
    }
    assert(distance((await index.get(8))!, rows.get(8)!) < codesError);
  });

  it('are those of the codes for rows that the reader has in another dimension', async () => {
    await open((id) => rows.get(id)!.subarray(0, 32));
    const [hit] = await index.search(vectors[3]!, 1);
    assert.equal(hit!.id, 4);
    assert(Math.abs(hit!.score - 1) < codesError);
  });

  it('do not depend on the length of the rows that are read', async () => {
    await open((id) => rows.get(id)!.map((component) => component * id * 1e-3));
    for (const query of queries) {
      for (const { id, score } of await index.search(query, 10)) {
        assert(Math.abs(score - cosine(rows.get(id)!, query)) < 1e-6);
      }
    }
  });

  it('put the smaller id first where they are equal, also where codes give a little more than 1', async () => {
    index = await openIndex({ dimensions: 4 });
    const random = seededRandom(3);
    const alike = Array.from({ length: 200 }, () => Float32Array.of(1, 1, 1, 1 + 1e-3 * random()));
    await index.add(
      alike.map((_, i) => 200 - i),
      alike,
    );
    const hits = await index.search(alike[0]!, 50);
    hits.forEach(({ id, score }, i) => {
      const before = hits[i - 1];
      assert(score <= 1);
      assert(before === undefined || before.score > score || before.id < id, `${before?.id} before ${id}`);
    });
  });

  it('are exact, and in order, for as many of the best hits as is asked', async () => {
    await open((id) => rows.get(id));
    for (const query of queries) {
      const hits = await index.search(query, 60, { exactHits: 5 });
      assert.equal(hits.length, 60);
      assert.deepEqual(hits.slice(0, 5).map(({ id }) => id), nearest(rows, query, 5)); // prettier-ignore
      hits.forEach(({ id, score }, i) => {
        assert(Math.abs(score - cosine(rows.get(id)!, query)) < (i < 5 ? 1e-6 : codesError));
        assert(i === 0 || hits[i - 1]!.score >= score);
      });
    }
    assert(asked.every((ids) => ids.length < 40));
  });

  it('are given when the reader works again after it has failed', async () => {
    let fails = true;
    await open((id) => {
      if (fails) throw new Error('no cache');
      return rows.get(id);
    });
    await assert.rejects(index.search(queries[0]!, 3), /no cache/u);
    fails = false;
    assert.deepEqual((await index.search(queries[0]!, 3)).map(({ id }) => id), nearest(rows, queries[0]!, 3)); // prettier-ignore
  });

  it('hands out copies and keeps copies', async () => {
    await open();
    const [vector, other] = take(clusteredVectors(dimensions, 97, 1), 2) as [Float32Array, Float32Array];
    const added = vector.slice();
    await index.add([1, 2], [vector, other]);
    const before = (await index.get(1))!.slice();
    (await index.get(1))!.fill(0);
    vector.fill(0);
    assert.deepEqual(await index.get(1), before);
    assert(distance((await index.get(1))!, added) < codesError);
    assert.equal(await index.get(999_999), undefined);
  });
});

describe('VectorIndex: exact', () => {
  it('puts vectors in their true order that codes cannot tell apart', async () => {
    const checked = await CheckedIndex.open({ dimensions, engine: 'exact', shardRows: 300 });
    const [centre] = vectors;
    const crowd = take(clusteredVectors(dimensions, 11, 1), 700).map((noise) =>
      unit(centre!.map((component, i) => component + 1e-4 * noise[i]!)),
    );
    await checked.addAll(crowd);
    for (const query of queriesNear(crowd, 13, 5)) {
      const hits = await checked.search(query, 10);
      // Rounding to 32 bits leaves lengths that are not quite 1, which makes more than the vectors' own difference.
      const exact = new Map([...checked.rows].map(([id, row]) => [id, cosine(row, query) / Math.hypot(...row)]));
      const best = [...exact.values()].sort((a, b) => b - a);
      hits.forEach(({ id }, i) => assert(Math.abs(exact.get(id)! - best[i]!) < 1e-12));
    }
    await checked.index.dispose();
  });

  it('gives 8,000 hits', async () => {
    const checked = await CheckedIndex.open({ dimensions: 4, engine: 'exact' });
    await checked.addAll(take(clusteredVectors(4, 15, 1), 9000));
    await checked.search(clusteredVectors(4, 17, 1).next(), 8000);
    await checked.index.dispose();
  });
});

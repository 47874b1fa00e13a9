import assert from 'node:assert/strict';
import type { VectorKernel } from '../../../src/core/vector/vectorKernel.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import { addRows, ask, buildGraph, checksums, createKernel, flat, walk } from '../../support/vectorKernels.ts';
import { clusteredVectors, seededRandom, take, textLikeVectors } from '../../support/vectors.ts';

const dimensions = 32;
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;
const sorted = (ids: Iterable<number>): number[] => [...ids].sort((a, b) => a - b);

describe('VectorKernel: rows', () => {
  it('gives the same memory and the same answers for the same calls', async () => {
    const kernels = [await createKernel({ dimensions, m: 4 }), await createKernel({ dimensions, m: 4 })] as const;
    const queries = take(textLikeVectors(dimensions, 3), 5);
    const random = [seededRandom(7), seededRandom(7)];
    for (let round = 0; round < 6; round++) {
      const states = kernels.map((kernel, which) => {
        addRows(kernel, take(textLikeVectors(dimensions, 11 + round), 700), 1 + round * 400);
        for (let i = 0; i < 300; i++) kernel.remove(1 + Math.floor(random[which]!() * 3000));
        kernel.insert(500);
        if (round === 3) kernel.dropGraph();
        kernel.allow(Float64Array.from({ length: 1000 }, (_, i) => i * 3));
        const hits = queries.map((query) => [
          flat(kernel, query, 20),
          ask(kernel, query, 20, () => kernel.scan(150)),
          walk(kernel, query, 20, 40),
          walk(kernel, query, 20, 40, { allowedOnly: true }),
        ]);
        return { memory: checksums(kernel), hits, ids: kernel.ids() };
      });
      assert.deepEqual(states[0], states[1]);
    }
  });

  it('knows its ids whatever is added, replaced, removed and built', async () => {
    const kernel = await createKernel({ dimensions: 2, m: 2, efConstruction: 4 });
    const random = seededRandom(13);
    const model = new Set<number>();
    const anyId = (): number => {
      const id = Math.floor(random() * 6000);
      return id % 3 === 0 ? 2 ** 40 + id * 2 ** 12 : id + 1;
    };
    for (let step = 0; step < 30_000; step++) {
      const id = anyId();
      if (random() < 0.4) {
        assert.equal(kernel.remove(id), model.delete(id));
      } else {
        kernel.add(Float64Array.of(id), Float32Array.of(random() - 0.5, random() - 0.5));
        model.add(id);
      }
      if (step % 50 === 0) kernel.insert(10);
      if (step % 9000 === 8999) kernel.dropGraph();
      if (step % 5000 === 4999) {
        assert.equal(kernel.count, model.size);
        assert.deepEqual(sorted(kernel.ids()), sorted(model));
        assert.equal(kernel.has(id), model.has(id));
      }
    }
  });

  it('uses the memory of removed rows again', async () => {
    const kernel = await createKernel({ dimensions });
    const source = clusteredVectors(dimensions, 17);
    addRows(kernel, take(source, 3000));
    const { bytes } = kernel;
    for (let round = 0; round < 20; round++) {
      for (let id = 1; id <= 3000; id++) kernel.remove(id + round * 3000);
      addRows(kernel, take(source, 3000), 1 + (round + 1) * 3000);
    }
    assert.equal(kernel.bytes, bytes);
    assert.equal(kernel.count, 3000);
  });

  it('uses the memory of a graph again, and of the rows it held back', async () => {
    const kernel = await createKernel({ dimensions });
    const source = clusteredVectors(dimensions, 19);
    addRows(kernel, take(source, 3000));
    buildGraph(kernel);
    let bytes = 0;
    for (let round = 0; round < 6; round++) {
      addRows(kernel, take(source, 3000));
      assert.equal(kernel.ghosts, 3000);
      assert.equal(kernel.nodes, 3000);
      kernel.dropGraph();
      assert.equal(kernel.ghosts, 0);
      assert.equal(kernel.nodes, 0);
      buildGraph(kernel);
      assert.equal(kernel.nodes, 3000);
      if (round === 0) ({ bytes } = kernel);
      assert.equal(kernel.bytes, bytes);
    }
  });

  it('refuses what has no direction, keeping what came in earlier batches', async () => {
    const kernel = await createKernel({ dimensions });
    const vectors = take(clusteredVectors(dimensions, 23), 100);
    vectors[70] = new Float32Array(dimensions);
    assert.throws(() => addRows(kernel, vectors), withCode('VectorNotFinite'));
    assert.deepEqual(sorted(kernel.ids()), Array.from({ length: 64 }, (_, i) => i + 1)); // prettier-ignore
    assert.throws(() => kernel.ask(new Float32Array(dimensions)), withCode('VectorNotFinite'));
    assert.throws(() => kernel.ask(new Float32Array(dimensions).fill(NaN)), withCode('VectorNotFinite'));
  });

  it('stops at the memory it may take, rows and graph', async () => {
    const maxBytes = 5 * 2 ** 20;
    const kernel = await createKernel({ dimensions: 512, maxBytes });
    const vectors = take(textLikeVectors(512, 29), 1000);
    assert.throws(() => {
      for (let start = 1; ; start += vectors.length) addRows(kernel, vectors, start);
    }, withCode('VectorCapacity'));
    assert(kernel.bytes <= maxBytes);
    const { count } = kernel;
    assert(count > 1000);
    assert.throws(() => {
      addRows(kernel, vectors, 1e6);
    }, withCode('VectorCapacity'));
    assert.equal(kernel.count, count);
    for (const id of [1, 2, 3]) assert(kernel.remove(id));
    addRows(kernel, vectors.slice(0, 3), 1e6);
    assert.throws(() => buildGraph(kernel), withCode('VectorCapacity'));
    kernel.dropGraph();
    assert.equal(flat(kernel, vectors[9]!, 1).ids[0], 10);
    assert.equal(flat(kernel, vectors[1]!, 8192).ids.length, count);
  });

  it('takes dimensions 1 to 4,096 and at least two links', async () => {
    const wrong = [{ dimensions: 0 }, { dimensions: 4097 }, { m: 1 }, { m: 129 }, { efConstruction: 0 }, { prefixDimensions: 0 }, { prefixDimensions: 65 }]; // prettier-ignore
    for (const parameters of wrong) {
      await assert.rejects(createKernel({ dimensions, ...parameters }), withCode('InvalidArgument'));
    }
    await createKernel({ dimensions: 4096, m: 128, efConstruction: 4096, prefixDimensions: 4096 });
  });
});

describe('VectorKernel: searches', () => {
  const vectors = take(clusteredVectors(dimensions, 31, 1), 2000);
  let kernel: VectorKernel;

  beforeEach(async () => {
    kernel = await createKernel({ dimensions });
    addRows(kernel, vectors);
  });

  it('gives the best, best first, equal ones by age, and no more than there are', () => {
    addRows(kernel, [vectors[4]!, vectors[4]!], 5000);
    const { ids, scores } = flat(kernel, vectors[4]!, 8192);
    assert.equal(ids.length, 2002);
    assert.equal(new Set(ids).size, 2002);
    assert.deepEqual([...ids.slice(0, 3)], [5, 5000, 5001]);
    scores.forEach((score, i) => assert(i === 0 || score <= scores[i - 1]!));
    for (const wanted of [0, 1, 7, 100]) {
      assert.deepEqual(flat(kernel, vectors[4]!, wanted).ids, ids.slice(0, wanted));
    }
  });

  it('takes the filter into account, whatever looks', () => {
    buildGraph(kernel);
    const allowed = Float64Array.from({ length: 700 }, (_, i) => 2 + i * 3);
    const there = [...allowed].filter((id) => id <= 2000);
    assert.equal(kernel.allow(allowed), there.length);
    assert.deepEqual(sorted(flat(kernel, vectors[4]!, 8192, { allowedOnly: true }).ids), there);
    const looks: ((kernel: VectorKernel) => void)[] = [
      () => kernel.scan(100, { allowedOnly: true }),
      () => kernel.walk(100, { allowedOnly: true }),
    ];
    for (const look of looks) {
      const { ids } = ask(kernel, vectors[4]!, 50, look);
      assert(ids.length > 10);
      assert.equal(ids[0], 5);
      for (const id of ids) assert.equal(id % 3, 2);
    }
  });

  it('forgets the filter before, and counts an id once', () => {
    assert.equal(kernel.allow(Float64Array.of(1, 1, 1, 77, 99_999)), 2);
    assert.equal(kernel.allow(Float64Array.of(3)), 1);
    assert.deepEqual([...flat(kernel, vectors[0]!, 10, { allowedOnly: true }).ids], [3]);
    assert.equal(kernel.allow(new Float64Array()), 0);
    assert.equal(flat(kernel, vectors[0]!, 10, { allowedOnly: true }).ids.length, 0);
    const many = Float64Array.from({ length: 20_000 }, (_, i) => 20_000 - i);
    assert.equal(kernel.allow(many), 2000);
  });

  it('lets the filter of signs find what comparing all finds, when it is wide enough', async () => {
    const texts = take(textLikeVectors(256, 37), 8000);
    const large = await createKernel({ dimensions: 256 });
    addRows(large, texts);
    for (const wanted of [1000, 2500]) {
      let looked = 0;
      for (let i = 0; i < 20; i++) {
        const query = texts[i * 399]!;
        const all = flat(large, query, 10);
        const filtered = ask(large, query, 10, () => large.scan(wanted));
        looked += all.ids.filter((id) => filtered.ids.includes(id)).length;
        // What is found has the same score, however it was found.
        filtered.ids.forEach((id, at) => {
          const place = all.ids.indexOf(id);
          if (place >= 0) assert.equal(filtered.scores[at], all.scores[place]);
        });
      }
      assert(looked >= 198, `${looked} of 200 with ${wanted}`);
    }
    assert.deepEqual(ask(large, texts[5]!, 50, () => large.scan(4000)).ids, flat(large, texts[5]!, 50).ids); // prettier-ignore
  });

  it('lets the filter see the prefix alone', async () => {
    const prefixed = await createKernel({ dimensions: 256, prefixDimensions: 64 });
    const noise = take(clusteredVectors(256, 41, 1), 4000);
    const [query] = noise;
    // One row in ten begins as the query does, and goes on otherwise; others go on as it does.
    const rows = noise.slice(1).map((vector, position) =>
      vector.map((component, i) => {
        const isAlike = position % 10 === 0 ? i < 64 : i >= 64;
        return isAlike ? query![i]! : component;
      }),
    );
    addRows(prefixed, rows);
    const alike = rows.flatMap((_, position) => (position % 10 === 0 ? [position + 1] : []));
    const { ids } = ask(prefixed, query!, 8192, () => prefixed.scan(350));
    assert.deepEqual(
      alike.filter((id) => !ids.includes(id)),
      [],
    );
    assert(ids.length < 700, `${ids.length} rows passed`);
  });

  it('covers all rows by a walk and a look at what the graph does not have', () => {
    kernel.insert(1200);
    addRows(kernel, vectors.slice(0, 100)); // Replaced: some of them were in the graph.
    for (let id = 300; id < 400; id++) kernel.remove(id);
    const graphed = kernel.nodes - kernel.ghosts;
    const beside = flat(kernel, vectors[0]!, 8192, { ungraphedOnly: true });
    assert.equal(beside.ids.length, kernel.count - graphed);
    const found = ask(kernel, vectors[0]!, 8192, () => {
      kernel.walk(4096);
      kernel.flat({ ungraphedOnly: true });
    });
    assert.deepEqual(sorted(found.ids), sorted(kernel.ids()));
    const scanned = ask(kernel, vectors[0]!, 8192, () => kernel.scan(4096, { ungraphedOnly: true }));
    assert.deepEqual(sorted(scanned.ids), sorted(beside.ids));
  });

  it('walks past few rows, more with more candidates', () => {
    buildGraph(kernel);
    walk(kernel, vectors[3]!, 1, 10);
    const few = kernel.comparisons;
    walk(kernel, vectors[3]!, 1, 200);
    assert(few < kernel.comparisons && kernel.comparisons < 2000, `${few}, ${kernel.comparisons}`);
  });

  it('finds all of many equal rows by a walk, the removed ones not', async () => {
    const crowded = await createKernel({ dimensions });
    addRows(crowded, vectors.map((vector, i) => (i % 4 === 0 ? vectors[0]! : vector))); // prettier-ignore
    buildGraph(crowded);
    for (let id = 1; id <= 401; id += 4) crowded.remove(id);
    const { ids, scores } = walk(crowded, vectors[0]!, 8192, 10);
    const equal = ids.filter((_, i) => scores[i]! > 0.9999);
    assert.deepEqual(sorted(equal), Array.from({ length: 399 }, (_, i) => 405 + i * 4)); // prettier-ignore
  });

  it('says when nothing is left to build', () => {
    assert.equal(kernel.insert(1999), 1999);
    assert.equal(kernel.insert(1999), 1);
    assert.equal(kernel.insert(1999), 0);
    kernel.remove(7);
    assert.equal(kernel.insert(10), 0);
    addRows(kernel, [vectors[0]!], 7);
    assert.equal(kernel.insert(10), 1);
    assert.equal(kernel.nodes, 2001);
    assert.equal(kernel.ghosts, 1);
  });
});

describe('VectorKernel: limits', () => {
  it('keeps 100,000 ids apart, the largest ones too', async () => {
    const kernel = await createKernel({ dimensions: 64 });
    const count = 100_000;
    const largestId = 2 ** 53 - 1;
    // Small ones, large ones and ones whose low bits are all the same.
    const ids = Float64Array.from({ length: count }, (_, i) =>
      i % 3 === 0 ? i + 1 : i % 3 === 1 ? largestId - i : i * 2 ** 32,
    );
    const [vector] = take(clusteredVectors(64, 43), 1);
    const rows = new Float32Array(count * 64);
    for (let i = 0; i < count; i++) rows.set(vector!, i * 64);
    kernel.add(ids, rows);
    for (let i = 0; i < count; i += 2) assert(kernel.remove(ids[i]!));
    assert.equal(kernel.count, count / 2);
    ids.forEach((id, i) => assert.equal(kernel.has(id), i % 2 === 1, `id ${id}`));
    assert.equal(kernel.remove(ids[0]!), false);
    assert.equal(kernel.has(largestId), false);
    kernel.add(Float64Array.of(largestId), vector!);
    assert(kernel.has(largestId));
    assert.deepEqual(sorted(kernel.ids()), sorted([...ids.filter((_, i) => i % 2 === 1), largestId]));
  });

  it('takes nothing of a batch of 64 in which one vector is not finite or zero', async () => {
    for (const wrong of [NaN, Infinity, -Infinity, 0]) {
      const kernel = await createKernel({ dimensions });
      const vectors = take(clusteredVectors(dimensions, 47), 64);
      vectors[40] = new Float32Array(dimensions);
      vectors[40][dimensions - 1] = wrong;
      assert.throws(() => addRows(kernel, vectors), withCode('VectorNotFinite'));
      assert.equal(kernel.count, 0);
      assert.throws(() => kernel.ask(vectors[40]!), withCode('VectorNotFinite'));
    }
  });

  it('does not know what was removed, nor what never was there', async () => {
    const kernel = await createKernel({ dimensions });
    assert.equal(kernel.remove(1), false);
    assert.equal(kernel.get(1), undefined);
    addRows(kernel, take(clusteredVectors(dimensions, 53), 1));
    assert(kernel.remove(1));
    assert.equal(kernel.remove(1), false);
    assert.equal(kernel.get(1), undefined);
    assert.deepEqual([...kernel.ids()], []);
  });
});

describe('VectorKernel: graph', () => {
  const vectors = take(textLikeVectors(64, 59), 3000);

  async function graph(m: number, efConstruction = 60): Promise<VectorKernel> {
    const kernel = await createKernel({ dimensions: 64, m, efConstruction });
    addRows(kernel, vectors);
    buildGraph(kernel);
    return kernel;
  }

  /** Of the best ten of 50 queries, the share a walk finds. */
  function recall(kernel: VectorKernel, ef: number): number {
    let found = 0;
    for (const query of take(textLikeVectors(64, 59), 2050).slice(2000)) {
      const expected = new Set(flat(kernel, query, 10).ids);
      found += walk(kernel, query, 10, ef).ids.filter((id) => expected.has(id)).length;
    }
    return found / 500;
  }

  for (const m of [2, 8, 64, 128]) {
    it(`finds the nearest with ${m} links per row`, async () => {
      const kernel = await graph(m, 300);
      assert.equal(kernel.nodes, 3000);
      const share = recall(kernel, 400);
      assert(share >= (m === 2 ? 0.8 : 0.97), `${share}`);
    });
  }

  it('finds what is left when most of its rows are removed, whichever the first was', async () => {
    const kernel = await graph(8);
    for (let id = 1; id <= 3000; id++) if (id % 10 !== 0) kernel.remove(id);
    assert.equal(kernel.ghosts, 2700);
    assert.equal(kernel.count, 300);
    const { ids } = walk(kernel, vectors[99]!, 8192, 4096);
    assert.deepEqual(
      sorted(ids),
      Array.from({ length: 300 }, (_, i) => (i + 1) * 10),
    );
  });

  it('finds nothing when all of its rows are removed, and what comes then', async () => {
    const kernel = await graph(8);
    for (let id = 1; id <= 3000; id++) kernel.remove(id);
    assert.equal(walk(kernel, vectors[0]!, 10, 4096).ids.length, 0);
    addRows(kernel, vectors.slice(0, 50), 9001);
    buildGraph(kernel);
    const { ids } = walk(kernel, vectors[0]!, 8192, 4096);
    assert.deepEqual(
      sorted(ids),
      Array.from({ length: 50 }, (_, i) => 9001 + i),
    );
  });

  it('finds nothing after it was dropped', async () => {
    const kernel = await graph(8);
    kernel.dropGraph();
    assert.equal(walk(kernel, vectors[0]!, 10, 100).ids.length, 0);
    assert.equal(kernel.nodes, 0);
    assert.equal(flat(kernel, vectors[0]!, 8192, { ungraphedOnly: true }).ids.length, 3000);
  });

  it('finds all equal rows when the first of them, which the others hang on, is removed', async () => {
    for (let removed = 1; removed <= 8; removed++) {
      const kernel = await createKernel({ dimensions: 64 });
      addRows(kernel, vectors.map((vector, i) => (i < 8 ? vectors[0]! : vector))); // prettier-ignore
      buildGraph(kernel);
      kernel.remove(removed);
      const { ids } = walk(kernel, vectors[0]!, 7, 20);
      assert.deepEqual(sorted(ids), [1, 2, 3, 4, 5, 6, 7, 8].filter((id) => id !== removed)); // prettier-ignore
    }
  });
});

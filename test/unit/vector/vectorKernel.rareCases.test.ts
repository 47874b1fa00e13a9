import assert from 'node:assert/strict';
import { VectorKernel } from '../../../src/core/vector/vectorKernel.ts';
import { addRows, ask, buildGraph, checksums, createKernel, flat, walk } from '../../support/vectorKernels.ts';
import { loadKernel } from '../../support/vectorIndexes.ts';
import { clusteredVectors, take, unit } from '../../support/vectors.ts';

describe('VectorKernel: rare cases', () => {
  it('has ranges of whole 64 bytes, which alone decide their checksums', async () => {
    const kernel = await createKernel({ dimensions: 64 });
    addRows(kernel, take(clusteredVectors(64, 1), 100));
    const ranges = kernel.ranges();
    const copy = await VectorKernel.restore(
      await loadKernel(),
      kernel.parameters,
      ranges[1]!.bytes,
      async (instance, to) => {
        to.forEach((range, i) => instance.view(range).set(kernel.view(ranges[i]!)));
      },
    );
    assert.equal(checksums(copy!), checksums(kernel));
    for (const { start, bytes } of ranges) assert.deepEqual([start % 64, bytes % 64], [0, 0]);
  });

  it('scores each of the rows with the same codes within its own error', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const kernel = await createKernel({ dimensions: 64 });
      addRows(kernel, take(clusteredVectors(64, seed, 1), 1));
      const decoded = unit(kernel.get(1)!);
      addRows(kernel, [decoded], 2);
      buildGraph(kernel);
      const { ids, scores, errors } = walk(kernel, decoded, 10, 10);
      const at = ids.indexOf(2);
      assert(Math.abs(scores[at]! - 1) <= errors[at]!, `${scores[at]} is not within ${errors[at]} of 1`);
    }
  });

  it('lets nearer rows through the filter before many that are equally far', async () => {
    const kernel = await createKernel({ dimensions: 64 });
    const [query, other] = take(clusteredVectors(64, 9, 1), 2);
    const middle = unit(query!.map((component, i) => component + 0.6 * other![i]!));
    addRows(
      kernel,
      Array.from({ length: 20_000 }, () => middle),
    );
    addRows(
      kernel,
      Array.from({ length: 30 }, () => query!),
      100_001,
    );
    addRows(kernel, take(clusteredVectors(64, 11), 40_000), 200_001);
    const expected = flat(kernel, query!, 10).ids;
    for (const wanted of [100, 750, 3000])
      assert.deepEqual(ask(kernel, query!, 10, () => kernel.scan(wanted)).ids, expected);
  });

  it('filters for a query whose components are all of one magnitude once rotated', async () => {
    const kernel = await createKernel({ dimensions: 512 });
    const rows = take(clusteredVectors(512, 5), 40_000);
    addRows(kernel, rows);
    let found = 0;
    for (let i = 0; i < 10; i++) {
      const query = new Float32Array(512);
      query[i * 3] = 1;
      // The best ten, known by construction: near the query alone.
      const near = Array.from({ length: 10 }, (_, n) =>
        unit(rows[n]!.map((component, at) => component + 3 * query[at]!)),
      );
      addRows(kernel, near, 100_000 + i * 10);
      const expected = new Set(flat(kernel, query, 10).ids);
      found += ask(kernel, query, 10, () => kernel.scan(3700)).ids.filter((id) => expected.has(id)).length;
    }
    assert(found >= 95, `${found} of 100`);
  });

  it('takes equal rows for twins though a third one scores higher with them than they do', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const kernel = await createKernel({ dimensions: 64, m: 4, efConstruction: 40 });
      const [a] = take(clusteredVectors(64, seed, 1), 1);
      const b = unit(a!.map((component, i) => component * (1 + (i % 2 === 0 ? 6e-3 : -6e-3))));
      addRows(kernel, [b, ...Array.from({ length: 300 }, () => a!)]);
      buildGraph(kernel);
      const { ids } = walk(kernel, a!, 8192, 10);
      assert(ids.length >= 300, `seed ${seed}: ${ids.length} of 300`);
    }
  });
});

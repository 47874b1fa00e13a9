import assert from 'node:assert/strict';
import { Calibration, type FilterWidth } from '../../../src/core/vector/calibration.ts';
import type { VectorKernel } from '../../../src/core/vector/vectorKernel.ts';
import { addRows, ask, createKernel, flat } from '../../support/vectorKernels.ts';
import { clusteredVectors, queriesNear, take, textLikeVectors } from '../../support/vectors.ts';

const dimensions = 128;
const rows = 6_000;
const mostSteps = 60;

async function kernelOf(vectors: readonly Float32Array[]): Promise<VectorKernel> {
  const kernel = await createKernel({ dimensions });
  addRows(kernel, vectors);
  return kernel;
}

function calibrate(kernel: VectorKernel, onStep: () => void = () => undefined): FilterWidth {
  const calibration = new Calibration(kernel);
  for (let step = 0; step < mostSteps; step++) {
    const width = calibration.step();
    if (width !== undefined) return width;
    onStep();
  }
  assert.fail(`Not ended after ${mostSteps} steps.`);
}

/** Of the best ten, how many a search with this width finds. */
function recall(kernel: VectorKernel, { wanted }: FilterWidth, queries: readonly Float32Array[]): number {
  let found = 0;
  for (const query of queries) {
    const expected = flat(kernel, query, 10);
    const worst = expected.scores.at(-1)!;
    const { scores } = ask(kernel, query, 10, () => (wanted === 0 ? kernel.flat() : kernel.scan(wanted)));
    found += scores.filter((score) => score >= worst).length / expected.scores.length;
  }
  return found / queries.length;
}

describe('Calibration', () => {
  const shapes = {
    clustered: () => take(clusteredVectors(dimensions, 3), rows),
    'text-like': () => take(textLikeVectors(dimensions, 5), rows),
  };
  for (const [shape, make] of Object.entries(shapes)) {
    it(`finds a filter for ${shape} vectors that a small share of the rows passes, and hardly a hit is lost`, async () => {
      const vectors = make();
      const kernel = await kernelOf(vectors);
      const width = calibrate(kernel);
      assert(width.wanted > 0 && width.wanted <= rows / 8, `${width.wanted} of ${rows} rows`);
      assert(width.recall >= 0.995 && width.recall <= 1, `${width.recall}`);
      assert(recall(kernel, width, queriesNear(vectors, 7, 100)) >= 0.95);
    });
  }

  it('compares all codes when signs tell too little, as with random vectors', async () => {
    const vectors = take(clusteredVectors(dimensions, 11, 1), rows);
    const kernel = await kernelOf(vectors);
    const width = calibrate(kernel);
    assert(width.wanted === 0 || width.wanted >= 500, `${width.wanted} of ${rows} rows`);
    const unrelated = take(clusteredVectors(dimensions, 13, 1), 40);
    assert(recall(kernel, width, [...unrelated, ...queriesNear(vectors, 7)]) >= 0.95);
  });

  it('finds the same width for the same rows', async () => {
    const vectors = shapes['text-like']();
    assert.deepEqual(calibrate(await kernelOf(vectors)), calibrate(await kernelOf(vectors)));
  });

  it('compares all codes of few rows: a filter saves nothing', async () => {
    for (const count of [0, 1, 2, 1_199]) {
      const kernel = await kernelOf(take(clusteredVectors(dimensions, 17), count));
      assert.deepEqual(calibrate(kernel), { wanted: 0, recall: 1 }, `${count} rows`);
    }
    const kernel = await kernelOf(take(clusteredVectors(dimensions, 17), 1_200));
    assert.equal(calibrate(kernel).wanted, 150);
  });

  it('ends when rows are removed meanwhile, even all of them', async () => {
    const kernel = await kernelOf(take(clusteredVectors(dimensions, 19), 2_000));
    let next = 1;
    calibrate(kernel, () => {
      for (const end = next + 100; next < end; next++) kernel.remove(next);
    });
    assert.equal(kernel.count, 0);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { KernelHits, VectorKernel } from '../../../src/core/vector/vectorKernel.ts';
import { addRows, ask, buildGraph, createKernel, flat, walk } from '../../support/vectorKernels.ts';
import { clusteredVectors, seededRandom, take, textLikeVectors, unit } from '../../support/vectors.ts';

/** In float64 and whatever the lengths are. */
function cosine(a: Float32Array, b: Float32Array): number {
  const [largestA, largestB] = [largest(a), largest(b)];
  let [dot, lengthA, lengthB] = [0, 0, 0];
  a.forEach((component, i) => {
    const [x, y] = [component / largestA, b[i]! / largestB];
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  });
  return dot / Math.sqrt(lengthA * lengthB);
}

function largest(vector: Float32Array): number {
  return vector.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
}

/** Every score is within its error of the true cosine, and no error is above the largest. */
function assertBounds(
  kernel: VectorKernel,
  { ids, scores, errors }: KernelHits,
  query: Float32Array,
  row: (id: number) => Float32Array,
): void {
  ids.forEach((id, i) => {
    const difference = Math.abs(scores[i]! - cosine(row(id), query));
    assert(difference <= errors[i]!, `id ${id}: ${difference} is more than ${errors[i]}`);
    assert(errors[i]! <= kernel.maxError);
  });
}

/** One strong component and `rest` times as much of noise in all others: what a maximum as the scale is bad for. */
function spikes(dimensions: number, count: number, rest: number): Float32Array[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, i) => {
    const vector = new Float32Array(dimensions).map(() => rest * (random() - 0.5));
    vector[i % dimensions] = i % 2 === 0 ? 1 : -1;
    return vector;
  });
}

const shapes: Readonly<Record<string, (dimensions: number) => readonly Float32Array[]>> = {
  'random vectors': (dimensions) => take(clusteredVectors(dimensions, 3, 1), 300),
  'clustered vectors': (dimensions) => take(clusteredVectors(dimensions, 3), 300),
  'text-like vectors': (dimensions) => take(textLikeVectors(dimensions, 3), 300),
  'single components': (dimensions) => spikes(dimensions, 300, 0),
  'a strong component in noise': (dimensions) => spikes(dimensions, 300, 0.05),
  'alternating signs': (dimensions) => spikes(dimensions, 300, 1).map((vector) => vector.map((component, i) => (i % 2 === 0 ? 1 : -1) + component * 1e-3)), // prettier-ignore
  'tiny vectors': (dimensions) => take(clusteredVectors(dimensions, 7), 300).map((vector) => vector.map((component) => component * 1e-30)), // prettier-ignore
  'huge vectors': (dimensions) => take(clusteredVectors(dimensions, 7), 300).map((vector) => vector.map((component) => component * 1e30)), // prettier-ignore
};

describe('VectorKernel: scores', () => {
  for (const [shape, source] of Object.entries(shapes)) {
    it(`are within their error of the cosine for ${shape}, however they are found`, async () => {
      for (const dimensions of [1, 3, 60, 64, 130, 768]) {
        const kernel = await createKernel({ dimensions });
        const vectors = source(dimensions);
        addRows(kernel, vectors);
        buildGraph(kernel);
        const row = (id: number): Float32Array => vectors[id - 1]!;
        for (const query of [...vectors.slice(0, 5), ...take(clusteredVectors(dimensions, 11, 1), 5)]) {
          assertBounds(kernel, flat(kernel, query, 300), query, row);
          assertBounds(kernel, ask(kernel, query, 300, () => kernel.scan(40)), query, row); // prettier-ignore
          assertBounds(kernel, walk(kernel, query, 300, 100), query, row);
        }
      }
    });

    it(`decode ${shape} to within their error`, async () => {
      for (const dimensions of [1, 64, 130, 768]) {
        const kernel = await createKernel({ dimensions });
        const vectors = source(dimensions);
        addRows(kernel, vectors);
        const [query] = vectors;
        const { ids, errors } = flat(kernel, query!, 300);
        ids.forEach((id, i) => {
          const vector = vectors[id - 1]!;
          const most = largest(vector);
          const exact = unit(vector.map((component) => component / most));
          const stored = kernel.get(id)!;
          assert.equal(stored.length, dimensions);
          const distance = Math.hypot(...stored.map((component, at) => component - exact[at]!));
          assert(distance <= errors[i]! + 1e-6, `id ${id}: ${distance} is more than ${errors[i]}`);
        });
      }
    });
  }

  it('are within their error for any vectors', async () => {
    const dimensions = 5;
    const component = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(0, 1, -1, 127, 1e-45, 3.4e38, -3.4e38),
    );
    const vector = fc
      .array(component, { minLength: dimensions, maxLength: dimensions })
      .map((components) => Float32Array.from(components))
      .filter((components) => components.some((value) => value !== 0));
    const vectors = fc.array(vector, { minLength: 1, maxLength: 20 });
    const kernel = await createKernel({ dimensions });
    fc.assert(
      fc.property(vectors, vector, (rows, query) => {
        addRows(kernel, rows);
        assertBounds(kernel, flat(kernel, query, 100), query, (id) => rows[id - 1]!);
        for (const id of kernel.ids()) kernel.remove(id);
      }),
      { numRuns: 2000 },
    );
  });

  it('of a walk are within their error for rows that have the same codes and are not the same', async () => {
    const kernel = await createKernel({ dimensions: 3 });
    const random = seededRandom(17);
    const rows = Array.from({ length: 2000 }, () => Float32Array.of(1, 0.05 * random(), 0.05 * random()));
    addRows(kernel, rows);
    buildGraph(kernel);
    for (const query of [rows[0]!, Float32Array.of(1, 0.2, 0.1)]) {
      assertBounds(kernel, walk(kernel, query, 2000, 4000), query, (id) => rows[id - 1]!);
    }
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { VectorIndex } from '../../../src/core/ports.ts';
import { createVectorIndexFactory } from '../../../src/core/vector/vectorIndexFactory.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { openHnswGraph } from '../../../src/node/hnswLoader.ts';
import { join, settle, vectorIndexFactories } from '../../support/vectorIndexes.ts';
import { cosine, nearest, seededRandom, unit } from '../../support/vectors.ts';

const dimensions = 4;
/** Two links, fewest candidates and tiny graphs, so that random sequences fill, wear out and dissolve many of them. */
const options = { spaceId: 'space', dimensions, m: 2, efConstruction: 8, ef: 1 };
const factories = {
  'the exact index': vectorIndexFactories['the exact index']!,
  'the HNSW index with graphs of 60 rows': createVectorIndexFactory({
    openGraph: openHnswGraph,
    clock: nodeClock,
    logger: { log: ({ message }) => assert.fail(message) },
    segmentRows: 60,
  }),
};

const probes = [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 1], [1, 2, 3, 4]].map((components) => unit(Float32Array.from(components))); // prettier-ignore

const id = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 10 }));
// Few values, so that equal vectors and equal scores are common.
const vector = fc
  .array(fc.integer({ min: -2, max: 2 }), { minLength: dimensions, maxLength: dimensions })
  .filter((components) => components.some((component) => component !== 0))
  .map((components) => unit(Float32Array.from(components)));
const operation = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('add' as const), id, vector }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fill' as const), id, seed: fc.integer({ min: 1 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('maintain', 'settle', 'reload' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('search' as const),
      vector,
      k: fc.integer({ min: 1, max: 5 }),
      divisor: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

for (const [name, factory] of Object.entries(factories)) {
  it(`${name} behaves like a map that is compared row by row, whatever is done to it`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 120, size: 'max' }), async (operations) => {
        let index: VectorIndex = await factory.create(options);
        const model = new Map<number, Float32Array>();
        for (const step of operations) {
          switch (step.kind) {
            case 'add':
              index.add(step.id, step.vector);
              model.set(step.id, step.vector);
              break;
            case 'fill': {
              const random = seededRandom(step.seed);
              for (let row = step.id; row < step.id + 40; row++) {
                const filled = unit(new Float32Array(dimensions).map(() => random() - 0.5));
                index.add(row, filled);
                model.set(row, filled);
              }
              break;
            }
            case 'remove':
              assert.equal(index.remove(step.id), model.delete(step.id));
              break;
            case 'maintain':
              index.maintain(0);
              break;
            case 'settle':
              await settle(index);
              for (const query of probes) checkSearch(index, model, query, 1, () => true);
              break;
            case 'reload': {
              const loaded = await factory.load(options, join(index.save()));
              index.dispose();
              index = loaded;
              break;
            }
            case 'search': {
              const { k, divisor, vector: query } = step;
              checkSearch(index, model, query, k, (row) => row % divisor === 0);
              break;
            }
          }
        }
        assert.equal(index.stats().count, model.size);
        assert.deepEqual(new Set(index.ids()), new Set(model.keys()));
        for (const [row, stored] of model) assert.deepEqual(index.get(row), stored);
        index.dispose();
      }),
      { numRuns: 25 },
    );
  });
}

/** As many hits as there are matches (up to k), each a match with its true score; the exact index: the best ones. */
function checkSearch(
  index: VectorIndex,
  model: ReadonlyMap<number, Float32Array>,
  query: Float32Array,
  k: number,
  filter: (id: number) => boolean,
): void {
  const matches = new Map([...model].filter(([row]) => filter(row)));
  const hits = index.search(query, k, { filter });
  assert.equal(hits.length, Math.min(k, matches.size));
  assert.equal(new Set(hits.map((hit) => hit.id)).size, hits.length);
  for (const hit of hits) assert(Math.abs(hit.score - cosine(matches.get(hit.id)!, query)) < 1e-6);
  if (index.stats().engine === 'exact') {
    const best = nearest(matches, query, k).map((row) => cosine(matches.get(row)!, query));
    hits.forEach((hit, position) => assert(Math.abs(hit.score - best[position]!) < 1e-6));
  }
}

import assert from 'node:assert/strict';
import { defaultEf, defaultEfConstruction, defaultM } from '../../../src/core/vector/hnswParameters.ts';

describe('HNSW parameters', () => {
  it('give 16 links up to 384 dimensions, 32 up to 768, 48 above', () => {
    const expected = [[1, 16], [384, 16], [385, 32], [768, 32], [769, 48], [4096, 48]] as const; // prettier-ignore
    for (const [dimensions, links] of expected) assert.equal(defaultM(dimensions), links, `${dimensions} dimensions`);
  });

  it('give 200 candidates per insertion and 50 more per whole hundred dimensions, 800 at most', () => {
    const expected = [[1, 200], [99, 200], [100, 250], [384, 350], [768, 550], [1199, 750], [1200, 800], [4096, 800]] as const; // prettier-ignore
    for (const [dimensions, candidates] of expected)
      assert.equal(defaultEfConstruction(dimensions), candidates, `${dimensions} dimensions`);
  });

  it('give four candidates per hit up to 200, never fewer than hits', () => {
    const expected = [[1, 4], [10, 40], [49, 196], [50, 200], [51, 200], [200, 200], [201, 201], [1000, 1000]] as const; // prettier-ignore
    for (const [hits, candidates] of expected) assert.equal(defaultEf(hits), candidates, `${hits} hits`);
  });
});

import assert from 'node:assert/strict';
import { upsertBatchSize } from '../../../src/core/vector/upsertBatchSize.ts';

describe('upsertBatchSize', () => {
  it('is about a megabyte of vectors, and 10 to 1,000 of them', () => {
    const expected = [[1, 1000], [262, 1000], [263, 996], [384, 682], [1536, 170], [4096, 64], [65_536, 10]] as const; // prettier-ignore
    for (const [dimensions, size] of expected) assert.equal(upsertBatchSize(dimensions), size, `${dimensions}`);
  });
});

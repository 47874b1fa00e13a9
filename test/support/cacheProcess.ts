/** One of several processes that fill and read the same embedding cache: `cacheProcess.ts DIRECTORY NUMBER`. */
import assert from 'node:assert/strict';
import { EmbeddingCache } from '../../src/core/embedding/embeddingCache.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import { nodeHasher } from '../../src/node/nodeHasher.ts';
import { NodeStorage } from '../../src/node/nodeStorage.ts';

const [directory, own] = process.argv.slice(2);
assert(directory !== undefined && own !== undefined);

const cache = await EmbeddingCache.open(new NodeStorage(), directory, {
  hasher: nodeHasher,
  clock: nodeClock,
  logger: { log: () => undefined },
  maxBytes: 64 * 1_048_576,
});
for (let round = 0; round < 20; round++) {
  const numbers = Array.from({ length: 10 }, (_, index) => round * 10 + index);
  // Ten that are this process's own, and ten that every process puts.
  const entries = [...numbers.map((number) => `${own}-${number}`), ...numbers.map((number) => `shared-${number}`)].map(
    (name) => ({ key: cache.key('space', 'document', name), vector: new Float32Array(64).fill(name.length) }),
  );
  cache.putMany(entries);
  const found = cache.getMany(entries.map(({ key }) => key));
  found.forEach((vector, index) => assert.deepEqual(vector, entries[index]?.vector));
}
cache.close();

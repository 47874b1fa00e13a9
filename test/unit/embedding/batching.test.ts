import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countForBatch, needsExactWeights } from '../../../src/core/embedding/batching.ts';
import { startEmbeddingServer } from '../../support/embeddingServer.ts';
import { createProvider, documentsOf, sampleTexts } from '../../support/providerHarness.ts';

const bounds = fc.record({
  maxBatchInputs: fc.integer({ min: 1, max: 20 }),
  maxBatchTokens: fc.integer({ min: 1, max: 500 }),
});

describe('batches', () => {
  it('hold every input once, in order, within both bounds, as full as they can be', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 })), bounds, (weights, limits) => {
        const { maxBatchInputs, maxBatchTokens } = limits;
        let rest = weights;
        while (rest.length > 0) {
          const count = countForBatch(rest, limits);
          const sum = rest.slice(0, count).reduce((total, weight) => total + weight, 0);
          assert(count >= 1 && count <= maxBatchInputs);
          assert(sum <= maxBatchTokens || count === 1);
          const next = rest[count];
          if (next !== undefined) assert(count === maxBatchInputs || sum + next > maxBatchTokens);
          rest = rest.slice(count);
        }
      }),
    );
  });

  it('need exact token counts only where bytes would make them smaller', () => {
    const limits = { maxBatchInputs: 3, maxBatchTokens: 100 };
    assert.equal(needsExactWeights([30, 30, 30, 30, 30], limits), false);
    assert.equal(needsExactWeights([30, 30, 41, 10], limits), true);
    assert.equal(needsExactWeights([], limits), false);
  });

  it('of a provider hold every text once, in order, whatever the bounds', async () => {
    const server = await startEmbeddingServer();
    try {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 40 }), bounds, async (count, limits) => {
          const before = server.requests.length;
          const { provider } = createProvider({
            config: { baseUrl: server.url, ...limits, maxConcurrentRequests: 1 },
          });
          const texts = sampleTexts(count);
          await provider.embedDocuments(documentsOf(texts));
          const batches = server.requests.slice(before).map(({ inputs }) => inputs);
          assert.deepEqual(batches.flat(), texts);
          assert(batches.every(({ length }) => length <= limits.maxBatchInputs));
        }),
        { numRuns: 8 },
      );
    } finally {
      await server.close();
    }
  });
});

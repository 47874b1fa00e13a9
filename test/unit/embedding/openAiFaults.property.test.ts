import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentVector } from '../../support/contentVectors.ts';
import { startEmbeddingServer } from '../../support/embeddingServer.ts';
import { createProvider, documentsOf, sampleTexts } from '../../support/providerHarness.ts';
import type { Fault } from '../../support/serverFaults.ts';

const passingFaults: readonly Fault[] = [
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 429 },
  { status: 500 },
  { status: 503, headers: { 'retry-after': '1' } },
  { reset: 'beforeAnswer' },
  { reset: 'midBody' },
  { truncateJson: true },
  { delayMs: 15 },
  { index: 'shuffled' },
];

describe('createOpenAiProvider, whatever passes', () => {
  it('loses no text, delivers none twice, and pays again only for what it did not get', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...passingFaults), { maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 8 }),
        async (faults, count, maxBatchInputs, maxConcurrentRequests) => {
          const server = await startEmbeddingServer();
          try {
            server.script(faults);
            const { provider } = createProvider({
              config: { baseUrl: server.url, maxBatchInputs, maxConcurrentRequests, maxRetries: 20 },
            });
            const texts = sampleTexts(count);
            const delivered: number[] = [];
            const { vectors } = await provider.embedDocuments(documentsOf(texts), undefined, (indexes) =>
              delivered.push(...indexes),
            );
            assert.deepEqual(
              delivered.toSorted((a, b) => a - b),
              texts.map((_, index) => index),
            );
            for (const [index, text] of texts.entries()) {
              const vector = vectors[index] ?? assert.fail(`no vector of ${index}`);
              const expected = contentVector(text, vector.length);
              assert.ok(expected.every((value, n) => Math.abs(value - (vector[n] ?? NaN)) < 1e-5));
            }
            const whole = server.requests.filter(({ status, closedEarly }) => status === 200 && closedEarly !== true);
            const cutOff = faults.filter(({ truncateJson }) => truncateJson).length;
            const batches = Math.ceil(count / maxBatchInputs);
            assert.ok(whole.length >= batches && whole.length <= batches + cutOff, `${whole.length} for ${batches}`);
            provider.dispose();
          } finally {
            await server.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

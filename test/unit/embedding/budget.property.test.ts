import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Spending } from '../../../src/core/embedding/spending.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { countTokens } from '../../support/contentVectors.ts';
import { startEmbeddingServer } from '../../support/embeddingServer.ts';
import { createProvider, documentsOf, sampleTexts } from '../../support/providerHarness.ts';
import type { Fault } from '../../support/serverFaults.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const faults: readonly Fault[] = [
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 500 },
  { reset: 'beforeAnswer' },
  { reset: 'midBody' },
  { truncateJson: true },
  { delayMs: 10 },
  { withoutUsage: true },
  { status: 413 },
];

describe('a budget', () => {
  it('is never exceeded, whatever the batches, the failures and the questions meanwhile; and is used up', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...faults), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 3_000 }),
        async (script, count, maxBatchInputs, maxConcurrentRequests, budgetTokens) => {
          const server = await startEmbeddingServer();
          const spending = await Spending.open(new NodeStorage(), await temporaryDirectory(), {
            clock: nodeClock,
            logger: { log: () => undefined },
            budgetTokens: () => budgetTokens,
            roots: () => ['/a'],
          });
          try {
            server.script(script);
            const { provider } = createProvider({
              config: { baseUrl: server.url, maxBatchInputs, maxConcurrentRequests, maxRetries: 20 },
            });
            const account = spending.account('/a');
            const texts = sampleTexts(count);
            const delivered: number[] = [];
            const ends = await Promise.allSettled([
              provider.embedDocuments(documentsOf(texts), undefined, (indexes) => delivered.push(...indexes), account),
              provider.embedQuery('where is the offset added?', undefined, account),
            ]);
            // Whatever the server may have worked on: all but what it refused.
            const worked = server.requests.filter(({ status }) => status === undefined || status === 200);
            const tokens = worked.flatMap(({ inputs }) => inputs).reduce((sum, text) => sum + countTokens(text), 0);
            assert.ok(tokens <= budgetTokens, `${tokens} of ${budgetTokens}`);
            assert.ok(spending.status().workspace.tokens >= tokens);
            // A question gives up early, for whatever reason; documents only for the budget.
            const [documents] = ends;
            if (documents.status === 'fulfilled') assert.equal(delivered.length, count);
            else {
              assert.ok(documents.reason instanceof AppError, String(documents.reason));
              assert.equal(documents.reason.code, 'BudgetReached', documents.reason.message);
              // Not given up while a text still fits: one has 56 bytes at most, a question 25, each with 8 marks.
              const leastLeft = 64 + 33;
              assert.ok(spending.status().workspace.tokens > budgetTokens * 0.99 - leastLeft);
            }
            provider.dispose();
          } finally {
            await spending.close();
            await server.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

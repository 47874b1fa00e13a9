import assert from 'node:assert/strict';
import { type EmbeddingServer, startEmbeddingServer } from '../../support/embeddingServer.ts';
import { createProvider, documentsOf, rejection, sampleTexts } from '../../support/providerHarness.ts';
import { createScaledClock } from '../../support/scaledClock.ts';

/** A minute of budgets in 150 ms; a busy machine is no timeout. */
const speed = 400;
const timeoutMs = speed * 10_000;

describe('createOpenAiProvider, within budgets', () => {
  let server: EmbeddingServer;

  before(async () => {
    // Loading takes seconds of scaled time.
    await import('openai');
  });

  afterEach(async () => {
    await server.close();
  });

  const refusals = (): number => server.requests.filter(({ status }) => status === 429).length;
  const once = (count: number): void => assert.deepEqual([...server.texts.values()], new Array(count).fill(1));

  it('is never refused where the budgets are configured', async () => {
    const clock = createScaledClock(speed);
    server = await startEmbeddingServer({ requestsPerMinute: 10, tokensPerMinute: 2_000, now: () => clock.now() });
    const { provider, metrics } = createProvider({
      config: { baseUrl: server.url, timeoutMs, maxBatchInputs: 2, requestsPerMinute: 10, tokensPerMinute: 2_000 },
      clock,
    });
    await provider.embedDocuments(documentsOf(sampleTexts(50)));
    once(50);
    assert.equal(refusals(), 0);
    assert((metrics.snapshot().gauges.requestBudgetUsed ?? 0) > 0);
  });

  it('has its budgets again after a minute, and says so without a request', async () => {
    const clock = createScaledClock(speed);
    server = await startEmbeddingServer({ now: () => clock.now() });
    const { provider, metrics } = createProvider({
      config: { baseUrl: server.url, timeoutMs, requestsPerMinute: 10, tokensPerMinute: 2_000 },
      clock,
    });
    await provider.embedDocuments(documentsOf(sampleTexts(2)));
    assert((metrics.snapshot().gauges.requestBudgetUsed ?? 0) > 0);
    await clock.sleep(90_000);
    provider.updateGauges();
    const { requestBudgetUsed, tokenBudgetUsed } = metrics.snapshot().gauges;
    assert.deepEqual([requestBudgetUsed, tokenBudgetUsed], [0, 0]);
  });

  it('learns the budgets from headers: after the first answers hardly anything is refused', async () => {
    const clock = createScaledClock(speed);
    server = await startEmbeddingServer({ requestsPerMinute: 10, now: () => clock.now() });
    const { provider } = createProvider({
      config: { baseUrl: server.url, timeoutMs, maxBatchInputs: 2, maxConcurrentRequests: 4 },
      clock,
    });
    await provider.embedDocuments(documentsOf(sampleTexts(60)));
    once(60);
    assert.equal(provider.status().requestsPerMinute, 10);
    assert(refusals() <= 4, `${refusals()} refusals`);
  });

  it('gets through where the endpoint refuses without saying why or until when', async () => {
    const clock = createScaledClock(speed);
    server = await startEmbeddingServer({ requestsPerMinute: 10, rateHeaders: false, now: () => clock.now() });
    const { provider } = createProvider({
      config: { baseUrl: server.url, timeoutMs, maxBatchInputs: 2, maxConcurrentRequests: 4 },
      clock,
    });
    await provider.embedDocuments(documentsOf(sampleTexts(60)));
    once(60);
    assert(refusals() <= 20, `${refusals()} refusals`);
  });

  it('makes batches no heavier than the tokens of a minute', async () => {
    const clock = createScaledClock(speed);
    server = await startEmbeddingServer({ tokensPerMinute: 200, now: () => clock.now() });
    const { provider } = createProvider({
      config: { baseUrl: server.url, timeoutMs, maxConcurrentRequests: 1 },
      clock,
    });
    await provider.embedDocuments(documentsOf(sampleTexts(40)));
    once(40);
    assert.equal(refusals(), 1, 'the first, which is how the budget becomes known');
  });

  it('waits as long as it is told to, once', async () => {
    const clock = createScaledClock(speed);
    server = await startEmbeddingServer({ latencyMs: 10 });
    server.script({ status: 429, headers: { 'retry-after': '40' }, times: 1 });
    const { provider } = createProvider({
      config: { baseUrl: server.url, timeoutMs, maxBatchInputs: 1, maxConcurrentRequests: 8 },
      clock,
    });
    const start = clock.monotonicMs();
    await provider.embedDocuments(documentsOf(sampleTexts(30)));
    assert(clock.monotonicMs() - start >= 40_000);
    once(30);
    assert.equal(refusals(), 1);
  });

  it('lets a query through while 1,000 documents wait', async () => {
    server = await startEmbeddingServer({ latencyMs: 20 });
    const { provider } = createProvider({
      config: {
        baseUrl: server.url,
        timeoutMs,
        maxBatchInputs: 1,
        maxConcurrentRequests: 2,
        requestsPerMinute: 100_000,
      },
      clock: createScaledClock(1),
    });
    const documents = provider.embedDocuments(documentsOf(sampleTexts(1_000)));
    while (server.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = server.requests.length;
    await provider.embedQuery('where is the offset added?');
    assert(server.requests.length - before <= 8, `${server.requests.length - before} requests before the answer`);
    assert(server.texts.size < 50);
    provider.dispose();
    await rejection(documents, 'Cancelled');
  });

  it('keeps a share of the budget for queries when documents have used theirs', async () => {
    const clock = createScaledClock(1);
    server = await startEmbeddingServer({ requestsPerMinute: 10, now: () => clock.now() });
    const { provider } = createProvider({
      config: { baseUrl: server.url, timeoutMs, maxBatchInputs: 1, requestsPerMinute: 10 },
      clock,
    });
    const documents = provider.embedDocuments(documentsOf(sampleTexts(100)));
    while (server.texts.size < 9) await new Promise((resolve) => setTimeout(resolve, 5));
    await provider.embedQuery('not stuck for a minute');
    assert.equal(refusals(), 0);
    assert.equal(server.texts.size, 10);
    provider.dispose();
    await rejection(documents, 'Cancelled');
  });
});

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type EmbeddingServer, startEmbeddingServer } from '../../support/embeddingServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { createProvider, documentsOf, rejection, sampleTexts } from '../../support/providerHarness.ts';
import { createScaledClock } from '../../support/scaledClock.ts';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('createOpenAiProvider, cancelled', () => {
  let server: EmbeddingServer;

  beforeEach(async () => {
    server = await startEmbeddingServer();
  });

  afterEach(async () => {
    await server.close();
  });

  for (const [what, fault] of [
    ['before the answer', { hang: true }],
    ['in the middle of the body', { dripMs: 5 }],
  ] as const) {
    it(`aborts the HTTP request ${what}`, async () => {
      server.script({ ...fault, times: 9 });
      const { provider } = createProvider({ config: { baseUrl: server.url }, clock: createScaledClock(1) });
      const controller = new AbortController();
      const query = provider.embedQuery('text', controller.signal);
      const documents = provider.embedDocuments(documentsOf(sampleTexts(3)), controller.signal);
      await until(() => server.requests.length === 2);
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.abort();
      await rejection(query, 'Cancelled');
      await rejection(documents, 'Cancelled');
      await until(() => server.requests.every(({ closedEarly }) => closedEarly === true));
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    });
  }

  it('sends nothing when the signal has fired already', async () => {
    const { provider } = createProvider({ config: { baseUrl: server.url } });
    const signal = AbortSignal.abort();
    await rejection(provider.embedQuery('text', signal), 'Cancelled');
    await rejection(provider.embedDocuments(documentsOf(['text']), signal), 'Cancelled');
    assert.equal(server.requests.length, 0);
  });

  it('ends a wait for the next try', async () => {
    server.script({ status: 429, headers: { 'retry-after': '300' }, times: 9 });
    const { provider } = createProvider({ config: { baseUrl: server.url }, clock: createScaledClock(1) });
    const controller = new AbortController();
    const documents = provider.embedDocuments(documentsOf(['text']), controller.signal);
    await until(() => provider.status().state === 'limited');
    controller.abort();
    await rejection(documents, 'Cancelled');
  });

  it('does not wait for the calls of others that hold the slots', async () => {
    server.script({ hang: true, times: 9 });
    const { provider } = createProvider({
      config: { baseUrl: server.url, maxConcurrentRequests: 1 },
      clock: createScaledClock(1),
    });
    const first = provider.embedDocuments(documentsOf(['first']));
    await until(() => server.requests.length === 1);
    const controller = new AbortController();
    const second = provider.embedDocuments(documentsOf(['second']), controller.signal);
    controller.abort();
    await rejection(second, 'Cancelled');
    provider.dispose();
    await rejection(first, 'Cancelled');
    assert.equal(server.requests.length, 1);
  });

  it('hands over nothing after it has rejected', async () => {
    server.script({ delayMs: 30, times: 9 });
    const { provider } = createProvider({ config: { baseUrl: server.url }, clock: createScaledClock(1) });
    const controller = new AbortController();
    let rejected = false;
    const late: boolean[] = [];
    const call = provider.embedDocuments(documentsOf(['text']), controller.signal, () => late.push(rejected));
    await until(() => server.requests.length === 1);
    controller.abort();
    await rejection(call, 'Cancelled');
    rejected = true;
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(late, []);
  });

  it('leaves no listener and no timer: not after success, failure or cancellation, nor after dispose', async () => {
    const clock = new FakeClock();
    await import('openai');
    const answer = (status: number): Response =>
      Response.json(
        status === 200
          ? { data: [{ index: 0, embedding: [1, 2] }] }
          : { error: { message: 'scripted', code: 'scripted' } },
        { status },
      );
    const statuses = [200, 500, 200, 401, 429, 200];
    const { provider } = createProvider({
      config: { baseUrl: 'http://localhost/v1', maxRetries: 2 },
      clock,
      fetch: async (_, init) => {
        const status = statuses.shift();
        if (status !== undefined) return answer(status);
        return await new Promise((_resolve, reject) => {
          init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        });
      },
    });
    const controller = new AbortController();
    const { signal } = controller;
    await clock.settle(provider.embedDocuments(documentsOf(['one']), signal));
    await clock.settle(provider.embedDocuments(documentsOf(['retried']), signal));
    await rejection(clock.settle(provider.embedDocuments(documentsOf(['refused']), signal)), 'ProviderAuth');
    await clock.settle(provider.embedQuery('limited', signal));
    assert.equal(clock.sleeping, 0);
    assert.equal(getEventListeners(signal, 'abort').length, 0);

    const hanging = [provider.embedQuery('hangs', signal), provider.embedDocuments(documentsOf(['hangs']), signal)];
    await clock.quiet();
    assert.equal(clock.sleeping, 2);
    provider.dispose();
    for (const call of hanging) await rejection(call, 'Cancelled');
    await clock.quiet();
    assert.equal(clock.sleeping, 0);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    await rejection(provider.embedQuery('after dispose'), 'Cancelled');
  });

  it('times a whole request out, not its parts', async () => {
    const clock = new FakeClock();
    let pull = 0;
    const { provider } = createProvider({
      config: { baseUrl: 'http://localhost/v1', maxRetries: 0, timeoutMs: 60_000 },
      clock,
      fetch: async (_, init) => {
        await clock.sleep(40_000, init.signal ?? undefined);
        const body = new ReadableStream<Uint8Array>({
          async pull(stream) {
            pull++;
            await clock.sleep(15_000, init.signal ?? undefined);
            stream.enqueue(new TextEncoder().encode(' '));
          },
        });
        return new Response(body, { headers: { 'content-type': 'application/json' } });
      },
    });
    const error = await rejection(clock.settle(provider.embedQuery('text')), 'ProviderTimeout');
    assert.match(error.message, /did not answer completely within 60 s/u);
    assert.equal(clock.monotonicMs(), 60_000);
    assert.equal(pull, 2);
  });
});

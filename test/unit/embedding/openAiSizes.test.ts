import assert from 'node:assert/strict';
import {
  type EmbeddingServer,
  type EmbeddingServerOptions,
  startEmbeddingServer,
} from '../../support/embeddingServer.ts';
import {
  createProvider,
  documentsOf,
  type ProviderHarness,
  rejection,
  sampleTexts,
} from '../../support/providerHarness.ts';
import type { Fault } from '../../support/serverFaults.ts';

describe('createOpenAiProvider, when the endpoint refuses sizes', () => {
  let server: EmbeddingServer;

  afterEach(async () => {
    await server.close();
  });

  async function start(
    fault: Fault | undefined,
    config: { maxConcurrentRequests?: number } = {},
    options: EmbeddingServerOptions = {},
  ): Promise<ProviderHarness> {
    server = await startEmbeddingServer(options);
    server.script(fault);
    return createProvider({ config: { baseUrl: server.url, ...config } });
  }

  for (const [limit, fault] of [
    [
      10,
      {
        status: 400,
        message: 'Value error, batch size is invalid, it should not be larger than 10.: input.contents',
      },
    ],
    [32, { status: 413, message: 'batch size 100 > maximum allowed batch size 32' }],
    [64, { status: 400, message: 'Too many inputs. Max batch size is 64' }],
  ] as const) {
    it(`goes on with ${limit} inputs after a refusal that names them`, async () => {
      const tooMany = ({ inputs }: { inputs: readonly string[] }): boolean => inputs.length > limit;
      const { provider } = await start({ ...fault, when: tooMany, times: 99 }, { maxConcurrentRequests: 1 });
      await provider.embedDocuments(documentsOf(sampleTexts(200)));
      assert.equal(server.requests.length, 1 + Math.ceil(200 / limit));
      assert.equal(provider.limits.maxBatchInputs, limit);
      await provider.embedDocuments(documentsOf(sampleTexts(200, 'later')));
      assert.deepEqual([...server.texts.values()], new Array(400).fill(1));
      assert.equal(server.requests.length, 1 + 2 * Math.ceil(200 / limit));
    });
  }

  it('halves the batch after 413 and remembers', async () => {
    const tooMany = ({ inputs }: { inputs: readonly string[] }): boolean => inputs.length > 30;
    const { provider } = await start(
      { status: 413, body: '<html>413 Request Entity Too Large</html>', when: tooMany, times: 99 },
      { maxConcurrentRequests: 1 },
    );
    await provider.embedDocuments(documentsOf(sampleTexts(100)));
    assert.deepEqual(
      server.requests.map(({ inputs }) => inputs.length),
      [100, 50, 25, 25, 25, 25],
    );
    assert.deepEqual([...server.texts.values()], new Array(100).fill(1));
  });

  it('halves the tokens after a refusal for too many tokens', async () => {
    const { provider } = await start(undefined, {}, { maxBatchTokens: 300 });
    await provider.embedDocuments(documentsOf(sampleTexts(100)));
    assert(provider.limits.maxBatchTokens < 100_000);
    assert.deepEqual([...server.texts.values()], new Array(100).fill(1));
  });

  it('shortens only the text that is too long, with a mark, and embeds its neighbours whole', async () => {
    const { provider } = await start(undefined, {}, { maxInputTokens: 100 });
    const texts = [...sampleTexts(20), 'word '.repeat(350), ...sampleTexts(20, 'more')];
    const { vectors } = await provider.embedDocuments(documentsOf(texts));
    assert.equal(vectors.filter((vector) => vector.length > 0).length, 41);
    const answered = server.requests.filter(({ status }) => status === 200).flatMap(({ inputs }) => inputs);
    const cut = answered.filter((input) => input.endsWith('… [truncated]'));
    assert.equal(answered.length, 41);
    assert.equal(cut.length, 1);
    assert(texts.every((text, index) => index === 20 || answered.includes(text)));
  });

  it('gives up a text that stays too long, and only it', async () => {
    const { provider } = await start({
      status: 400,
      message: 'the input length exceeds the context length',
      when: ({ inputs }) => inputs.some((input) => input.includes('endless')),
      times: 99,
    });
    const delivered: number[] = [];
    const texts = [...sampleTexts(10), `${'endless '.repeat(100)}`, ...sampleTexts(10, 'more')];
    const call = provider.embedDocuments(documentsOf(texts), undefined, (indexes) => delivered.push(...indexes));
    const error = await rejection(call, 'ProviderInputTooLong');
    assert.deepEqual(error.data['inputIndexes'], [10]);
    assert.equal(delivered.length, 20);
    assert.deepEqual([...server.texts.values()], new Array(20).fill(1));
  });

  it('halves a query that is too long', async () => {
    const { provider } = await start(undefined, {}, { maxInputTokens: 50 });
    await provider.embedQuery('word '.repeat(150));
    const error = await rejection(provider.embedQuery('word '.repeat(1_000)), 'ProviderInputTooLong');
    assert.match(error.message, /Shorten it/u);
  });
});

import assert from 'node:assert/strict';
import { contentVector } from '../../support/contentVectors.ts';
import { type EmbeddingServer, hashText, startEmbeddingServer } from '../../support/embeddingServer.ts';
import { createProvider, documentsOf, rejection, sampleTexts, warmUp } from '../../support/providerHarness.ts';

function assertVector(actual: Float32Array | undefined, text: string, dimensions: number): void {
  assert(actual);
  assert.equal(actual.length, dimensions);
  const expected = contentVector(text, dimensions);
  actual.forEach((value, index) => assert(Math.abs(value - (expected[index] ?? NaN)) < 1e-5, `value ${index}`));
}

describe('createOpenAiProvider', () => {
  let server: EmbeddingServer;

  afterEach(async () => {
    await server.close();
  });

  async function start(...options: Parameters<typeof startEmbeddingServer>): Promise<void> {
    server = await startEmbeddingServer(...options);
  }

  describe('documents', () => {
    it('puts each vector at the place of its text and sends every text once', async () => {
      await start({ dimensions: 32 });
      const { provider } = createProvider({ config: { baseUrl: server.url, maxBatchInputs: 7 } });
      const texts = sampleTexts(50);
      const { vectors, requests } = await provider.embedDocuments(documentsOf(texts));
      texts.forEach((text, index) => assertVector(vectors[index], text, 32));
      assert.equal(requests, 8);
      assert.deepEqual(server.texts, new Map(texts.map((text) => [hashText(text), 1])));
    });

    it('sends equal texts once and answers each of them', async () => {
      await start();
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      const delivered: number[] = [];
      const { vectors } = await provider.embedDocuments(
        documentsOf(['same', 'other', 'same', 'same']),
        undefined,
        (indexes) => delivered.push(...indexes),
      );
      assert.deepEqual(server.requests[0]?.inputs, ['same', 'other']);
      assert.deepEqual(vectors[3], vectors[0]);
      assert.notDeepEqual(vectors[1], vectors[0]);
      assert.deepEqual(delivered.sort(), [0, 1, 2, 3]);
    });

    it('hands over each answer as it arrives', async () => {
      await start();
      server.script({ when: ({ inputs }) => inputs[0] === 'text 2', delayMs: 200, times: 1 });
      const { provider } = createProvider({ config: { baseUrl: server.url, maxBatchInputs: 2 } });
      const order: (readonly number[])[] = [];
      await provider.embedDocuments(
        documentsOf(['text 0', 'text 1', 'text 2', 'text 3', 'text 4']),
        undefined,
        (indexes, vectors) => {
          assert.equal(vectors.length, indexes.length);
          order.push(indexes);
        },
      );
      assert.deepEqual(order.at(-1), [2, 3]);
      assert.equal(order.length, 3);
    });

    it('answers nothing without a request for no texts', async () => {
      await start();
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      assert.deepEqual(await provider.embedDocuments([]), { vectors: [], tokens: 0, requests: 0 });
      assert.equal(server.requests.length, 0);
    });

    it('names an empty text and embeds the others', async () => {
      await start();
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      const delivered: number[] = [];
      const call = provider.embedDocuments(documentsOf(['one', '', 'two', '  ']), undefined, (indexes) =>
        delivered.push(...indexes),
      );
      const error = await rejection(call, 'InvalidArgument');
      assert.deepEqual(error.data['inputIndexes'], [1, 3]);
      assert.deepEqual(delivered, [0, 2]);
    });

    it('scales vectors to length 1', async () => {
      await start({ dimensions: 16 });
      server.script({ scale: 1e20 });
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      const { vectors } = await provider.embedDocuments(documentsOf(['one text']));
      assertVector(vectors[0], 'one text', 16);
    });

    it('counts tokens as the endpoint does, and estimates them where it says nothing', async () => {
      await start();
      const { provider, metrics } = createProvider({ config: { baseUrl: server.url } });
      assert.equal((await provider.embedDocuments(documentsOf(['three little words']))).tokens, 3);
      server.script({ withoutUsage: true });
      const { tokens } = await provider.embedDocuments(documentsOf(['four more little words']));
      assert(tokens > 0 && tokens <= 'four more little words'.length);
      assert.equal(provider.status().tokens, 3 + tokens);
      assert.equal(metrics.snapshot().counters.embedTokens, 3 + tokens);
      assert.equal(metrics.snapshot().counters.embedRequests, 2);
      assert.equal(metrics.snapshot().stages.embed?.count, 2);
    });

    it('cuts a text over the limit at its end, with a mark', async () => {
      await start();
      const { provider } = createProvider({ config: { baseUrl: server.url, maxInputTokens: 50 } });
      await provider.embedDocuments(documentsOf(['short', 'word '.repeat(500)]));
      const [short, long] = server.requests[0]?.inputs ?? [];
      assert.equal(short, 'short');
      assert.match(long ?? '', /^word word .*… \[truncated\]$/su);
      assert((long?.length ?? 0) < 300);
    });

    it('puts the prefixes before documents and queries', async () => {
      await start();
      const { provider } = createProvider({
        config: { baseUrl: server.url, documentPrefix: 'passage: ', queryPrefix: 'query: ' },
      });
      await provider.embedDocuments(documentsOf(['text']));
      await provider.embedQuery('text');
      assert.deepEqual(
        server.requests.map(({ inputs }) => inputs),
        [['passage: text'], ['query: text']],
      );
    });

    it('replaces halves of characters, which are no Unicode text', async () => {
      await start();
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      await provider.embedDocuments(documentsOf(['a\ud800b']));
      assert.deepEqual(server.requests[0]?.inputs, ['a\ufffdb']);
    });
  });

  describe('what is sent', () => {
    it('asks for floats and leaves out dimensions unless configured', async () => {
      await start();
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      await provider.embedQuery('text');
      assert.deepEqual(server.requests[0]?.body, {
        model: 'test-embedding',
        input: ['text'],
        encoding_format: 'float',
      });
    });

    it('sends configured dimensions and holds the answer to them', async () => {
      await start({ dimensions: 64 });
      const { provider } = createProvider({ config: { baseUrl: server.url, dimensions: 16 } });
      assert.equal(provider.space.dimensions, 16);
      assert.equal((await provider.embedQuery('text')).length, 16);
      server.script({ dimensions: 64 });
      const error = await rejection(provider.embedQuery('text'), 'ProviderResponse');
      assert.match(error.message, /64 dimensions where 16 were expected.*[Cc]lear "dimensions"/u);
    });

    it('says once and for all that the endpoint does not take dimensions', async () => {
      await start({ refusesDimensions: true });
      const { provider } = createProvider({ config: { baseUrl: server.url, dimensions: 16 } });
      const error = await rejection(provider.embedQuery('text'), 'ProviderRequest');
      assert.match(error.message, /Clear "dimensions" in the settings/u);
      await rejection(provider.embedDocuments(documentsOf(sampleTexts(3))), 'ProviderRequest');
      assert.equal(server.requests.length, 1);
    });

    it('leaves out encoding_format once the endpoint refuses it', async () => {
      await start();
      const { provider } = createProvider({
        config: { baseUrl: server.url, maxBatchInputs: 1, maxConcurrentRequests: 3 },
      });
      await warmUp(provider);
      server.script({
        status: 400,
        message: "Invalid value for 'encoding_format': not supported",
        delayMs: 30,
        times: 99,
        when: ({ body }) => 'encoding_format' in body,
      });
      const formats = async (name: string): Promise<unknown[]> => {
        const before = server.requests.length;
        await provider.embedDocuments(documentsOf(sampleTexts(3, name)));
        return server.requests.slice(before).map(({ body }) => body['encoding_format']);
      };
      const refused = (await formats('first')).filter((format) => format === 'float');
      assert(refused.length >= 1 && refused.length <= 3, 'those that were under way');
      assert.deepEqual(await formats('second'), [undefined, undefined, undefined]);
    });

    it('sends the key in the Authorization header alone, and only the headers it means to', async () => {
      await start();
      process.env['OPENAI_CUSTOM_HEADERS'] = 'x-of-another-endpoint: secret';
      try {
        const { provider } = createProvider({
          config: { baseUrl: server.url, organization: 'org-1', headers: { 'X-Team': 'search' } },
          apiKey: 'key-123456',
        });
        await provider.embedQuery('text');
      } finally {
        delete process.env['OPENAI_CUSTOM_HEADERS'];
      }
      const { headers, path, body } = server.requests[0] ?? assert.fail();
      assert.equal(headers.authorization, 'Bearer key-123456');
      assert.equal(headers['openai-organization'], 'org-1');
      assert.equal(headers['x-team'], 'search');
      assert.equal(headers['x-of-another-endpoint'], undefined);
      assert.equal(
        Object.keys(headers).some((name) => name.startsWith('x-stainless')),
        false,
      );
      assert.doesNotMatch(path + JSON.stringify(body), /key-123456/u);
    });

    it('needs no key where the endpoint wants none, and says so where it does', async () => {
      await start();
      const local = createProvider({ config: { baseUrl: server.url } });
      await local.provider.embedQuery('text');
      assert.equal(server.requests[0]?.headers.authorization, undefined);
      await server.close();
      await start({ apiKey: 'right' });
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      assert.match(
        (await rejection(provider.embedQuery('text'), 'ProviderAuth')).message,
        /wants an API key.*Set API Key/u,
      );
    });

    it('sends Azure its own key header and keeps the query of the base URL', async () => {
      await start();
      const calls: { url: string; init: RequestInit }[] = [];
      const { provider } = createProvider({
        config: { baseUrl: 'https://team.openai.azure.com/openai/deployments/emb?api-version=2024-10-21' },
        apiKey: 'azure-key',
        fetch: (url, init) => {
          calls.push({ url, init });
          return globalThis.fetch(`${server.url}/embeddings`, { ...init, redirect: 'manual' });
        },
      });
      assert.equal((await provider.embedQuery('text')).length, 256);
      assert.equal(
        calls[0]?.url,
        'https://team.openai.azure.com/openai/deployments/emb/embeddings?api-version=2024-10-21',
      );
      assert.equal((calls[0].init.headers as Record<string, string>)['api-key'], 'azure-key');
      // OpenAI's own services are known to answer base64, which is a quarter of the size.
      assert.equal(server.requests[0]?.body['encoding_format'], 'base64');
    });

    it('tells Voyage queries from documents, in its own words', async () => {
      await start();
      const { provider } = createProvider({
        config: { baseUrl: 'https://api.voyageai.com/v1', dimensions: 256 },
        fetch: (_, init) => globalThis.fetch(`${server.url}/embeddings`, init),
      });
      await provider.embedQuery('text');
      await provider.embedDocuments(documentsOf(['text']));
      const [query, document] = server.requests.map(({ body }) => body);
      assert.equal(query?.['input_type'], 'query');
      assert.equal(document?.['input_type'], 'document');
      assert.equal(query['output_dimension'], 256);
      assert.equal('dimensions' in query, false);
    });

    it('gives the transport plain strings and objects only', async () => {
      await start();
      const inits: RequestInit[] = [];
      const { provider } = createProvider({
        config: { baseUrl: server.url },
        fetch: (url, init) => {
          inits.push(init);
          return globalThis.fetch(url, init);
        },
      });
      await provider.embedQuery('text');
      const { signal, ...rest } = inits[0] ?? assert.fail();
      assert(signal instanceof AbortSignal);
      assert.deepEqual(structuredClone(rest), rest);
    });
  });

  describe('what it understands', () => {
    for (const encoding of ['float', 'base64'] as const) {
      it(`${encoding}, whatever was asked for`, async () => {
        await start({ encoding, dimensions: 48 });
        const { provider } = createProvider({ config: { baseUrl: server.url } });
        assertVector(await provider.embedQuery('some text'), 'some text', 48);
      });
    }

    for (const index of ['shuffled', 'missing', 'firstMissing'] as const) {
      it(`${index} index`, async () => {
        await start();
        server.script({ index });
        const { provider } = createProvider({ config: { baseUrl: server.url } });
        const texts = sampleTexts(20);
        const { vectors } = await provider.embedDocuments(documentsOf(texts));
        texts.forEach((text, position) => assertVector(vectors[position], text, 256));
      });
    }

    it('learns the size of the vectors without becoming another space', async () => {
      await start({ dimensions: 24 });
      const { provider } = createProvider({ config: { baseUrl: server.url } });
      const before = provider.space;
      assert.equal(before.dimensions, 0);
      await provider.embedQuery('text');
      assert.deepEqual(provider.space, { ...before, dimensions: 24 });
      server.script({ dimensions: 25 });
      await rejection(provider.embedQuery('text'), 'ProviderResponse');
      assert.equal(provider.space.dimensions, 24);
    });
  });

  it('tells its state', async () => {
    await start();
    const { provider } = createProvider({ config: { baseUrl: server.url, requestsPerMinute: 100 } });
    assert.deepEqual(provider.status(), {
      id: 'openai',
      state: 'unknown',
      requests: 0,
      tokens: 0,
      retries: 0,
      requestsPerMinute: 100,
    });
    await provider.embedQuery('text');
    assert.equal(provider.status().state, 'ok');
    server.script({ status: 404, message: 'The model `x` does not exist.' });
    await rejection(provider.embedQuery('text'), 'ProviderModel');
    const { state, message } = provider.status();
    assert.equal(state, 'error');
    assert.match(message ?? '', /no embedding model "test-embedding"/u);
  });

  it('reuses connections: their number goes with what runs at once, not with the number of requests', async () => {
    await start({ latencyMs: 5 });
    const maxConcurrentRequests = 4;
    const { provider } = createProvider({ config: { baseUrl: server.url, maxBatchInputs: 1, maxConcurrentRequests } });
    for (let request = 0; request < 30; request++) await provider.embedQuery(`query ${request}`);
    // Node opens another connection when a request starts before the last one has handed its connection back.
    assert(server.connections.opened <= 2, `${server.connections.opened} connections`);
    await provider.embedDocuments(documentsOf(sampleTexts(90)));
    assert.equal(server.requests.length, 120);
    assert(server.connections.opened <= 2 + 2 * maxConcurrentRequests, `${server.connections.opened} connections`);
  });
});

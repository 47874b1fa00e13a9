import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ChannelClosedError, type ErrorCode } from '../../../src/protocol/errors.ts';
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
  warmUp,
} from '../../support/providerHarness.ts';
import { createScaledClock } from '../../support/scaledClock.ts';
import { type Fault, proxyPage } from '../../support/serverFaults.ts';

describe('createOpenAiProvider, when the endpoint fails', () => {
  let server: EmbeddingServer;

  afterEach(async () => {
    await server.close();
  });

  async function start(
    fault: Fault | readonly Fault[] | undefined,
    config: Parameters<typeof createProvider>[0]['config'] | object = {},
    options: EmbeddingServerOptions = {},
  ): Promise<ProviderHarness> {
    server = await startEmbeddingServer(options);
    server.script(fault);
    return createProvider({ config: { baseUrl: server.url, ...config }, apiKey: 'key-123456' });
  }

  /** Answers with the fault twice, then as it should. */
  const passing: readonly (readonly [what: string, fault: Fault])[] = [
    ['429 with Retry-After in seconds', { status: 429, headers: { 'retry-after': '2' } }],
    [
      '429 with Retry-After as a date',
      { status: 429, headers: { 'retry-after': new Date(Date.now() + 3_000).toUTCString() } },
    ],
    ['429 with retry-after-ms', { status: 429, headers: { 'retry-after-ms': '1500' } }],
    [
      '429 with x-ratelimit-reset',
      { status: 429, headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' } },
    ],
    ['429 without a word', { status: 429 }],
    ['500', { status: 500 }],
    ['502 with a page of HTML', proxyPage],
    ['503', { status: 503 }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '1' } }],
    ['408', { status: 408 }],
    ['409', { status: 409 }],
    ['a reset connection', { reset: 'beforeAnswer' }],
    ['a connection reset in the middle of the body', { reset: 'midBody' }],
    ['JSON that ends in the middle', { truncateJson: true }],
    ['no answer at all', { hang: true }],
    ['a body that drips', { dripMs: 20 }],
  ];
  for (const [what, fault] of passing) {
    it(`tries again after ${what}`, async () => {
      // 200 times as fast: 0.75 s, less than the drip's 1.3 s.
      const isSlow = fault.hang === true || fault.dripMs !== undefined;
      const { provider, metrics } = await start({ ...fault, times: 2 }, isSlow ? { timeoutMs: 150_000 } : {});
      const { vectors } = await provider.embedDocuments(documentsOf(sampleTexts(5)));
      assert.equal(vectors.filter((vector) => vector.length === 256).length, 5);
      assert.equal(server.requests.length, 3);
      assert.equal(provider.status().state, 'ok');
      assert.equal(provider.status().retries, 2);
      assert.equal(metrics.snapshot().counters.embedRetries, 2);
    });
  }

  const final: readonly (readonly [what: string, fault: Fault, code: ErrorCode, says: RegExp])[] = [
    ['401', { status: 401, message: 'Incorrect API key' }, 'ProviderAuth', /does not accept the API key.*Set API Key/u],
    ['403', { status: 403 }, 'ProviderAuth', /refuses access.*proxy or firewall/u],
    ['402', { status: 402 }, 'ProviderRequest', /no quota left/u],
    [
      '404 about the model',
      { status: 404, message: 'model "x" not found, try pulling it first' },
      'ProviderModel',
      /no embedding model/u,
    ],
    ['404', { status: 404, body: '404 page not found' }, 'ProviderRequest', /no embeddings API.*base URL/u],
    [
      '400',
      { status: 400, message: 'Something is wrong' },
      'ProviderRequest',
      /refused the request.*Something is wrong/u,
    ],
    [
      '422 about the model',
      { status: 422, body: { detail: 'Invalid model: x' } },
      'ProviderModel',
      /no embedding model/u,
    ],
    ['used-up quota', { status: 429, code: 'insufficient_quota' }, 'ProviderRequest', /no quota left/u],
    [
      'a redirect',
      { status: 307, headers: { location: 'https://elsewhere.example/v1/embeddings' } },
      'ProviderRequest',
      /redirects to https:\/\/elsewhere\.example\/v1\. Redirects are not followed/u,
    ],
    [
      'a sign-in page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
      'ProviderResponse',
      /text\/html that is not JSON/u,
    ],
    [
      'no list of embeddings',
      { status: 200, body: { error: { message: 'overloaded' } } },
      'ProviderResponse',
      /no list of embeddings.*overloaded/u,
    ],
    ['too few embeddings', { extraEmbeddings: -1 }, 'ProviderResponse', /4 embeddings for 5 inputs/u],
    ['too many embeddings', { extraEmbeddings: 1 }, 'ProviderResponse', /6 embeddings for 5 inputs/u],
    ['repeated index', { index: 'repeated' }, 'ProviderResponse', /numbers its embeddings wrongly/u],
    ['impossible index', { index: 'outOfRange' }, 'ProviderResponse', /numbers its embeddings wrongly/u],
    ['text in place of a vector', { firstValues: 'text' }, 'ProviderResponse', /neither numbers nor base64/u],
    ['broken base64', { firstValues: 'badBase64' }, 'ProviderResponse', /neither numbers nor base64/u],
  ];
  for (const [what, fault, code, says] of final) {
    it(`does not try again after ${what}: ${code}`, async () => {
      const { provider } = await start({ ...fault, times: 9 });
      const texts = sampleTexts(5);
      const error = await rejection(provider.embedDocuments(documentsOf(texts)), code);
      assert.match(error.message, says);
      assert.equal(server.requests.length, 1);
      assert.equal(error.data['endpoint'], new URL(server.url).host);
      assert.equal(error.data['model'], 'test-embedding');
      assert.equal(error.data['attempt'], 1);
      if (fault.status !== undefined && fault.status !== 200) assert.equal(error.data['status'], fault.status);
    });
  }

  for (const [what, fault, code] of [
    ['429', { status: 429 }, 'ProviderRateLimit'],
    ['500', { status: 500 }, 'ProviderUnavailable'],
    ['no answer', { hang: true }, 'ProviderTimeout'],
    ['408', { status: 408 }, 'ProviderTimeout'],
    ['resets', { reset: 'midBody' }, 'ProviderUnavailable'],
    ['cut-off JSON', { truncateJson: true }, 'ProviderResponse'],
  ] as const) {
    it(`gives up on ${what} after the configured number of retries`, async () => {
      const { provider } = await start(
        { ...fault, times: 99 },
        { maxRetries: 3, ...('hang' in fault ? { timeoutMs: 20_000 } : {}) },
      );
      const error = await rejection(provider.embedDocuments(documentsOf(['text'])), code);
      assert.equal(server.requests.length, 4);
      assert.equal(error.data['attempt'], 4);
    });
  }

  it('fails at once when the endpoint asks for a longer wait than anyone should', async () => {
    const { provider } = await start({ status: 429, headers: { 'retry-after': '86400' }, times: 9 });
    const error = await rejection(provider.embedDocuments(documentsOf(['text'])), 'ProviderRateLimit');
    assert.equal(server.requests.length, 1);
    assert.match(error.message, /no more requests for 86,400 s/u);
    assert.equal(provider.status().state, 'limited');
  });

  it('never repeats the key or the texts that a server echoes', async () => {
    const secretText = 'const launchCode = "0000-1111-2222"; // do not tell';
    const { provider, log } = await start([
      { status: 503, message: `busy with ${secretText} for key-123456` },
      { status: 400, message: `invalid input: ['${secretText}'] with Bearer key-123456 and sk-abcdefgh12345678` },
    ]);
    const error = await rejection(provider.embedDocuments(documentsOf([secretText, 'other'])), 'ProviderRequest');
    const everything = [
      error.message,
      JSON.stringify(error.data),
      String(error.cause),
      error.stack,
      JSON.stringify(log),
    ];
    for (const text of everything) assert.doesNotMatch(text ?? '', /launchCode|0000-1111|key-123456|abcdefgh/u);
    assert.match(error.message, /invalid input/u);
    assert.match(provider.status().message ?? '', /invalid input/u);
  });

  it('embeds the others when one vector has no direction', async () => {
    for (const firstValues of ['NaN', 'null', 'zeros'] as const) {
      const { provider } = await start({ firstValues });
      const delivered: number[] = [];
      const call = provider.embedDocuments(documentsOf(sampleTexts(4)), undefined, (indexes) =>
        delivered.push(...indexes),
      );
      const error = await rejection(call, 'ProviderResponse');
      assert.deepEqual(error.data['inputIndexes'], [0]);
      assert.deepEqual(delivered, [1, 2, 3]);
      assert.equal(server.requests.length, 1);
      await server.close();
    }
  });

  describe('for good, with other batches around', () => {
    it('delivers what is in flight, starts nothing new, then rejects', async () => {
      const { provider } = await start(
        [
          { status: 400, message: 'no', when: ({ inputs }) => inputs[0]?.includes('sample0(') ?? false },
          { delayMs: 50, times: 99 },
        ],
        { maxBatchInputs: 1, maxConcurrentRequests: 3 },
      );
      await warmUp(provider);
      const before = server.requests.length;
      const delivered: number[] = [];
      const call = provider.embedDocuments(documentsOf(sampleTexts(20)), undefined, (indexes) =>
        delivered.push(...indexes),
      );
      await rejection(call, 'ProviderRequest');
      assert.deepEqual(delivered.sort(), [1, 2]);
      assert.equal(server.requests.length - before, 3);
      // What was delivered is not asked for again by a caller that kept it.
      await provider.embedDocuments(documentsOf(sampleTexts(20).filter((_, index) => !delivered.includes(index))));
      assert.deepEqual([...server.texts.values()], new Array(24 + 20).fill(1));
    });

    it('drops retries that wait', async () => {
      const { provider } = await start(
        [
          {
            status: 503,
            headers: { 'retry-after': '100' },
            when: ({ inputs }) => inputs[0]?.includes('sample1(') ?? false,
          },
          { status: 401, delayMs: 50, when: ({ inputs }) => inputs[0]?.includes('sample0(') ?? false },
        ],
        { maxBatchInputs: 1, maxConcurrentRequests: 2 },
      );
      await warmUp(provider);
      const before = server.requests.length;
      await rejection(provider.embedDocuments(documentsOf(sampleTexts(2))), 'ProviderAuth');
      assert.equal(server.requests.length - before, 2);
    });

    it('rejects with what onBatch throws, and starts nothing new', async () => {
      const { provider } = await start(undefined, { maxBatchInputs: 1, maxConcurrentRequests: 1 });
      const full = new Error('disk full');
      await assert.rejects(
        provider.embedDocuments(documentsOf(sampleTexts(5)), undefined, () => {
          throw full;
        }),
        full,
      );
      assert.equal(server.requests.length, 1);
    });
  });

  describe('before any answer', () => {
    async function closedPort(): Promise<number> {
      const probe = createServer();
      await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
      const { port } = probe.address() as AddressInfo;
      await new Promise((resolve) => probe.close(resolve));
      return port;
    }

    function failing(baseUrl: string, code: string): ProviderHarness {
      const cause = Object.assign(new Error('connect'), { code });
      const failure = new TypeError('fetch failed', { cause: new AggregateError([cause]) });
      return createProvider({ config: { baseUrl, maxRetries: 1 }, fetch: () => Promise.reject(failure) });
    }

    beforeEach(async () => {
      await start(undefined);
    });

    it('names a refused connection', async () => {
      const port = await closedPort();
      const { provider } = createProvider({ config: { baseUrl: `http://127.0.0.1:${port}/v1`, maxRetries: 1 } });
      const error = await rejection(provider.embedDocuments(documentsOf(['text'])), 'ProviderUnavailable');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port} refuses connections`, 'u'));
      assert.equal(error.data['networkCode'], 'ECONNREFUSED');
      assert.equal(error.data['attempt'], 2);
    });

    for (const [baseUrl, networkCode, code, says] of [
      ['http://localhost:11434/v1', 'ECONNREFUSED', 'ProviderUnavailable', /Is Ollama running on localhost\?/u],
      ['http://localhost:1234/v1', 'ECONNREFUSED', 'ProviderUnavailable', /Is LM Studio running/u],
      ['https://api.example.com/v1', 'ENOTFOUND', 'ProviderUnavailable', /api\.example\.com cannot be resolved/u],
      ['https://api.example.com/v1', 'UND_ERR_CONNECT_TIMEOUT', 'ProviderTimeout', /could not be reached in time/u],
      ['https://api.example.com/v1', 'ECONNRESET', 'ProviderUnavailable', /broke off/u],
    ] as const) {
      it(`explains ${networkCode} of ${baseUrl}`, async () => {
        const error = await rejection(
          failing(baseUrl, networkCode).provider.embedDocuments(documentsOf(['text'])),
          code,
        );
        assert.match(error.message, says);
        assert.equal(error.data['networkCode'], networkCode);
      });
    }

    for (const networkCode of [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'CERT_HAS_EXPIRED',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]) {
      it(`explains ${networkCode} and does not try again`, async () => {
        const { provider } = failing('https://proxied.example.com/v1', networkCode);
        const error = await rejection(provider.embedDocuments(documentsOf(['text'])), 'ProviderRequest');
        assert.match(error.message, /certificate of proxied\.example\.com is not trusted.*NODE_EXTRA_CA_CERTS/u);
        assert.equal(error.data['attempt'], 1);
      });
    }

    for (const [baseUrl, says] of [
      ['not a url', /is not a URL/u],
      ['ftp://host/v1', /must start with http/u],
      ['https://user:password@host/v1', /must not contain a user name or password/u],
    ] as const) {
      it(`does not take "${baseUrl.replace(/\/\/.*@/u, '//…@')}" for a base URL`, async () => {
        const call = (async () => createProvider({ config: { baseUrl } }))();
        const error = await rejection(call, 'InvalidArgument');
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /user:/u);
      });
    }

    it('tells a proxy that refuses from an endpoint that does', async () => {
      const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', address: '10.0.0.9', port: 3128 });
      const { provider } = createProvider({
        config: { baseUrl: 'https://api.example.com/v1', maxRetries: 0 },
        fetch: () => Promise.reject(new TypeError('fetch failed', { cause: refused })),
      });
      const error = await rejection(provider.embedQuery('text'), 'ProviderUnavailable');
      assert.match(error.message, /The proxy 10\.0\.0\.9:3128 refuses/u);
    });

    it('understands the names of Chromium', async () => {
      const { provider } = createProvider({
        config: { baseUrl: 'http://localhost:11434/v1', maxRetries: 0 },
        fetch: () => Promise.reject(new Error('net::ERR_CONNECTION_REFUSED')),
      });
      assert.match((await rejection(provider.embedQuery('text'), 'ProviderUnavailable')).message, /Is Ollama running/u);
    });

    it('explains a key that no header can carry, without repeating it', async () => {
      const { provider } = createProvider({ config: { baseUrl: server.url }, apiKey: 'key\u2013123456' });
      const error = await rejection(provider.embedQuery('text'), 'ProviderRequest');
      assert.match(error.message, /character that HTTP headers cannot carry/u);
      assert.doesNotMatch(`${error.message} ${JSON.stringify(error.data)}`, /123456/u);
    });

    it('passes on what the transport itself knows', async () => {
      const closed = new ChannelClosedError('The extension host');
      const { provider } = createProvider({ config: { baseUrl: server.url }, fetch: () => Promise.reject(closed) });
      assert.equal(await rejection(provider.embedQuery('text'), 'ChannelClosed'), closed);
    });

    it('hints at /v1 where the base URL has no path', async () => {
      const { provider } = createProvider({ config: { baseUrl: server.url.replace('/v1', '') } });
      const error = await rejection(provider.embedQuery('text'), 'ProviderRequest');
      assert.match(error.message, /set the base URL to http:\/\/127\.0\.0\.1:\d+\/v1/u);
    });
  });

  it('gives a query up sooner than documents', async () => {
    const { provider } = await start({ status: 500, times: 99 }, { maxRetries: 6 });
    await rejection(provider.embedQuery('text'), 'ProviderUnavailable');
    assert.equal(server.requests.length, 3);
    server.script({ status: 429, headers: { 'retry-after': '30' }, times: 99 });
    const clock = createScaledClock(200);
    const slow = createProvider({ config: { baseUrl: server.url }, clock });
    const before = clock.now();
    const error = await rejection(slow.provider.embedQuery('text'), 'ProviderRateLimit');
    assert(clock.now() - before < 30_000);
    assert.equal(error.data['retryAfterMs'] !== undefined, true);
  });
});

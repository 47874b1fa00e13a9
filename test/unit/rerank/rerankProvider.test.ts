import assert from 'node:assert/strict';
import { EngineMetrics } from '../../../src/core/metrics/engineMetrics.ts';
import type { Fetch } from '../../../src/core/ports.ts';
import type { RerankProvider } from '../../../src/core/providerPorts.ts';
import { createRerankProvider } from '../../../src/core/rerank/rerankProvider.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { createNodeHistogram } from '../../../src/node/nodeHistogram.ts';
import { defaultConfig, type RerankConfig } from '../../../src/protocol/config.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import { documentsOf, rejection } from '../../support/providerHarness.ts';
import {
  type RecordedRerank,
  type RerankDialect,
  type RerankFault,
  type RerankServer,
  type RerankServerOptions,
  startRerankServer,
} from '../../support/rerankServer.ts';

const query = 'retry the upload';
const documents = documentsOf(['the cat', 'the upload', 'retry the upload', 'nothing']);
/** By the server's own measure: the share of the query's words. */
const wanted = [1 / 3, 2 / 3, 1, 0];

describe('a reranking endpoint', () => {
  let server: RerankServer;
  let metrics: EngineMetrics;

  beforeEach(() => {
    metrics = new EngineMetrics(nodeClock, createNodeHistogram);
  });
  afterEach(async () => server.close());

  async function start(
    options: RerankServerOptions = {},
    config: Partial<RerankConfig> = {},
    apiKey?: string,
  ): Promise<RerankProvider> {
    server = await startRerankServer(options);
    return create({ baseUrl: server.url, model: 'some-model', ...config }, apiKey);
  }

  function create(config: Partial<RerankConfig>, apiKey?: string, fetchIt: Fetch = fetch): RerankProvider {
    const dependencies = { fetch: fetchIt, clock: nodeClock, metrics };
    return createRerankProvider({ ...defaultConfig.rerank, ...config }, apiKey, dependencies);
  }

  /** As the services are found on the Internet: the request for this origin goes to the server here. */
  async function startAs(dialect: RerankDialect, origin: string, baseUrl: string): Promise<RerankProvider> {
    server = await startRerankServer({ dialect });
    const reroute: Fetch = async (url, init) => {
      assert.ok(url.startsWith(`${origin}/`), url);
      return fetch(server.url + url.slice(origin.length), init);
    };
    return create({ baseUrl, model: 'some-model' }, 'secret', reroute);
  }

  const rerank = async (provider: RerankProvider, signal = new AbortController().signal) =>
    provider.rerank(query, documents, signal);
  const lastRequest = (): RecordedRerank => {
    const request = server.requests.at(-1);
    assert(request);
    return request;
  };

  describe('of Cohere', () => {
    for (const baseUrl of [
      'https://api.cohere.com',
      'https://api.cohere.com/v2/',
      'https://api.cohere.com/v2/rerank',
    ]) {
      it(`is called at /v2/rerank for ${baseUrl}, for a score of every document`, async () => {
        const provider = await startAs('cohere', 'https://api.cohere.com', baseUrl);
        assert.deepEqual(await rerank(provider), { scores: wanted, requests: 1 });
        const { path, body, headers } = lastRequest();
        assert.equal(path, '/v2/rerank');
        assert.equal(headers.authorization, 'Bearer secret');
        assert.deepEqual(body, {
          model: 'some-model',
          query,
          documents: documents.map(({ text }) => text),
          top_n: 4,
        });
      });
    }
  });

  it('of Jina is called at /v1/rerank', async () => {
    const provider = await startAs('jina', 'https://api.jina.ai', 'https://api.jina.ai');
    assert.deepEqual((await rerank(provider)).scores, wanted);
    assert.equal(lastRequest().path, '/v1/rerank');
  });

  it('of Voyage is asked by top_k and answers with data', async () => {
    const provider = await startAs('voyage', 'https://api.voyageai.com', 'https://api.voyageai.com/v1');
    assert.deepEqual(await rerank(provider), { scores: wanted, requests: 1 });
    assert.equal(lastRequest().path, '/v1/rerank');
    assert.equal(lastRequest().body['top_k'], 4);
  });

  it('of Voyage behind another address is understood from its refusal, once', async () => {
    const provider = await start({ dialect: 'voyage' });
    assert.deepEqual(await rerank(provider), { scores: wanted, requests: 2 });
    assert.equal((await rerank(provider)).requests, 1);
  });

  it('of vLLM is called below its base URL, and needs no model', async () => {
    const provider = await start({ dialect: 'vllm' }, { model: '' });
    assert.deepEqual((await rerank(provider)).scores, wanted);
    assert.equal(lastRequest().path, '/rerank');
    assert.equal('model' in lastRequest().body, false);
  });

  it('of Text Embeddings Inference is understood from its refusal, once, and cuts what is too long itself', async () => {
    const provider = await start({ dialect: 'tei' });
    assert.deepEqual(await rerank(provider), { scores: wanted, requests: 2 });
    assert.deepEqual(await rerank(provider), { scores: wanted, requests: 1 });
    const { texts, truncate } = lastRequest().body;
    assert.deepEqual([texts, truncate], [documents.map(({ text }) => text), true]);
    assert.deepEqual(provider.totals, { requests: 3, documents: 8 });
    const { counters } = metrics.snapshot();
    assert.deepEqual([counters.rerankRequests, counters.rerankDocuments], [3, 8]);
  });

  it('of llama.cpp gives logits, which are known by a score that is no probability', async () => {
    const provider = await start({ dialect: 'llama', score: (_, text) => (text === 'nothing' ? -11 : 0.5) });
    assert.equal(provider.scoreType, 'probability');
    assert.deepEqual((await rerank(provider)).scores, [0.5, 0.5, 0.5, -11]);
    assert.equal(provider.scoreType, 'logit');
  });

  it('that documents probabilities is believed', async () => {
    server = await startRerankServer({ score: () => 1.5 });
    const provider = create({ baseUrl: 'https://api.cohere.com', model: 'm' }, undefined, async (url, init) =>
      fetch(url.replace('https://api.cohere.com', server.url), init),
    );
    await rerank(provider);
    assert.equal(provider.scoreType, 'probability');
  });

  it('gets path and symbol with the code', async () => {
    const provider = await start();
    const { signal } = new AbortController();
    await provider.rerank(query, [{ path: 'src/a.ts', symbol: 'Retry.run', kind: 'method', text: 'run() {}' }], signal);
    assert.deepEqual(lastRequest().documents, ['src/a.ts\nmethod Retry.run\nrun() {}']);
  });

  it('gets long code cut, and shorter still when it says that this is too long', async () => {
    const provider = await start({ dialect: 'llama', maxDocumentChars: 600 });
    const long = documentsOf([Array.from({ length: 400 }, (_, line) => `retry(${line});`).join('\n')]);
    const { requests } = await provider.rerank(query, long, new AbortController().signal);
    assert.ok(requests > 1);
    assert.match(lastRequest().documents[0] ?? '', /^retry\(0\);[^…]*… \[truncated\]$/u);
    assert.equal((await provider.rerank(query, long, new AbortController().signal)).requests, 1);
  });

  const failures: readonly (readonly [name: string, fault: RerankFault, code: ErrorCode, words: RegExp])[] = [
    [
      '401',
      { status: 401 },
      'ProviderAuth',
      /wants an API key for reranking and none is set.*CODEWEAVER_RERANK_API_KEY/u,
    ],
    ['403', { status: 403 }, 'ProviderAuth', /refuses access/u],
    ['404', { status: 404 }, 'ProviderRequest', /no reranking API at .*base URL/u],
    [
      '501 of llama.cpp',
      { status: 501, body: '{"error":{"message":"This server does not support reranking."}}' },
      'ProviderRequest',
      /--reranking/u,
    ],
    [
      'an unknown model',
      { status: 404, body: '{"message":"model \'x\' not found"}' },
      'ProviderModel',
      /no reranking model "some-model"/u,
    ],
    ['402', { status: 402 }, 'ProviderRequest', /no quota left/u],
    ['422', { status: 422 }, 'ProviderRequest', /refused to rerank \(422\)/u],
    ['429', { status: 429 }, 'ProviderRateLimit', /limits the rate/u],
    ['500', { status: 500 }, 'ProviderUnavailable', /cannot rerank now \(500\)/u],
    ['504', { status: 504 }, 'ProviderTimeout', /gave up waiting/u],
    [
      'a redirect',
      { status: 307, headers: { location: 'https://elsewhere.example/v1/rerank' } },
      'ProviderRequest',
      /redirects to https:\/\/elsewhere\.example\/v1\./u,
    ],
    [
      'a page',
      { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' },
      'ProviderResponse',
      /text\/html that is not JSON/u,
    ],
    ['half an answer', { body: '{"results":[{"index":0' }, 'ProviderResponse', /broke off/u],
    ['no list', { body: '{"ok":true}' }, 'ProviderResponse', /no list of scores/u],
    ['null', { body: 'null' }, 'ProviderResponse', /no list of scores/u],
    ['too few scores', { body: listed([0, 1, 2]) }, 'ProviderResponse', /3 scores for 4 documents/u],
    ['a repeated index', { body: listed([0, 1, 2, 2]) }, 'ProviderResponse', /repeated or impossible index/u],
    ['an index out of range', { body: listed([0, 1, 2, 4]) }, 'ProviderResponse', /repeated or impossible index/u],
    [
      'an index that is no number',
      { body: listed([0, 1, 2, 'x']) },
      'ProviderResponse',
      /repeated or impossible index/u,
    ],
    ['NaN', { body: listed([0, 1, 2, 3]).replace('0.5', 'NaN') }, 'ProviderResponse', /not a number/u],
  ];
  for (const [name, fault, code, words] of failures) {
    it(`fails with ${code} for ${name}, and says what to do`, async () => {
      const provider = await start();
      server.script(fault);
      const error = await rejection(rerank(provider), code);
      assert.match(error.message, words);
      assert.equal(server.requests.length, 1);
    });
  }

  it('says how long it wants to be left alone', async () => {
    const provider = await start();
    server.script({ status: 429, headers: { 'retry-after': '42' } });
    assert.equal((await rejection(rerank(provider), 'ProviderRateLimit')).data['retryAfterMs'], 42_000);
  });

  it('never repeats the key or the code in an error', async () => {
    const provider = await start({ apiKey: 'right' }, {}, 'wrong-and-secret');
    const refused = await rejection(rerank(provider), 'ProviderAuth');
    assert.match(refused.message, /does not accept/u);
    assert.doesNotMatch(refused.message, /wrong-and-secret/u);
    server.script({ status: 400, body: JSON.stringify({ message: `bad document: ${documents[2]?.text} here` }) });
    assert.doesNotMatch((await rejection(rerank(provider), 'ProviderRequest')).message, /retry the upload/u);
  });

  it('says what does not listen', async () => {
    const provider = await start();
    await server.close();
    const error = await rejection(rerank(provider), 'ProviderUnavailable');
    assert.match(error.message, /refuses connections/u);
  });

  it('ends the request when the search is cancelled', async () => {
    const provider = await start();
    server.script({ hang: true });
    const controller = new AbortController();
    const answer = rejection(rerank(provider, controller.signal), 'Cancelled');
    await server.received(1);
    controller.abort();
    await answer;
    while (lastRequest().closedEarly !== true) await new Promise(setImmediate);
  });

  it('cannot be made from a base URL that is none', async () => {
    await start();
    for (const baseUrl of ['localhost:8080', 'ftp://x/', 'https://user:secret@host/', '']) {
      assert.throws(
        () => create({ baseUrl }),
        (error) => error instanceof AppError && error.code === 'InvalidArgument' && /reranker/u.test(error.message),
      );
    }
  });
});

/** An answer with these indexes. */
function listed(indexes: readonly unknown[]): string {
  return JSON.stringify({ results: indexes.map((index) => ({ index, relevance_score: 0.5 })) });
}

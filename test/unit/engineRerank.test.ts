import assert from 'node:assert/strict';
import { defaultConfig, type EngineConfig, type RerankConfig } from '../../src/protocol/config.ts';
import type { SearchResponse } from '../../src/protocol/types.ts';
import { EngineFixture, files, folderId, rejects } from '../support/engineFixture.ts';
import { type RerankServer, startRerankServer } from '../support/rerankServer.ts';

const query = 'sessions of users';

describe('Engine with a reranker', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;
  let server: RerankServer;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    await fixture.engine.index(folderId);
    // Against all reason, what sends files answers every question best.
    server = await startRerankServer({ dialect: 'llama', score: (_, text) => (text.includes('sendFile') ? 9 : -9) });
  });
  afterEach(async () => {
    await fixture.close();
    await server.close();
  });

  const configOf = (changes: Partial<RerankConfig> = {}): EngineConfig => ({
    ...defaultConfig,
    rerank: { ...defaultConfig.rerank, enabled: true, baseUrl: server.url, ...changes },
  });
  async function configure(changes: Partial<RerankConfig> = {}, allowed = true): Promise<void> {
    const credentials = { rerankApiKey: 'the-key' };
    await fixture.engine.configure(configOf(changes), credentials, { remoteProvider: true, reranker: allowed });
  }
  const search = async (): Promise<SearchResponse> => fixture.engine.search({ query });
  const places = ({ results }: SearchResponse): string[] => results.map(({ path, symbol }) => `${path}#${symbol}`);
  const firstOf = ({ results }: SearchResponse): string | undefined => results[0]?.symbol;

  it('asks nobody and says nothing while reranking is off', async () => {
    const response = await search();
    assert.notEqual(firstOf(response), 'retryUpload');
    assert.equal(response.reranked, undefined);
    assert.equal(response.rerankFailed, undefined);
    assert.equal((await fixture.engine.status()).reranker, undefined);
  });

  it('has the order of the reranker, and says what it took', async () => {
    const before = await search();
    await configure();
    const response = await search();
    assert.equal(firstOf(response), 'retryUpload');
    assert.deepEqual(places(response).sort(), places(before).sort());
    const documents = before.results.length;
    assert.deepEqual(response.reranked, { documents, requests: 1, stoppedEarly: false });
    assert.ok((response.timings.rerankMs ?? 0) > 0);
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer the-key');
    assert.equal(server.requests[0]?.query, query);
    const { stages, counters } = await fixture.engine.metrics();
    assert.equal(stages.rerank?.count, 1);
    assert.deepEqual([counters.rerankRequests, counters.rerankDocuments], [1, documents]);
  });

  it('gives each endpoint its own key only', async () => {
    const remote = await fixture.remoteConfig();
    const { rerank } = configOf();
    const credentials = { apiKey: 'key-of-embedding', rerankApiKey: 'key-of-reranking' };
    await fixture.engine.configure({ ...remote, rerank }, credentials, { remoteProvider: true, reranker: true });
    await fixture.engine.index(folderId);
    await search();
    const headersTo = (requests: readonly { headers: object }[] = []): string[] =>
      requests.map(({ headers }) => JSON.stringify(headers));
    for (const [headers, own, other] of [
      [headersTo(fixture.server?.requests), credentials.apiKey, credentials.rerankApiKey],
      [headersTo(server.requests), credentials.rerankApiKey, credentials.apiKey],
    ] as const) {
      assert.ok(headers.length > 0);
      assert.ok(headers.every((text) => text.includes(`"authorization":"Bearer ${own}"`) && !text.includes(other)));
    }
  });

  it('mixes the scores by the weight, and says of each result how', async () => {
    await configure({ weight: 0.25 });
    for (const { score, reranked } of (await search()).results) {
      assert(reranked);
      assert.ok(Math.abs(score - (0.25 * reranked.rerankScore + 0.75 * reranked.rankingScore)) < 1e-12);
    }
  });

  it('sends no more candidates than wanted; the others stay behind, in order', async () => {
    const before = places(await search());
    await configure({ candidates: 2 });
    const response = await search();
    assert.equal(response.reranked?.documents, 2);
    assert.deepEqual(places(response).slice(2), before.slice(2));
    const scores = response.results.map(({ score }) => score);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
  });

  it('stops as soon as the first results are certain, with the same ones', async () => {
    const texts = Array.from({ length: 30 }, (_, n) => [`many/${n}.ts`, `export const sessions${n} = users(${n});\n`]);
    for (const [path = '', text = ''] of texts) await fixture.workspace.write(path, text);
    await fixture.engine.index(folderId);
    await server.close();
    server = await startRerankServer({
      dialect: 'vllm',
      score: (_, text) => (text.includes('expire_sessions') ? 1 : 0),
    });
    const first = async (maxBatchDocuments: number): Promise<SearchResponse> => {
      await configure({ maxBatchDocuments, weight: 0.9 });
      return fixture.engine.search({ query: 'expire sessions', k: 1 });
    };
    const whole = await first(300);
    const early = await first(5);
    assert.equal(whole.reranked?.stoppedEarly, false);
    assert.equal(early.reranked?.stoppedEarly, true);
    assert.ok(early.reranked.documents < whole.reranked.documents);
    assert.deepEqual(early.results, whole.results);
  });

  it('keeps one file from filling the results', async () => {
    const body = Array.from({ length: 60 }, (_, n) => `  sendFile(users[${n}], sessions);`).join('\n');
    const parts = Array.from({ length: 6 }, (_, n) => `export function upload${n}(users, sessions) {\n${body}\n}\n`);
    await fixture.workspace.write('src/crowd.ts', parts.join('\n'));
    await fixture.engine.index(folderId);
    await configure({ maxBatchDocuments: 2 });
    const { results } = await fixture.engine.search({ query, k: 5 });
    assert.equal(results.filter(({ path }) => path === 'src/crowd.ts').length, 3);
  });

  it('asks nobody where the request says so, for the retrievers alone, and for similar code', async () => {
    await configure();
    assert.equal((await fixture.engine.search({ query, rerank: false })).reranked, undefined);
    assert.equal((await fixture.engine.search({ query, ranking: false })).reranked, undefined);
    await fixture.engine.findSimilar({ folderId, path: 'src/upload.ts', line: 3 });
    assert.equal(server.requests.length, 0);
    assert.equal(firstOf(await search()), 'retryUpload');
  });

  it('keeps what it answered, and asks again for other results only', async () => {
    await configure();
    await search();
    const again = await search();
    assert.equal(again.cached, true);
    assert.equal(server.requests.length, 1);
    assert.equal((await fixture.engine.search({ query, rerank: false })).cached, false);
  });

  it('sends only what it has not judged for the same question', async () => {
    await configure();
    const { reranked } = await search();
    await fixture.workspace.write('src/session.py', files['src/session.py'].replace('expire_sessions', 'end_sessions'));
    await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/session.py' }]);
    const again = await search();
    assert.equal(again.cached, false);
    assert.equal(firstOf(again), 'retryUpload');
    const [first, second, ...more] = server.requests.map(({ documents }) => documents);
    assert.ok(first && second && more.length === 0);
    assert.deepEqual(
      second.filter((text) => first.includes(text)),
      [],
    );
    assert.ok(
      second.length > 0 && second.length < first.length && second.every((text) => text.includes('end_sessions')),
    );
    assert.deepEqual(again.reranked, reranked);
    const fewer = await fixture.engine.search({ query, k: 2 });
    assert.deepEqual([fewer.cached, fewer.reranked?.requests, firstOf(fewer)], [false, 0, 'retryUpload']);
    const other = await fixture.engine.search({ query: 'users of sessions' });
    assert.deepEqual([other.reranked?.requests, server.requests.length], [1, 3]);
  });

  it('answers unranked when the reranker fails, leaves it alone for a while, and keeps no such answer', async () => {
    const before = places(await search());
    await configure();
    server.script({ status: 500 }, undefined);
    const failed = await search();
    assert.deepEqual(places(failed), before);
    assert.equal(failed.rerankFailed?.code, 'ProviderUnavailable');
    assert.equal(failed.reranked, undefined);
    const paused = await search();
    assert.equal(paused.cached, false);
    assert.deepEqual(paused.rerankFailed, failed.rerankFailed);
    assert.equal(server.requests.length, 1);
    await configure();
    assert.equal(firstOf(await search()), 'retryUpload');
  });

  it('answers unranked when the reranker takes too long, and ends its request', async () => {
    await configure({ timeoutMs: 100 });
    server.script({ hang: true });
    const { rerankFailed } = await search();
    assert.equal(rerankFailed?.code, 'ProviderTimeout');
    assert.match(rerankFailed.message, /did not rerank within 0\.1 s/u);
    while (server.requests[0]?.closedEarly !== true) await new Promise(setImmediate);
  });

  it('ends as cancelled in the middle of reranking, and is not taken for a failure', async () => {
    await configure();
    server.script({ hang: true });
    const controller = new AbortController();
    const cancelled = rejects(fixture.engine.search({ query }, controller.signal), 'Cancelled');
    await server.received(1);
    controller.abort();
    await cancelled;
    while (server.requests[0]?.closedEarly !== true) await new Promise(setImmediate);
    assert.equal(firstOf(await search()), 'retryUpload');
  });

  it('sends nothing without permission, and says so', async () => {
    await configure({}, false);
    assert.equal((await search()).rerankFailed?.code, 'WorkspaceUntrusted');
    assert.equal(server.requests.length, 0);
    assert.equal((await fixture.engine.status()).reranker?.state, 'none');
    assert.equal((await fixture.engine.health()).ok, true);
  });

  it('sends nothing any more once it is turned off, also when the rest of that configuration is wrong', async () => {
    await configure();
    await search();
    const { length } = server.requests;
    const embedding = { ...defaultConfig.embedding, provider: 'openai' as const, baseUrl: 'nonsense' };
    const wrong = { ...configOf({ enabled: false }), embedding };
    await rejects(fixture.engine.configure(wrong, {}, { remoteProvider: true, reranker: false }), 'InvalidArgument');
    assert.equal((await fixture.engine.search({ query: 'upload of files' })).reranked, undefined);
    assert.equal(server.requests.length, length);
  });

  it('searches all the same with an address that is none', async () => {
    await configure({ baseUrl: 'nowhere' });
    assert.equal((await search()).rerankFailed?.code, 'InvalidArgument');
    const { reranker } = await fixture.engine.status();
    assert.deepEqual([reranker?.state, reranker?.host], ['error', 'nowhere']);
  });

  it('has a state in status and health: not asked, well, failed', async () => {
    await configure({ model: 'bge' });
    const host = new URL(server.url).host;
    const about = { host, model: 'bge' };
    const reranker = async () => (await fixture.engine.status()).reranker;
    const health = async () => (await fixture.engine.health()).checks.find(({ name }) => name === 'reranker');
    assert.deepEqual(await reranker(), { state: 'unknown', ...about, requests: 0, documents: 0 });
    const documents = (await search()).results.length;
    assert.deepEqual(await reranker(), { state: 'ok', ...about, requests: 1, documents });
    const { ok, detail } = (await health()) ?? {};
    assert.deepEqual([ok, detail], [true, `${host}: ok`]);
    server.script({ status: 401 });
    await fixture.engine.search({ query: 'retry upload' });
    const { state, message, requests } = (await reranker()) ?? {};
    assert.deepEqual([state, requests], ['error', 2]);
    assert.match(message ?? '', /API key/u);
    assert.equal((await health())?.ok, false);
  });

  it('is not asked about nothing', async () => {
    await configure();
    const response = await fixture.engine.search({ query, filter: { paths: ['nowhere/**'] } });
    assert.deepEqual([response.results, response.reranked, response.rerankFailed], [[], undefined, undefined]);
    assert.equal(server.requests.length, 0);
  });

  it('leaves out what was removed meanwhile', async () => {
    await configure();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.script({ after: promise });
    const searching = search();
    await server.received(1);
    await fixture.workspace.write('src/session.py', files['src/session.py'].replaceAll('session', 'visit'));
    await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/session.py' }]);
    resolve();
    const { results, reranked } = await searching;
    assert(reranked);
    assert.ok(results.length > 0);
    assert.ok(results.every(({ snippet }) => !snippet.includes('expire_sessions')));
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { indexedWorkspace, setSetting, until } from '../support/extensionHost.ts';
import { type RerankServer, startRerankServer } from '../support/rerankServer.ts';

describe('reranking', () => {
  let server: RerankServer;

  beforeEach(async () => {
    server = await startRerankServer({ dialect: 'vllm' });
    await indexedWorkspace();
  });
  afterEach(async () => {
    for (const key of ['rerank.enabled', 'rerank.baseUrl']) await setSetting(key, undefined);
    await server.close();
  });

  it('sends nothing before the user has allowed it for this workspace, and says why', async () => {
    const api = await indexedWorkspace();
    assert.equal((await api.status()).reranker, undefined);
    await setSetting('rerank.baseUrl', server.url);
    await setSetting('rerank.enabled', true);
    await until('the reranker known', async () => (await api.status()).reranker?.host === new URL(server.url).host);
    assert.equal((await api.status()).reranker?.state, 'none');
    const { results, rerankFailed } = await api.search({ query: 'retry a request' });
    assert.ok(results.length > 0);
    assert.equal(rerankFailed?.code, 'WorkspaceUntrusted');
    assert.equal(server.requests.length, 0);
  });
});

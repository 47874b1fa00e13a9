import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultConfig } from '../../src/protocol/config.ts';
import { Answering, memoryPermission } from '../support/editorStubs.ts';
import { MemoryState } from '../support/memoryState.ts';

const embedding = { ...defaultConfig.embedding, provider: 'openai' as const };
const rerank = { ...defaultConfig.rerank, enabled: true, model: 'bge' };

describe('the permission to send', () => {
  it('code holds for one provider, address and model, until one of them changes', async () => {
    const permission = memoryPermission();
    assert.equal(permission.isGranted(embedding), false);
    await permission.grant(embedding);
    assert.equal(permission.isGranted(embedding), true);
    assert.equal(permission.isGranted({ ...embedding, timeoutMs: 1 }), true);
    assert.equal(permission.isGranted({ ...embedding, baseUrl: 'https://elsewhere.example/v1' }), false);
    assert.equal(permission.isGranted({ ...embedding, model: 'another' }), false);
  });

  it('code can be taken back', async () => {
    const state = new MemoryState();
    const permission = memoryPermission(new Answering(), () => true, state);
    await permission.grant(embedding);
    await permission.revoke();
    assert.equal(permission.isGranted(embedding), false);
    assert.equal(state.values.size, 0);
  });

  it('results holds for one reranker, address and model, until one of them changes', async () => {
    const user = new Answering();
    const permission = memoryPermission(user);
    await permission.requestReranking(rerank);
    assert.equal(permission.isRerankingGranted(rerank), false);
    user.answer = 'Send and rerank';
    await permission.requestReranking(rerank);
    assert.equal(permission.isRerankingGranted(rerank), true);
    assert.equal(permission.isRerankingGranted({ ...rerank, candidates: 3 }), true);
    assert.equal(permission.isRerankingGranted({ ...rerank, baseUrl: 'http://elsewhere.example' }), false);
    assert.equal(permission.isRerankingGranted({ ...rerank, model: 'another' }), false);
    assert.equal(permission.isGranted(embedding), false);
  });

  it('results can be taken back', async () => {
    const user = new Answering();
    const state = new MemoryState();
    const permission = memoryPermission(user, () => true, state);
    user.answer = 'Send and rerank';
    await permission.requestReranking(rerank);
    await permission.requestReranking(rerank);
    assert.equal(permission.isRerankingGranted(rerank), true);
    user.answer = 'Do Not Send Any More';
    await permission.requestReranking(rerank);
    assert.equal(permission.isRerankingGranted(rerank), false);
    assert.equal(state.values.size, 0);
    assert.deepEqual(user.offered, [['Send and rerank'], ['Do Not Send Any More'], ['Do Not Send Any More']]);
  });

  it('is none in Restricted Mode, whatever was allowed before', async () => {
    const user = new Answering();
    let isTrusted = true;
    const permission = memoryPermission(user, () => isTrusted);
    await permission.grant(embedding);
    user.answer = 'Send and rerank';
    await permission.requestReranking(rerank);
    isTrusted = false;
    assert.equal(permission.isGranted(embedding), false);
    assert.equal(permission.isRerankingGranted(rerank), false);
    await permission.grant({ ...embedding, model: 'another' });
    isTrusted = true;
    assert.equal(permission.isGranted({ ...embedding, model: 'another' }), false);
    assert.equal(permission.isGranted(embedding), true);
    assert.equal(permission.isRerankingGranted(rerank), true);
  });
});

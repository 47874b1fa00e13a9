import assert from 'node:assert/strict';
import { createSpace } from '../../../src/core/embedding/embeddingSpace.ts';
import { readEndpoint } from '../../../src/core/embedding/endpointProfile.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { defaultConfig, type EmbeddingConfig } from '../../../src/protocol/config.ts';

const base: EmbeddingConfig = { ...defaultConfig.embedding, provider: 'openai', baseUrl: 'https://api.example.com/v1' };

function spaceId(change: Partial<EmbeddingConfig> = {}): string {
  const config = { ...base, ...change };
  return createSpace(config, readEndpoint(config.baseUrl), nodeHasher).id;
}

describe('the identity of a space', () => {
  it('is 32 hexadecimal digits, the same every time', () => {
    assert.match(spaceId(), /^[\da-f]{32}$/u);
    assert.equal(spaceId(), spaceId());
  });

  for (const [what, change] of [
    ['model', { model: 'other' }],
    ['endpoint', { baseUrl: 'https://other.example.com/v1' }],
    ['path of the endpoint', { baseUrl: 'https://api.example.com/v2' }],
    ['dimensions asked for', { dimensions: 512 }],
    ['query prefix', { queryPrefix: 'query: ' }],
    ['document prefix', { documentPrefix: 'query: ' }],
  ] as const) {
    it(`changes with the ${what}`, () => assert.notEqual(spaceId(change), spaceId()));
  }

  for (const [what, change] of [
    ['the spelling of the base URL', { baseUrl: 'HTTPS://API.example.com:443/v1/' }],
    ['a base URL that names the whole call', { baseUrl: 'https://api.example.com/v1/embeddings' }],
    ['the query of the base URL', { baseUrl: 'https://api.example.com/v1?api-version=2024-10-21' }],
    ['headers', { headers: { 'x-team': 'search' } }],
    ['batch sizes, budgets, timeouts', { maxBatchInputs: 1, requestsPerMinute: 1, timeoutMs: 1, maxRetries: 0 }],
  ] as const) {
    it(`does not change with ${what}`, () => assert.equal(spaceId(change), spaceId()));
  }
});

describe('readEndpoint', () => {
  it('keeps the query for requests and out of what is shown', () => {
    const profile = readEndpoint('https://team.openai.azure.com/openai/deployments/emb/?api-version=2024-10-21');
    assert.equal(profile.baseUrl, 'https://team.openai.azure.com/openai/deployments/emb?api-version=2024-10-21');
    assert.equal(profile.endpoint, 'https://team.openai.azure.com/openai/deployments/emb');
    assert.equal(profile.isAzure, true);
  });

  it('knows local endpoints', () => {
    for (const host of ['localhost:11434', '127.0.0.1:1234', '[::1]:8080', '192.168.0.7', 'gpu.local', '172.20.0.2']) {
      assert.equal(readEndpoint(`http://${host}/v1`).isLocal, true, host);
    }
    for (const host of ['api.openai.com', '172.32.0.1', 'localhost.example.com', 'mylocalhost']) {
      assert.equal(readEndpoint(`https://${host}/v1`).isLocal, false, host);
    }
  });

  it('is not fooled by names that end like Azure', () => {
    assert.equal(readEndpoint('https://evilopenai.azure.com.example.com/v1').isAzure, false);
    assert.equal(readEndpoint('https://openai.azure.com.evil.com/v1').isAzure, false);
  });
});

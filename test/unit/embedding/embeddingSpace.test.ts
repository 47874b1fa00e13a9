import assert from 'node:assert/strict';
import { createSpace } from '../../../src/core/embedding/embeddingSpace.ts';
import { readEndpoint } from '../../../src/core/embedding/endpointProfile.ts';
import type { EmbeddingSpace } from '../../../src/core/providerPorts.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { defaultConfig, type EmbeddingConfig } from '../../../src/protocol/config.ts';
import { toHex } from '../../../src/util/hex.ts';

const base: EmbeddingConfig = { ...defaultConfig.embedding, provider: 'openai', baseUrl: 'https://api.example.com/v1' };

function space(change: Partial<EmbeddingConfig> = {}): EmbeddingSpace {
  const config = { ...base, ...change };
  return createSpace(config, readEndpoint(config.baseUrl), nodeHasher);
}

function spaceId(change: Partial<EmbeddingConfig> = {}): string {
  return space(change).id;
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

describe('a space whose vectors can be cut short', () => {
  const cut = [
    'text-embedding-3-small',
    'text-embedding-3-large',
    'openai/text-embedding-3-small',
    'text-embedding-v4',
    'gemini-embedding-001',
    'models/gemini-embedding-001',
    'nomic-embed-text-v1.5',
    'nomic-embed-text:v1.5',
    'voyage-code-3',
    'voyage-3-large',
    'voyage-3.5-lite',
    'jina-embeddings-v3',
    'jina-code-embeddings-1.5b',
    'mxbai-embed-large',
    'mixedbread-ai/mxbai-embed-large-v1',
    'snowflake-arctic-embed2',
    'Snowflake/snowflake-arctic-embed-l-v2.0',
    'qwen3-embedding:0.6b',
    'Qwen/Qwen3-Embedding-8B',
    'embeddinggemma:300m',
  ];
  const whole = [
    'text-embedding-ada-002',
    'text-embedding-v1',
    'text-embedding-004',
    'nomic-embed-text',
    'nomic-embed-text-v1',
    'voyage-3',
    'voyage-3-lite',
    'voyage-code-2',
    'voyage-2',
    'jina-embeddings-v2-base-code',
    'all-minilm',
    'bge-m3',
    'snowflake-arctic-embed',
    'snowflake-arctic-embed-m',
    'mistral-embed',
    'test-model',
  ];

  it('is told by the name of its model', () => {
    for (const model of cut) assert.equal(space({ model }).matryoshka, true, model);
    for (const model of whole) assert.equal(space({ model }).matryoshka, false, model);
  });

  it('has the identity it had before that was known', () => {
    // What may be cut is no property of the vectors: indexes made before stay valid.
    const { id, provider, endpoint, model, dimensions, normalized, parameters } = space({ model: cut[0]! });
    const identity = JSON.stringify([provider, endpoint, model, dimensions, normalized, parameters]);
    assert.equal(id, toHex(nodeHasher.sha256(identity)).slice(0, 32));
  });
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

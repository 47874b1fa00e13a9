import assert from 'node:assert/strict';
import type { EmbeddingConfig } from '../../../../src/protocol/config.ts';
import type { EndpointProbe } from '../../../../src/protocol/probe.ts';
import {
  type EmbeddingServer,
  type EmbeddingServerOptions,
  startEmbeddingServer,
} from '../../../support/embeddingServer.ts';
import { probeOf } from '../../../support/probes.ts';
import { createProvider, documentsOf, type ProviderHarness, sampleTexts } from '../../../support/providerHarness.ts';
import { createScaledClock } from '../../../support/scaledClock.ts';

describe('createOpenAiProvider, with the profile of its endpoint', () => {
  let server: EmbeddingServer;

  afterEach(async () => {
    await server.close();
  });

  async function start(
    probe: Partial<EndpointProbe>,
    config: Partial<EmbeddingConfig> = {},
    options: EmbeddingServerOptions = {},
  ): Promise<ProviderHarness> {
    const clock = createScaledClock(200);
    server = await startEmbeddingServer({ now: () => clock.now(), ...options });
    return createProvider({
      config: { baseUrl: server.url, maxConcurrentRequests: 1, ...config },
      clock,
      probe: probeOf(probe),
    });
  }

  const sizes = (): number[] => server.requests.map(({ inputs }) => inputs.length);

  it('keeps to the largest batch from the first request on', async () => {
    const { provider } = await start({ maxBatchInputs: { accepted: 10, by: 'named' } }, {}, { maxBatchInputs: 10 });
    await provider.embedDocuments(documentsOf(sampleTexts(25)));
    assert.deepEqual(sizes(), [10, 10, 5]);
  });

  it('cuts texts to the longest input from the first request on', async () => {
    const limit = { accepted: 64, by: 'found', overlong: 'cut' } as const;
    const { provider } = await start({ maxInputTokens: limit }, {}, { maxInputTokens: 80 });
    await provider.embedDocuments(documentsOf(['word '.repeat(500), 'short text of a few words']));
    await provider.embedQuery('word '.repeat(300));
    assert(server.requests.every(({ status }) => status === 200));
    assert.match(server.requests[0]?.inputs[0] ?? '', /… \[truncated\]$/u);
  });

  it('asks for base64 where the endpoint showed that it has it, and for nothing where it takes nothing', async () => {
    const { provider } = await start({ encodingFormats: { float: 'float', base64: 'base64' } });
    await provider.embedQuery('anything');
    assert.equal(server.requests[0]?.body['encoding_format'], 'base64');
    await server.close();
    const plain = await start(
      { encodingFormats: { float: 'refused', base64: 'refused' } },
      {},
      { refusesEncodings: ['float', 'base64'] },
    );
    await plain.provider.embedQuery('anything');
    assert.deepEqual(sizes(), [1]);
  });

  it('keeps to budgets until the endpoint names others', async () => {
    const { provider } = await start({ requestsPerMinute: 50, tokensPerMinute: 9_000 }, {}, { requestsPerMinute: 70 });
    const { requestsPerMinute, tokensPerMinute } = provider.status();
    assert.deepEqual({ requestsPerMinute, tokensPerMinute }, { requestsPerMinute: 50, tokensPerMinute: 9_000 });
    assert.equal(provider.limits.maxBatchTokens, 8_100);
    await provider.embedQuery('anything');
    assert.equal(provider.status().requestsPerMinute, 70);
  });

  it('keeps to settings that are lower', async () => {
    const { provider } = await start(
      { maxBatchInputs: { accepted: 50, by: 'named' }, requestsPerMinute: 500 },
      { maxBatchInputs: 4, maxInputTokens: 100, requestsPerMinute: 20 },
    );
    assert.equal(provider.limits.maxBatchInputs, 4);
    assert.equal(provider.limits.maxInputTokens, 100);
    assert.equal(provider.status().requestsPerMinute, 20);
  });

  it('raises nothing, and does not take the settings of the probe for limits', async () => {
    const { provider } = await start(
      { maxBatchInputs: { accepted: 10, by: 'configured' } },
      { maxBatchInputs: 80, maxInputTokens: 9_000 },
    );
    assert.equal(provider.limits.maxBatchInputs, 80);
    assert.equal(provider.limits.maxInputTokens, 9_000);
  });

  it('does not believe in a model that reads next to nothing', async () => {
    const { provider } = await start({ maxInputTokens: { accepted: 16, by: 'found', overlong: 'cut' } });
    assert.equal(provider.limits.maxInputTokens, 8_191);
  });

  it('learns from a refusal what the profile did not know', async () => {
    const { provider } = await start({ maxBatchInputs: { accepted: 10, by: 'named' } }, {}, { maxBatchInputs: 5 });
    await provider.embedDocuments(documentsOf(sampleTexts(20)));
    assert.deepEqual(sizes(), [10, 5, 5, 5, 5]);
    assert.equal(provider.limits.maxBatchInputs, 5);
  });

  it('says in its status which profile it keeps to', async () => {
    const { provider } = await start({ dimensions: 33 });
    assert.deepEqual(provider.status().profile, probeOf({ dimensions: 33 }));
  });
});

import assert from 'node:assert/strict';
import { createOpenAiProvider } from '../../../../src/core/embedding/openAiProvider.ts';
import { EngineMetrics } from '../../../../src/core/metrics/engineMetrics.ts';
import { LimitedEndpoint, type EndpointLimits } from '../../../../src/node/benchmark/limitedEndpoint.ts';
import { seededRandom } from '../../../../src/util/seededRandom.ts';
import { SimulatedClock } from '../../../../src/node/benchmark/simulatedClock.ts';
import { createNodeHistogram } from '../../../../src/node/nodeHistogram.ts';
import { nodeHasher } from '../../../../src/node/nodeHasher.ts';
import { defaultConfig } from '../../../../src/protocol/config.ts';

const call = { method: 'POST', body: JSON.stringify({ input: ['a', 'b'] }) };

interface Usage {
  readonly requests: number;
  readonly tokens: number;
  readonly refused: number;
}

describe('an endpoint with a limit', () => {
  it('refuses what is beyond its budget, says when to come again, and fills up as time passes', async () => {
    const clock = new SimulatedClock();
    const endpoint = new LimitedEndpoint(clock, { requestsPerMinute: 60 });
    const statuses: number[] = [];
    await clock.settle(
      (async () => {
        for (let n = 0; n < 82; n++) statuses.push((await endpoint.fetch('', call)).status);
        const refused = await endpoint.fetch('', call);
        assert.equal(refused.status, 429);
        await clock.sleep(Number(refused.headers.get('retry-after-ms')));
        assert.equal((await endpoint.fetch('', call)).status, 200);
      })(),
    );
    // 60 at once, and one more for each whole second from the first of 82 answers, 200 ms each, to the last.
    assert.equal(statuses.filter((status) => status === 200).length, 76);
  });

  /** Embeds texts and tells how much of the limits was used, 0..1. */
  async function use(limits: EndpointLimits, texts: readonly string[], maxBatchInputs: number): Promise<Usage> {
    const clock = new SimulatedClock();
    const endpoint = new LimitedEndpoint(clock, limits);
    const provider = createOpenAiProvider(
      {
        ...defaultConfig.embedding,
        provider: 'openai',
        baseUrl: 'http://localhost/v1',
        model: 'm',
        maxBatchInputs,
      },
      { apiKey: 'k' },
      {
        fetch: endpoint.fetch,
        clock,
        hasher: nodeHasher,
        logger: { log: () => undefined },
        metrics: new EngineMetrics(clock, createNodeHistogram),
        random: seededRandom(1),
      },
    );
    const documents = texts.map((text) => ({ path: '', symbol: '', kind: 'block' as const, text }));
    const { vectors } = await clock.settle(provider.embedDocuments(documents));
    assert.equal(vectors.length, texts.length);
    provider.dispose();
    const minutes = clock.monotonicMs() / 60_000;
    return {
      requests: endpoint.accepted / (limits.requestsPerMinute * minutes),
      tokens: endpoint.acceptedTokens / ((limits.tokensPerMinute ?? Infinity) * minutes),
      refused: endpoint.refused / (endpoint.refused + endpoint.accepted),
    };
  }

  for (const [requestsPerMinute, requests] of [
    [60, 240],
    [600, 3_000],
    [3_000, 9_000],
  ] as const) {
    it(`of ${requestsPerMinute} requests a minute is used by the provider to more than 90 %, with at most 1 % refused`, async () => {
      const texts = Array.from({ length: requests }, (_, n) => `text ${n}`);
      const used = await use({ requestsPerMinute }, texts, 1);
      assert.ok(used.requests > 0.9 && used.refused <= 0.01, JSON.stringify(used));
    });
  }

  it('of a million tokens a minute is used by the provider to more than 90 %, with at most 1 % refused', async () => {
    const texts = Array.from({ length: 10_000 }, (_, n) => `${n} ${'word '.repeat(400)}`);
    const used = await use({ requestsPerMinute: 3_000, tokensPerMinute: 1_000_000 }, texts, 20);
    assert.ok(used.tokens > 0.9 && used.refused <= 0.01, JSON.stringify(used));
  });
});

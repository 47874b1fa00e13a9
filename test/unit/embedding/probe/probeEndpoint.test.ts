import assert from 'node:assert/strict';
import { EngineMetrics } from '../../../../src/core/metrics/engineMetrics.ts';
import { probeEndpoint } from '../../../../src/core/embedding/probe/probeEndpoint.ts';
import { createNodeHistogram } from '../../../../src/node/nodeHistogram.ts';
import { defaultConfig, type EmbeddingConfig } from '../../../../src/protocol/config.ts';
import { english } from '../../../../src/protocol/phrase.ts';
import { CancelledError } from '../../../../src/protocol/errors.ts';
import type { EndpointProbe } from '../../../../src/protocol/probe.ts';
import { maxProbeTokens } from '../../../../src/util/probeCost.ts';
import {
  type EmbeddingServer,
  type EmbeddingServerOptions,
  startEmbeddingServer,
} from '../../../support/embeddingServer.ts';
import { rejection } from '../../../support/providerHarness.ts';
import { createScaledClock } from '../../../support/scaledClock.ts';
import type { Fault, refusalWords } from '../../../support/serverFaults.ts';

const always = 1_000;

describe('probeEndpoint', () => {
  let server: EmbeddingServer;
  const steps: string[] = [];

  afterEach(async () => {
    await server.close();
  });

  interface World {
    readonly options?: EmbeddingServerOptions;
    readonly fault?: Fault;
    readonly config?: Partial<EmbeddingConfig>;
    readonly apiKey?: string;
    readonly signal?: AbortSignal;
    readonly onStep?: (step: string) => void;
  }

  async function probe({ options = {}, fault, config = {}, apiKey, signal, onStep }: World): Promise<EndpointProbe> {
    const clock = createScaledClock(200);
    server = await startEmbeddingServer({ now: () => clock.now(), ...options });
    server.script(fault);
    steps.length = 0;
    const { embedding } = defaultConfig;
    const full: EmbeddingConfig = {
      ...{ ...embedding, provider: 'openai', model: 'test-embedding', baseUrl: server.url },
      ...{ timeoutMs: 3_600_000, maxBatchInputs: 64, maxInputTokens: 2_048, ...config },
    };
    const found = await probeEndpoint(
      full,
      apiKey === undefined ? {} : { apiKey },
      {
        fetch: (url, init) => globalThis.fetch(url, init),
        clock,
        logger: { log: () => undefined },
        metrics: new EngineMetrics(clock, createNodeHistogram),
      },
      {
        signal: signal ?? new AbortController().signal,
        onStep: (step) => {
          steps.push(english(step));
          onStep?.(english(step));
        },
      },
    );
    assert.equal(found.spent.requests, server.requests.length);
    assert(found.spent.requests <= 30, `${found.spent.requests} requests`);
    assert(found.spent.tokens <= maxProbeTokens(full), `${found.spent.tokens} tokens`);
    return found;
  }

  it('learns an endpoint without limits by few requests', async () => {
    const found = await probe({});
    const { at, endpoint, host, latencyMs, spent, ...facts } = found;
    assert.deepEqual(facts, {
      model: 'test-embedding',
      dimensions: 256,
      dimensionsAccepted: { tried: 128, result: 'yes' },
      encodingFormats: { float: 'float', base64: 'base64' },
      normalized: true,
      order: 'inOrder',
      maxBatchInputs: { accepted: 64, by: 'configured' },
      maxInputTokens: { accepted: 2_048, by: 'configured', overlong: 'untried' },
    });
    assert(at > 0);
    assert.equal(endpoint, server.url);
    assert.equal(`http://${host}/v1`, server.url);
    assert(latencyMs.single > 0 && latencyMs.batch > 0);
    assert(spent.requests <= 12, `${spent.requests} requests`);
    assert.equal(
      spent.tokens,
      server.requests.flatMap(({ inputs }) => inputs).reduce((sum, input) => sum + input.split(' ').length, 0),
    );
  });

  it('says beforehand what it costs at most, then what it looks at', async () => {
    await probe({});
    assert.match(steps[0] ?? '', /^127\.0\.0\.1:\d+, test-embedding: at most 28,832 tokens$/u);
    assert.deepEqual(steps.slice(1), [
      'the first answer',
      'float and base64',
      'vectors of 128 dimensions instead of 256',
      'a batch of 64',
      'a text of 2,048 tokens',
      'whether the end of 2,048 tokens is read',
      'latency',
    ]);
  });

  for (const words of ['openai', 'tei', 'vllm', 'silent'] as const satisfies (keyof typeof refusalWords)[]) {
    const by = words === 'silent' ? 'found' : 'named';

    it(`finds the largest batch of an endpoint with the words of ${words}`, async () => {
      const { maxBatchInputs } = await probe({ options: { maxBatchInputs: 10, words } });
      assert.deepEqual(maxBatchInputs, { accepted: 10, by });
    });

    it(`finds the longest input of an endpoint with the words of ${words}`, async () => {
      const { maxInputTokens } = await probe({ options: { maxInputTokens: 512, words } });
      const { accepted, ...rest } = maxInputTokens;
      assert.deepEqual(rest, { by, overlong: 'refused' });
      assert(accepted <= 512 && accepted > 512 / 1.06, `${accepted}`);
      if (by === 'named') assert.equal(accepted, 512);
    });
  }

  it('does not believe a number that is about something else', async () => {
    const message = 'Too many inputs, see error 7';
    const fault = { status: 400, message, when: ({ inputs }: { inputs: readonly string[] }) => inputs.length > 20 };
    const { maxBatchInputs } = await probe({ fault: { ...fault, times: always } });
    assert.deepEqual(maxBatchInputs, { accepted: 20, by: 'found' });
  });

  it('finds both limits where neither is named', async () => {
    const { maxBatchInputs, maxInputTokens } = await probe({
      options: { maxBatchInputs: 63, maxInputTokens: 1_900, words: 'silent' },
    });
    assert.equal(maxBatchInputs.accepted, 63);
    assert(maxInputTokens.accepted <= 1_900 && maxInputTokens.accepted > 1_900 / 1.06);
  });

  it('finds an endpoint that takes one input at a time', async () => {
    const { maxBatchInputs, order } = await probe({ options: { maxBatchInputs: 1 } });
    assert.deepEqual(maxBatchInputs, { accepted: 1, by: 'named' });
    assert.equal(order, 'inOrder');
  });

  it('takes an internal error that stays for a refusal', async () => {
    const fault = { status: 500, when: ({ inputs }: { inputs: readonly string[] }) => inputs.length > 12 };
    const { maxBatchInputs } = await probe({ fault: { ...fault, times: always }, config: { maxBatchInputs: 32 } });
    assert.deepEqual(maxBatchInputs, { accepted: 12, by: 'found' });
  });

  for (const cutsAtTokens of [100, 512, 1_700]) {
    it(`finds that texts are read up to ${cutsAtTokens} tokens without a word`, async () => {
      const { maxInputTokens } = await probe({ options: { cutsAtTokens } });
      const { accepted, ...rest } = maxInputTokens;
      assert.deepEqual(rest, { by: 'found', overlong: 'cut' });
      assert(accepted <= cutsAtTokens && accepted > cutsAtTokens / 1.1, `${accepted}`);
    });
  }

  it('finds a silent cut one text at a time where batches are refused', async () => {
    const { maxInputTokens } = await probe({ options: { cutsAtTokens: 512, maxBatchTokens: 2_048 } });
    assert.equal(maxInputTokens.overlong, 'cut');
    assert(maxInputTokens.accepted <= 512 && maxInputTokens.accepted > 512 / 1.1);
  });

  it('finds an endpoint that knows floats only', async () => {
    const refusing = await probe({ options: { refusesEncodings: ['base64'] } });
    assert.deepEqual(refusing.encodingFormats, { float: 'float', base64: 'refused' });
    await server.close();
    const ignoring = await probe({ options: { encoding: 'float' } });
    assert.deepEqual(ignoring.encodingFormats, { float: 'float', base64: 'float' });
  });

  it('finds an endpoint that takes no encoding_format', async () => {
    const { encodingFormats } = await probe({ options: { refusesEncodings: ['base64', 'float'] } });
    assert.deepEqual(encodingFormats, { float: 'refused', base64: 'refused' });
  });

  it('does not take what is no vector under the name of base64', async () => {
    const fault: Fault = { firstValues: 'badBase64', when: ({ body }) => body['encoding_format'] === 'base64' };
    assert.equal((await probe({ fault: { ...fault, times: always } })).encodingFormats.base64, 'refused');
  });

  it('tells a size that is refused from one that is ignored', async () => {
    const refused = await probe({ options: { refusesDimensions: true, dimensions: 384 } });
    assert.deepEqual(refused.dimensionsAccepted, { tried: 256, result: 'refused' });
    await server.close();
    const ignored = await probe({ options: { ignoresDimensions: true, dimensions: 1_024 } });
    assert.deepEqual(ignored.dimensionsAccepted, { tried: 512, result: 'ignored' });
    assert.equal(ignored.dimensions, 1_024);
  });

  it('asks for the own size of the model whatever size is configured', async () => {
    assert.equal((await probe({ config: { dimensions: 64 } })).dimensions, 256);
  });

  for (const [order, index] of [
    ['byIndex', 'shuffled'],
    ['withoutIndex', 'missing'],
    ['wrong', 'lost'],
    ['inOrder', 'firstMissing'],
  ] as const) {
    it(`finds the order ${order} where indexes are ${index}`, async () => {
      assert.equal((await probe({ fault: { index, times: always } })).order, order);
    });
  }

  it('takes a batch for refused whose vectors cannot be told apart', async () => {
    const when = ({ inputs }: { inputs: readonly string[] }): boolean => inputs.length > 9;
    const { maxBatchInputs, order } = await probe({ fault: { index: 'lost', times: always, when } });
    assert.deepEqual(maxBatchInputs, { accepted: 9, by: 'found' });
    assert.equal(order, 'wrong');
  });

  it('takes a batch for refused that is not answered in time', async () => {
    const fault = { hang: true, when: ({ inputs }: { inputs: readonly string[] }): boolean => inputs.length > 1 };
    const config = { maxBatchInputs: 2, timeoutMs: 200_000 };
    const { maxBatchInputs } = await probe({ fault: { ...fault, times: always }, config });
    assert.deepEqual(maxBatchInputs, { accepted: 1, by: 'found' });
    assert.equal(server.requests.filter(({ inputs }) => inputs.length > 1).length, 1);
  });

  it('finds vectors that are not of unit length', async () => {
    assert.equal((await probe({ fault: { scale: 3, times: always } })).normalized, false);
  });

  it('reads budgets from headers', async () => {
    const { requestsPerMinute, tokensPerMinute } = await probe({
      options: { requestsPerMinute: 500, tokensPerMinute: 200_000 },
    });
    assert.deepEqual({ requestsPerMinute, tokensPerMinute }, { requestsPerMinute: 500, tokensPerMinute: 200_000 });
  });

  it('waits when it is told to', async () => {
    const fault = { status: 429, headers: { 'retry-after': '20' }, when: () => server.requests.length === 5 };
    const found = await probe({ fault });
    assert.equal(server.requests.filter(({ status }) => status === 429).length, 1);
    assert.equal(found.maxBatchInputs.accepted, 64);
  });

  it('tries nothing that is heavier than the budget of a minute', async () => {
    const { maxInputTokens } = await probe({ options: { tokensPerMinute: 1_000 }, config: { maxBatchInputs: 8 } });
    assert.equal(maxInputTokens.accepted, 900);
    assert(server.requests.every(({ status }) => status === 200));
  });

  it('ends at once, with the usual words, without a key or with a wrong one', async () => {
    const missing = await rejection(probe({ options: { apiKey: 'right' } }), 'ProviderAuth');
    assert.match(missing.message, /wants an API key and none is set/u);
    assert.equal(server.requests.length, 1);
    await server.close();
    const wrong = await rejection(probe({ options: { apiKey: 'right' }, apiKey: 'wrong-secret' }), 'ProviderAuth');
    assert.match(wrong.message, /does not accept the API key/u);
    assert.doesNotMatch(wrong.message, /wrong-secret/u);
  });

  it('ends at once for a model that is not there', async () => {
    await rejection(probe({ options: { models: ['other'] } }), 'ProviderModel');
    assert.equal(server.requests.length, 1);
  });

  it('ends with the request under way when it is cancelled', async () => {
    const cancel = new AbortController();
    const cancelling = probe({
      fault: { hang: true, when: ({ inputs }) => inputs.length > 1 },
      signal: cancel.signal,
      onStep: (step) => {
        if (step.startsWith('a batch')) setTimeout(() => cancel.abort(), 20);
      },
    });
    await assert.rejects(cancelling, CancelledError);
    const sent = server.requests.length;
    assert(sent >= 6);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(server.requests.length, sent);
  });

  it('sends the model, the prefixless words and nothing of the configuration besides', async () => {
    await probe({ config: { documentPrefix: 'passage: ', queryPrefix: 'query: ' } });
    const keys = new Set(server.requests.flatMap(({ body }) => Object.keys(body)));
    assert.deepEqual([...keys].sort(), ['dimensions', 'encoding_format', 'input', 'model']);
    assert(server.requests.every(({ inputs }) => inputs.every((input) => /^[a-z ]+$/u.test(input))));
  });
});

import assert from 'node:assert/strict';
import { EngineMetrics } from '../../src/core/metrics/engineMetrics.ts';
import { createOpenAiProvider } from '../../src/core/embedding/openAiProvider.ts';
import type { Clock, Fetch } from '../../src/core/ports.ts';
import type { EmbeddingDocument, EmbeddingProvider } from '../../src/core/providerPorts.ts';
import { nodeHasher } from '../../src/node/nodeHasher.ts';
import { createNodeHistogram } from '../../src/node/nodeHistogram.ts';
import { defaultConfig, type EmbeddingConfig } from '../../src/protocol/config.ts';
import type { LogRecord } from '../../src/protocol/engineApi.ts';
import type { EndpointProbe } from '../../src/protocol/probe.ts';
import { AppError, type ErrorCode } from '../../src/protocol/errors.ts';
import { createScaledClock } from './scaledClock.ts';

export interface ProviderOptions {
  readonly config: Partial<EmbeddingConfig> & { readonly baseUrl: string };
  readonly apiKey?: string;
  readonly clock?: Clock;
  readonly fetch?: Fetch;
  readonly probe?: EndpointProbe;
}

export interface ProviderHarness {
  readonly provider: EmbeddingProvider;
  readonly metrics: EngineMetrics;
  readonly log: readonly LogRecord[];
}

/** No test waits for it: a busy machine is not a timeout. */
const patientMs = 3_600_000;

/** A provider with real metrics, a recorded log, and by default time that runs 200 times as fast. */
export function createProvider({ config, apiKey, clock, fetch, probe, ...rest }: ProviderOptions): ProviderHarness {
  assert.deepEqual(rest, {});
  const usedClock = clock ?? createScaledClock(200);
  const metrics = new EngineMetrics(usedClock, createNodeHistogram);
  const log: LogRecord[] = [];
  const provider = createOpenAiProvider(
    { ...defaultConfig.embedding, provider: 'openai', model: 'test-embedding', timeoutMs: patientMs, ...config },
    apiKey === undefined ? {} : { apiKey },
    {
      fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
      clock: usedClock,
      logger: { log: (record) => log.push(record) },
      metrics,
      hasher: nodeHasher,
      probe,
    },
  );
  return { provider, metrics, log };
}

/** The AppError a call rejects with; fails when it resolves or rejects with another code. */
export async function rejection(call: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    assert(error instanceof AppError, `not an AppError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`resolved with ${JSON.stringify(value)?.slice(0, 100)} instead of ${code}`);
}

/** Distinct texts of a few words. */
export function sampleTexts(count: number, name = 'sample'): string[] {
  return Array.from({ length: count }, (_, index) => `function ${name}${index}() { return ${index} + offset; }`);
}

/** Chunks of which the provider sends these texts and nothing besides. */
export function documentsOf(texts: readonly string[]): EmbeddingDocument[] {
  return texts.map((text) => ({ path: '', symbol: '', kind: 'block', text }));
}

/** Lets a provider that starts with one request at a time come to as many as it may have; one text a request. */
export async function warmUp(provider: EmbeddingProvider): Promise<void> {
  await provider.embedDocuments(documentsOf(sampleTexts(24, 'warmUp')));
}

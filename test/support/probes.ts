import type { EndpointProbe } from '../../src/protocol/probe.ts';

/** What a probe of an endpoint without any limits finds, with what the test cares about replaced. */
export function probeOf(changes: Partial<EndpointProbe>): EndpointProbe {
  return {
    at: Date.UTC(2026, 0, 2),
    endpoint: 'http://localhost:8080/v1',
    host: 'localhost:8080',
    model: 'test-embedding',
    dimensions: 256,
    dimensionsAccepted: { tried: 128, result: 'yes' },
    encodingFormats: { float: 'float', base64: 'base64' },
    normalized: true,
    order: 'inOrder',
    maxBatchInputs: { accepted: 100, by: 'configured' },
    maxInputTokens: { accepted: 8_191, by: 'configured', overlong: 'untried' },
    latencyMs: { single: 12, batch: 90 },
    spent: { requests: 11, tokens: 18_000 },
    ...changes,
  };
}

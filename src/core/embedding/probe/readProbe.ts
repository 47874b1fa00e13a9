import type { EndpointProbe } from '../../../protocol/probe.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value !== '';
const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const size: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 1;
const positive: Check = (value) => amount(value) && value !== 0;
const flag: Check = (value) => typeof value === 'boolean';
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const record =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const by = oneOf('configured', 'named', 'found');
const format = oneOf('float', 'base64', 'refused');
/** The type makes a new field fail to compile until it is checked. */
const checks: Readonly<Record<keyof EndpointProbe, Check>> = {
  at: amount,
  endpoint: text,
  host: text,
  model: text,
  dimensions: size,
  dimensionsAccepted: record({ tried: size, result: oneOf('yes', 'ignored', 'refused') }),
  encodingFormats: record({ float: format, base64: format }),
  normalized: flag,
  order: oneOf('inOrder', 'byIndex', 'withoutIndex', 'wrong'),
  maxBatchInputs: record({ accepted: size, by }),
  maxInputTokens: record({ accepted: size, by, overlong: oneOf('refused', 'cut', 'untried') }),
  requestsPerMinute: optional(positive),
  tokensPerMinute: optional(positive),
  latencyMs: record({ single: amount, batch: amount }),
  spent: record({ requests: amount, tokens: amount }),
};

/** A probe that was stored; undefined when anything in it cannot be one. */
export function readProbe(value: unknown): EndpointProbe | undefined {
  return record(checks)(value) ? (value as EndpointProbe) : undefined;
}

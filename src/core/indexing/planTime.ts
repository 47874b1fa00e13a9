import type { EmbeddingConfig } from '../../protocol/config.ts';
import type { IndexingPlan } from '../../protocol/costs.ts';
import type { ProviderStatus } from '../../protocol/types.ts';

/** Of each budget per minute, what documents may use (`rateBudget.ts`). */
const documentShare = 0.9;
const minuteMs = 60_000;

/**
 * How long the requests take: what the rate limits allow, and the latency that a probe measured for a full batch, with as
 * many requests at a time as the settings allow (at least) or one (at most). A probe's texts are short: endpoints that
 * take longer for longer ones are nearer to the upper end. Undefined: neither limits nor latency are known.
 */
export function planTime(
  { requests, tokens }: Pick<IndexingPlan, 'requests' | 'tokens'>,
  { maxConcurrentRequests }: Pick<EmbeddingConfig, 'maxConcurrentRequests'>,
  { profile, requestsPerMinute, tokensPerMinute }: ProviderStatus,
): IndexingPlan['time'] {
  if (requests === 0) return { least: 0, most: 0 };
  const latencyMs = profile?.latencyMs.batch;
  if (latencyMs === undefined && requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined;
  const minutes = Math.max(perMinute(requests, requestsPerMinute), perMinute(tokens, tokensPerMinute));
  // The first minute's budget can be used at once.
  const limitedMs = Math.max(0, minutes - 1) * minuteMs;
  if (latencyMs === undefined) return { least: limitedMs };
  const serialMs = requests * latencyMs;
  return {
    least: Math.max(limitedMs, serialMs / Math.max(1, maxConcurrentRequests)),
    most: Math.max(minutes > 1 ? minutes * minuteMs : 0, serialMs),
  };
}

function perMinute(amount: number, limit: number | undefined): number {
  return limit === undefined ? 0 : amount / (limit * documentShare);
}

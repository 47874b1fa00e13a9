import type { EmbeddingConfig } from '../../../protocol/config.ts';
import type { EndpointProbe, ProbedLimit } from '../../../protocol/probe.ts';
import type { EndpointProfile } from '../endpointProfile.ts';

/** A limit below this is not believed: no model reads less, and texts would be cut to nothing. Tokens. */
const leastInputTokens = 64;

/** The configuration with the limits a probe found. It only lowers them, and only where the endpoint drew the line. */
export function profiledConfig(config: EmbeddingConfig, probe: EndpointProbe | undefined): EmbeddingConfig {
  if (probe === undefined) return config;
  const { maxBatchInputs, maxInputTokens } = config;
  return {
    ...config,
    maxBatchInputs: lowered(maxBatchInputs, probe.maxBatchInputs, 1),
    maxInputTokens: lowered(maxInputTokens, probe.maxInputTokens, leastInputTokens),
  };
}

/** What is known of the endpoint with what a probe saw of `encoding_format`: base64 has a quarter of the bytes. */
export function profiledEndpoint(profile: EndpointProfile, probe: EndpointProbe | undefined): EndpointProfile {
  if (probe === undefined) return profile;
  const { base64, float } = probe.encodingFormats;
  const encodingFormat = base64 === 'base64' ? 'base64' : float === 'refused' ? undefined : 'float';
  return { ...profile, encodingFormat };
}

function lowered(configured: number, { accepted, by }: ProbedLimit, least: number): number {
  return by === 'configured' || accepted < least ? configured : Math.min(configured, accepted);
}

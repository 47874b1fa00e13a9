import type { EmbeddingConfig } from '../../protocol/config.ts';
import { toHex } from '../../util/hex.ts';
import type { EmbeddingSpace, Hasher } from '../ports.ts';
import type { EndpointProfile } from './endpointProfile.ts';

/** 128 bits: far beyond chance collisions, short enough for file names. */
const idHexDigits = 32;

/**
 * The space of a configuration. `dimensions` is the size asked for, 0 when the model chooses: the size learnt from an
 * answer is not part of the identity, else the first answer of every session would name another space.
 */
export function createSpace(config: EmbeddingConfig, profile: EndpointProfile, hasher: Hasher): EmbeddingSpace {
  const fields = {
    provider: config.provider,
    endpoint: profile.endpoint,
    model: config.model,
    dimensions: config.dimensions ?? 0,
    normalized: true,
    parameters: describeParameters(config, profile),
  };
  const { provider, endpoint, model, dimensions, normalized, parameters } = fields;
  const identity = JSON.stringify([provider, endpoint, model, dimensions, normalized, parameters]);
  return { id: toHex(hasher.sha256(identity)).slice(0, idHexDigits), ...fields };
}

function describeParameters(config: EmbeddingConfig, profile: EndpointProfile): string {
  const parameters = {
    ...(config.queryPrefix === '' ? {} : { queryPrefix: config.queryPrefix }),
    ...(config.documentPrefix === '' ? {} : { documentPrefix: config.documentPrefix }),
    ...(profile.sendsInputType ? { inputType: true } : {}),
  };
  return Object.keys(parameters).length === 0 ? '' : JSON.stringify(parameters);
}

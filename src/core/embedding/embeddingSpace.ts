import type { EmbeddingConfig } from '../../protocol/config.ts';
import { toHex } from '../../util/hex.ts';
import type { Hasher } from '../ports.ts';
import type { EmbeddingSpace } from '../providerPorts.ts';
import type { EndpointProfile } from './endpointProfile.ts';

/** 128 bits: far beyond chance collisions, short enough for file names. */
const idHexDigits = 32;

/** Models trained so that their vectors can be cut short, by their makers' documentation. */
const matryoshkaModels =
  /text-embedding-3-|text-embedding-v[34]|gemini-embedding|nomic-embed-text[-:]v1\.5|voyage-(?:code-3|3\.5|3-large)|jina-(?:embeddings-v[34]|code-embeddings)|mxbai-embed-large|snowflake-arctic-embed2|arctic-embed-(?:m-v1\.5|[ml]-v2\.0)|qwen3-embedding|embeddinggemma/iu;

/**
 * The space of a configuration. `dimensions` is the size asked for, 0 when the model chooses: the size learnt from an
 * answer is not part of the identity, else the first answer of every session would name another space.
 */
export function createSpace(config: EmbeddingConfig, profile: EndpointProfile, hasher: Hasher): EmbeddingSpace {
  return identifiedSpace(
    {
      provider: config.provider,
      endpoint: profile.endpoint,
      model: config.model,
      dimensions: config.dimensions ?? 0,
      normalized: true,
      parameters: describeParameters(config, profile),
      matryoshka: matryoshkaModels.test(config.model),
    },
    hasher,
  );
}

/** The space with its identity, which all fields but `matryoshka` are part of. */
export function identifiedSpace(fields: Omit<EmbeddingSpace, 'id'>, hasher: Hasher): EmbeddingSpace {
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

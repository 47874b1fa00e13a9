import { defaultConfig, type EmbeddingConfig } from '../protocol/config.ts';
import type { PresetModel } from './providerPresets.ts';

/**
 * The settings with another endpoint and model. What belongs to the former model is left behind, and with its endpoint what
 * was to be sent to that one alone: headers and the organization.
 */
export function chosenConfig(
  present: EmbeddingConfig,
  { baseUrl, model }: { readonly baseUrl: string; readonly model: PresetModel | { readonly name: string } },
): EmbeddingConfig {
  const { maxInputTokens, queryPrefix, documentPrefix } = { ...defaultConfig.embedding, ...model };
  const config: { -readonly [K in keyof EmbeddingConfig]: EmbeddingConfig[K] } = {
    ...{ ...present, provider: 'openai', baseUrl, model: model.name },
    ...{ maxInputTokens, queryPrefix, documentPrefix },
  };
  delete config.dimensions;
  if (!isSameEndpoint(baseUrl, present.baseUrl)) {
    config.headers = {};
    delete config.organization;
  }
  return config;
}

function isSameEndpoint(one: string, other: string): boolean {
  return URL.parse(one)?.href.replace(/\/+$/u, '') === URL.parse(other)?.href.replace(/\/+$/u, '');
}

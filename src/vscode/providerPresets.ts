/** A model as its maker documents it. What is not said is the settings' default. */
export interface PresetModel {
  readonly name: string;
  /** Size of its vectors. */
  readonly dimensions: number;
  readonly maxInputTokens?: number;
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
}

export interface ProviderPreset {
  readonly id: 'openai' | 'azure' | 'voyage' | 'mistral' | 'ollama' | 'lmStudio' | 'other';
  /** A proper name; undefined = it needs words. */
  readonly name?: string;
  readonly baseUrl: string;
  /** The address is the same for everybody. */
  readonly isFixed: boolean;
  readonly key: 'required' | 'optional' | 'none';
  /** Models can be asked for with `GET /models`, and the endpoint is likely to serve embedding models only or few others. */
  readonly listsModels: boolean;
  readonly models: readonly PresetModel[];
}

const openAiModels: readonly PresetModel[] = [
  { name: 'text-embedding-3-small', dimensions: 1_536 },
  { name: 'text-embedding-3-large', dimensions: 3_072 },
];
const nomicPrefixes = { queryPrefix: 'search_query: ', documentPrefix: 'search_document: ' };

/**
 * Usual providers with their usual models. Sources: platform.openai.com/docs/guides/embeddings,
 * docs.voyageai.com/docs/embeddings, docs.mistral.ai/capabilities/embeddings, ollama.com/search?c=embedding, and the cards of
 * the models for prefixes and lengths.
 */
export const providerPresets: readonly ProviderPreset[] = [
  {
    ...{ id: 'openai', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', isFixed: true },
    ...{ key: 'required', listsModels: false, models: openAiModels },
  },
  {
    // A model of Azure is named as it was deployed.
    ...{ id: 'azure', name: 'Azure OpenAI', baseUrl: 'https://RESOURCE.openai.azure.com/openai/v1', isFixed: false },
    ...{ key: 'required', listsModels: false, models: openAiModels },
  },
  {
    ...{ id: 'voyage', name: 'Voyage AI', baseUrl: 'https://api.voyageai.com/v1', isFixed: true },
    ...{ key: 'required', listsModels: false },
    models: [
      { name: 'voyage-code-3', dimensions: 1_024, maxInputTokens: 32_000 },
      { name: 'voyage-3.5', dimensions: 1_024, maxInputTokens: 32_000 },
      { name: 'voyage-3.5-lite', dimensions: 1_024, maxInputTokens: 32_000 },
      { name: 'voyage-3-large', dimensions: 1_024, maxInputTokens: 32_000 },
    ],
  },
  {
    ...{ id: 'mistral', name: 'Mistral AI', baseUrl: 'https://api.mistral.ai/v1', isFixed: true },
    ...{ key: 'required', listsModels: false },
    models: [
      { name: 'codestral-embed', dimensions: 1_536 },
      { name: 'mistral-embed', dimensions: 1_024 },
    ],
  },
  {
    ...{ id: 'ollama', name: 'Ollama', baseUrl: 'http://localhost:11434/v1', isFixed: false },
    ...{ key: 'none', listsModels: true },
    models: [
      { name: 'nomic-embed-text', dimensions: 768, maxInputTokens: 2_048, ...nomicPrefixes },
      { name: 'embeddinggemma', dimensions: 768, maxInputTokens: 2_048 },
      { name: 'qwen3-embedding:0.6b', dimensions: 1_024 },
      { name: 'bge-m3', dimensions: 1_024 },
      { name: 'snowflake-arctic-embed2', dimensions: 1_024, queryPrefix: 'query: ' },
    ],
  },
  {
    ...{ id: 'lmStudio', name: 'LM Studio', baseUrl: 'http://localhost:1234/v1', isFixed: false },
    ...{ key: 'none', listsModels: true },
    models: [
      { name: 'text-embedding-nomic-embed-text-v1.5', dimensions: 768, maxInputTokens: 2_048, ...nomicPrefixes },
    ],
  },
  { ...{ id: 'other', baseUrl: '', isFixed: false, key: 'optional', listsModels: true, models: [] } },
];

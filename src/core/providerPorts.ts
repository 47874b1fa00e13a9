import type { ProviderStatus, RelativePath } from '../protocol/types.ts';
import type { SpendingAccount } from './embedding/spending.ts';
import type { Chunk } from './ports.ts';

/* Models outside of the engine: what makes vectors of texts, and what puts results in order. */

/** What makes vectors comparable. */
export interface EmbeddingSpace {
  /**
   * Hex SHA-256 prefix over all other fields but `matryoshka`, with the dimensions asked for (0 = the model's own): learning the size
   * from an answer does not change the identity.
   */
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  /** 0 until the first answer when the configuration names none. */
  readonly dimensions: number;
  readonly normalized: boolean;
  /** The first components of a vector are a vector of the same texts in themselves (Kusupati et al., 2022). */
  readonly matryoshka: boolean;
  /** Parameters that change the vectors (prefixes, dimensions asked for). */
  readonly parameters: string;
}

export interface EmbeddingBatch {
  /** One Float32Array(dimensions), unit length, per document, in the documents' order. */
  readonly vectors: readonly Float32Array[];
  /** Tokens as the provider counted them (estimate where it does not say). */
  readonly tokens: number;
  readonly requests: number;
}

/** A chunk as an embedding model is given it. */
export interface EmbeddingDocument extends Pick<Chunk, 'symbol' | 'kind' | 'text'> {
  /** '' leaves the path out. */
  readonly path: RelativePath;
}

/**
 * Turns chunks into vectors. Batching, budgets, retries and priorities are the provider's own affair.
 * Fails with a Provider* AppError that names the cause and the fix.
 */
export interface EmbeddingProvider {
  readonly space: EmbeddingSpace;
  /** WebAssembly memory it holds. */
  readonly memoryBytes: number;
  /** Making a vector again costs no more than reading it: vectors of documents and queries are kept nowhere but in the index. */
  readonly recomputable: boolean;
  readonly limits: {
    readonly maxBatchInputs: number;
    readonly maxBatchTokens: number;
    readonly maxInputTokens: number;
  };
  /**
   * `onBatch` gets each finished request as it arrives, with the indexes of its documents, so that the caller can store
   * it before the rest is done: what was paid for is kept when a later request fails. `account`: what requests are charged
   * to; rejects with `BudgetReached` where its budget ends.
   */
  embedDocuments(
    documents: readonly EmbeddingDocument[],
    signal?: AbortSignal,
    onBatch?: (indexes: readonly number[], vectors: readonly Float32Array[]) => void,
    account?: SpendingAccount,
  ): Promise<EmbeddingBatch>;
  /** Never waits behind documents. */
  embedQuery(text: string, signal?: AbortSignal, account?: SpendingAccount): Promise<Float32Array>;
  status(): ProviderStatus;
  /** Sets the gauges that change with time alone: what of the last minute's budgets is used. */
  updateGauges(): void;
  dispose(): void;
}

/** Judges documents by reading them together with the query. Fails with a Provider* AppError that names cause and fix. */
export interface RerankProvider {
  /** Host and port. */
  readonly host: string;
  readonly model: string;
  readonly totals: { readonly requests: number; readonly documents: number };
  /** What all scores so far are: `logit` once one was outside of 0..1. */
  readonly scoreType: 'probability' | 'logit';
  /** `scores`: finite, one per document, in the documents' order; higher is better. */
  rerank(
    query: string,
    documents: readonly EmbeddingDocument[],
    signal: AbortSignal,
  ): Promise<{ readonly scores: readonly number[]; readonly requests: number }>;
}

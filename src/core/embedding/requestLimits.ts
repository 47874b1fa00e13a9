import type { EmbeddingConfig } from '../../protocol/config.ts';
import type { RateBudget } from './rateBudget.ts';

/** Upper bounds of a request: configured, and lowered by what the endpoint refused. Shared by all calls of a provider. */
export class RequestLimits {
  readonly #budget: RateBudget;
  readonly #configuredInputTokens: number;
  #maxBatchInputs: number;
  #maxBatchTokens: number;
  #maxInputTokens: number;

  constructor(config: EmbeddingConfig, budget: RateBudget) {
    this.#budget = budget;
    this.#maxBatchInputs = Math.max(1, config.maxBatchInputs);
    this.#maxBatchTokens = Math.max(1, config.maxBatchTokens);
    this.#maxInputTokens = Math.max(1, config.maxInputTokens);
    this.#configuredInputTokens = this.#maxInputTokens;
  }

  get maxBatchInputs(): number {
    return this.#maxBatchInputs;
  }

  /** A batch heavier than the budget of a minute would never pass. */
  get maxBatchTokens(): number {
    return Math.min(this.#maxBatchTokens, this.#budget.maxDocumentTokens);
  }

  get maxInputTokens(): number {
    return this.#maxInputTokens;
  }

  get hasLearntInputLimit(): boolean {
    return this.#maxInputTokens < this.#configuredInputTokens;
  }

  lowerBatchInputs(limit: number): void {
    this.#maxBatchInputs = Math.max(1, Math.min(this.#maxBatchInputs, limit));
  }

  lowerBatchTokens(limit: number): void {
    this.#maxBatchTokens = Math.max(1, Math.min(this.#maxBatchTokens, limit));
  }

  /** False when the limit is not news. */
  lowerInputTokens(limit: number): boolean {
    if (limit >= this.#maxInputTokens) return false;
    this.#maxInputTokens = limit;
    return true;
  }
}

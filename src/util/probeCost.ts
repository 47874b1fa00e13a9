import type { EmbeddingConfig } from '../protocol/config.ts';

/** Tokens of one of a probe's short texts. */
export const shortTextTokens = 8;
/** Batches of short texts: the search for the largest, and two more for its latency. */
const batches = 16;
/** Texts of the greatest length: two that differ in their end, and the search for what is read of them. */
const longTexts = 10;
const singles = 20;

/** What a probe of this endpoint spends at most; without refusals and silent cuts it is a third of it. */
export function maxProbeTokens({
  maxBatchInputs,
  maxBatchTokens,
  maxInputTokens,
}: Pick<EmbeddingConfig, 'maxBatchInputs' | 'maxBatchTokens' | 'maxInputTokens'>): number {
  const batchTokens = Math.min(maxBatchTokens, maxBatchInputs * shortTextTokens);
  return singles * shortTextTokens + batches * batchTokens + longTexts * Math.min(maxInputTokens, maxBatchTokens);
}

import { embeddingText } from '../chunking/embeddingText.ts';
import { estimateTokens } from '../chunking/tokens.ts';
import type { EmbeddingDocument } from '../providerPorts.ts';
import { type BatchBounds, countForBatch } from './batching.ts';

/** What was not sent, because the cache had it. */
export interface AvoidedCost {
  readonly requests: number;
  readonly tokens: number;
}

/**
 * What it would have cost to ask for the documents that the cache had, beside those it had not: tokens by
 * {@link estimateTokens}, requests by filling them as the provider does.
 */
export function avoidedCost(
  documents: readonly EmbeddingDocument[],
  isCached: (index: number) => boolean,
  bounds: BatchBounds,
): AvoidedCost {
  const all = documents.map((document) => estimateTokens(embeddingText(document)));
  const asked = all.filter((_, index) => !isCached(index));
  const sum = (tokens: readonly number[]): number => tokens.reduce((total, count) => total + count, 0);
  return { requests: countRequests(all, bounds) - countRequests(asked, bounds), tokens: sum(all) - sum(asked) };
}

function countRequests(tokens: readonly number[], bounds: BatchBounds): number {
  let requests = 0;
  for (let start = 0; start < tokens.length; requests++) {
    start += countForBatch(tokens.slice(start, start + bounds.maxBatchInputs), bounds);
  }
  return requests;
}

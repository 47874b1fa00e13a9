import type { MetricsSnapshot } from '../../src/protocol/metrics.ts';
import type { EngineStatus } from '../../src/protocol/types.ts';
import { listPrice } from '../../src/util/embeddingPrices.ts';
import { fill } from '../shared/format.ts';
import type { Fact, FactWords } from './facts.ts';

/** How often the caches had an answer, what that saved, and how full they are. */
export function cacheFacts({ counters: counts }: MetricsSnapshot, status: EngineStatus, words: FactWords): Fact[] {
  const { strings, format } = words;
  const { cache } = status;
  const rate = (key: string, name: string, hits: number, misses: number): Fact => {
    const hint = fill(strings.hitRateHint, format.integer(hits), format.integer(misses));
    if (hits + misses === 0) return { key, name, value: strings.none, hint };
    const share = hits / (hits + misses);
    return { key, name, value: format.percent(share), hint, share };
  };
  const size = fill(strings.budgetUsed, format.bytes(cache.bytes), format.bytes(cache.maxBytes));
  const used = cache.maxBytes === 0 ? 0 : cache.bytes / cache.maxBytes;
  return [
    rate('embeddings', strings.cacheHitRate, counts.cacheHits, counts.cacheMisses),
    rate('queries', strings.queryCacheHitRate, counts.queryCacheHits, counts.queryCacheMisses),
    ...(counts.cacheHits === 0 ? [] : savedFacts(counts, status, words)),
    {
      key: 'entries',
      name: strings.cacheEntries,
      value: format.integer(cache.entries),
      hint: strings.cacheEntriesHint,
    },
    { key: 'size', name: strings.cacheSize, value: size, hint: strings.cacheSizeHint, share: used },
  ];
}

/** Estimates, and marked as such. Money only where the model's price is known. */
function savedFacts(
  { cacheSavedRequests: requests, cacheSavedTokens: tokens }: MetricsSnapshot['counters'],
  { folders }: EngineStatus,
  { strings, format }: FactWords,
): Fact[] {
  const about = (key: string, name: string, value: string, hint: string): Fact => ({
    ...{ key, name, hint },
    value: fill(strings.about, value),
  });
  const money = folders.flatMap(({ space }) => (space && listPrice(space.model, tokens)) ?? [])[0];
  return [
    about('savedRequests', strings.savedRequests, format.integer(requests), strings.savedHint),
    about('savedTokens', strings.savedTokens, format.integer(tokens), strings.savedHint),
    ...(money === undefined
      ? []
      : [about('savedMoney', strings.savedMoney, format.dollars(money), strings.savedMoneyHint)]),
  ];
}

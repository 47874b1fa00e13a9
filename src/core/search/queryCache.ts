import { LRUCache } from 'lru-cache';
import type { SearchConfig } from '../../protocol/config.ts';
import type { SearchResponse } from '../../protocol/types.ts';

/**
 * Answers of recent searches (seed: 1,000 entries, 300 s). The key holds the versions of the searched indexes, so any
 * change of an index makes its old answers unreachable.
 */
export class QueryCache {
  readonly #cache: LRUCache<string, SearchResponse>;

  constructor({ queryCacheEntries, queryCacheTtlMs }: SearchConfig) {
    this.#cache = new LRUCache({ max: Math.max(1, queryCacheEntries), ttl: Math.max(1, queryCacheTtlMs) });
  }

  get(key: string): SearchResponse | undefined {
    return this.#cache.get(key);
  }

  clear(): void {
    this.#cache.clear();
  }

  set(key: string, response: SearchResponse): void {
    this.#cache.set(key, response);
  }
}

import { throwIfAborted, toAppError } from '../../protocol/errors.ts';
import { embeddingText } from '../chunking/embeddingText.ts';
import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { Clock, EmbeddingProvider, Metrics } from '../ports.ts';
import { toHex } from '../../util/hex.ts';
import type { Catalogue } from '../store/catalogue.ts';
import type { PendingChunk } from '../store/vectorLedger.ts';
import { documentKey, type VectorTier } from './vectorTier.ts';

/** Chunks looked at together: enough for several full requests in flight, small enough to hold in memory. */
const windowChunks = 2_000;

/** What embedding the pending chunks of a folder did. */
export interface EmbedTotals {
  chunksEmbedded: number;
  chunksFromCache: number;
  requests: number;
  tokens: number;
}

export function emptyEmbedTotals(): EmbedTotals {
  return { chunksEmbedded: 0, chunksFromCache: 0, requests: 0, tokens: 0 };
}

export interface EmbedTarget {
  readonly catalogue: Catalogue;
  readonly tier: VectorTier;
  readonly provider: EmbeddingProvider;
  /** Chunks of files just edited: embedded before the rest. Emptied as they are taken. */
  readonly priority: number[];
  readonly onProgress: (done: number, total: number) => void;
  /** Vectors became searchable. */
  readonly onEmbedded: () => void;
}

/**
 * Embeds pending chunks. The queue is the catalogue (chunks without a vector in the space); the order of effects makes
 * a crash cheap: a vector goes to the cache first, so a text whose answer arrived is never paid for again, then its
 * chunks are marked in the catalogue, then it is added to the index. One folder at a time, so that the same text in two
 * folders is asked for once.
 */
export class EmbedQueue {
  readonly #cache: EmbeddingCache;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();

  constructor(cache: EmbeddingCache, metrics: Metrics, clock: Clock) {
    this.#cache = cache;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** Embeds until nothing of the target is pending. Throws the provider's error; what was paid for is kept. */
  async run(target: EmbedTarget, totals: EmbedTotals, signal?: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#run(target, totals, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(target: EmbedTarget, totals: EmbedTotals, signal: AbortSignal | undefined): Promise<void> {
    const { catalogue, tier } = target;
    const total = catalogue.ledger.countPendingChunks(tier.spaceRow);
    let done = 0;
    let afterId = 0;
    target.onProgress(done, total);
    for (;;) {
      throwIfAborted(signal);
      const window = this.#takePriority(target);
      if (window.length === 0) {
        window.push(...catalogue.ledger.pendingChunks(tier.spaceRow, afterId, windowChunks));
        afterId = window.at(-1)?.id ?? afterId;
      }
      if (window.length === 0) return;
      await this.#embedWindow(target, window, totals, signal, (count) => {
        done += count;
        target.onProgress(done, Math.max(total, done));
      });
    }
  }

  #takePriority(target: EmbedTarget): PendingChunk[] {
    const ids = target.priority.splice(0, windowChunks);
    return ids.length === 0 ? [] : target.catalogue.ledger.pendingChunksOf(target.tier.spaceRow, ids);
  }

  async #embedWindow(
    target: EmbedTarget,
    window: readonly PendingChunk[],
    totals: EmbedTotals,
    signal: AbortSignal | undefined,
    onDone: (count: number) => void,
  ): Promise<void> {
    const { provider, tier, catalogue } = target;
    const groups = groupByIdentity(window);
    const keys = groups.map(({ identity }) => documentKey(this.#cache, tier.space, identity));
    const cached = this.#metrics.time('cache', () => this.#cache.getMany(keys));
    const misses: number[] = [];
    const hits: { group: ChunkGroup; vector: Float32Array }[] = [];
    groups.forEach((group, position) => {
      const vector = cached[position];
      if (vector === undefined) misses.push(position);
      else hits.push({ group, vector });
    });
    this.#metrics.count('cacheHits', hits.length);
    this.#metrics.count('cacheMisses', misses.length);
    if (hits.length > 0) {
      await this.#commit(target, hits);
      totals.chunksFromCache += hits.length;
      onDone(hits.reduce((sum, { group }) => sum + group.ids.length, 0));
    }
    if (misses.length === 0) return;

    const texts = misses.map((position) => {
      const first = groups[position]?.first;
      return first === undefined ? '' : embeddingText(first.path, first);
    });
    const before = provider.status();
    const commits: Promise<void>[] = [];
    try {
      await provider.embedDocuments(texts, signal, (indexes, vectors) => {
        const entries = indexes.flatMap((index, order) => {
          const position = misses[index];
          const group = position === undefined ? undefined : groups[position];
          const key = position === undefined ? undefined : keys[position];
          const vector = vectors[order];
          if (group === undefined || key === undefined || vector === undefined) return [];
          return [{ group, key, vector }];
        });
        this.#metrics.time('cache', () => this.#cache.putMany(entries));
        totals.chunksEmbedded += entries.length;
        commits.push(
          this.#commit(target, entries).then(() =>
            onDone(entries.reduce((sum, { group }) => sum + group.ids.length, 0)),
          ),
        );
      });
    } catch (error) {
      const appError = toAppError(error);
      const { inputIndexes } = appError.data;
      // The provider names the texts it alone could not embed; without them the whole call failed.
      if (!Array.isArray(inputIndexes)) throw appError;
      const refused = inputIndexes.flatMap((index: number) => groups[misses[index] ?? -1]?.ids ?? []);
      catalogue.transaction(() => catalogue.ledger.markEmbedFailed(refused, appError.message));
      onDone(refused.length);
    } finally {
      await Promise.all(commits);
      const { requests, tokens } = provider.status();
      totals.requests += requests - before.requests;
      totals.tokens += tokens - before.tokens;
      catalogue.transaction(() => {
        catalogue.addMeta('spentRequests', requests - before.requests);
        catalogue.addMeta('spentTokens', tokens - before.tokens);
      });
    }
  }

  /** Marks the chunks first, then adds them: a chunk removed meanwhile must not come back as a vector. */
  async #commit(target: EmbedTarget, entries: readonly { group: ChunkGroup; vector: Float32Array }[]): Promise<void> {
    const { catalogue, tier } = target;
    const ids: number[] = [];
    const vectors: Float32Array[] = [];
    catalogue.transaction(() => {
      const first = entries[0];
      if (first !== undefined) catalogue.ledger.learnDimensions(tier.spaceRow, first.vector.length);
      for (const { group, vector } of entries) {
        for (const id of catalogue.ledger.markEmbedded(tier.spaceRow, group.ids)) {
          ids.push(id);
          vectors.push(vector);
        }
      }
    });
    await tier.add(ids, vectors);
    const stillThere = new Set(catalogue.ledger.identities(ids).keys());
    await tier.remove(ids.filter((id) => !stillThere.has(id)));
    target.onEmbedded();
    await this.#clock.yield();
  }
}

interface ChunkGroup {
  readonly identity: Uint8Array;
  readonly first: PendingChunk;
  readonly ids: number[];
}

/** Chunks with the same text share one request and one vector. */
function groupByIdentity(chunks: readonly PendingChunk[]): ChunkGroup[] {
  const groups = new Map<string, ChunkGroup>();
  for (const chunk of chunks) {
    const key = toHex(chunk.identity);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { identity: chunk.identity, first: chunk, ids: [chunk.id] });
    else group.ids.push(chunk.id);
  }
  return [...groups.values()];
}

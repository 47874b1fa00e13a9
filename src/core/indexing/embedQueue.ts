import { throwIfAborted, toAppError } from '../../protocol/errors.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import { avoidedCost } from '../embedding/avoidedCost.ts';
import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { SpendingAccount } from '../embedding/spending.ts';
import type { MemoryGovernor } from '../memory/memoryGovernor.ts';
import type { Clock, Metrics } from '../ports.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import type { Catalogue } from '../store/catalogue.ts';
import type { PendingChunk } from '../store/vectorLedger.ts';
import { storePhrase } from '../store/storedPhrase.ts';
import { groupByIdentity, type ChunkGroup } from './chunkGroups.ts';
import { documentKey, type VectorTier } from './vectorTier.ts';

/** Chunks looked at together: enough for several full requests in flight, small enough to hold in memory. */
export const windowChunks = 2_000;
/** The same where vectors are made right here: some 15 ms of work, so that searches come between. */
const computedWindowChunks = 512;

/** Of a model whose vectors have not been seen yet. */
const assumedDimensions = 1_536;

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
  readonly account: SpendingAccount;
  /** Chunks of files just edited: embedded before the rest. Emptied as they are taken. */
  readonly priority: number[];
  readonly onProgress: (done: number, total: number) => void;
  /** Vectors became searchable. */
  readonly onEmbedded: () => void;
}

/** One caller's turn at the queue. */
interface Pass {
  readonly target: EmbedTarget;
  readonly totals: EmbedTotals;
  readonly signal: AbortSignal | undefined;
  /** Chunks that are dealt with, with a vector or without. */
  readonly onDone: (count: number) => void;
}

/**
 * Embeds pending chunks. The queue is the catalogue (chunks without a vector in the space); the order of effects makes
 * a crash cheap: a vector goes to the cache first, so a text whose answer arrived is never paid for again, then its
 * chunks are marked in the catalogue, then it is added to the index. One folder at a time, so that the same text in two
 * folders is asked for once. Where vectors can be made again as fast as read, they are not cached.
 */
export class EmbedQueue {
  readonly #cache: EmbeddingCache;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #memory: MemoryGovernor;
  #last: Promise<unknown> = Promise.resolve();

  constructor(cache: EmbeddingCache, metrics: Metrics, clock: Clock, memory: MemoryGovernor) {
    this.#memory = memory;
    this.#cache = cache;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** Embeds until nothing of the target is pending. Throws the provider's error; what was paid for is kept. */
  async run(target: EmbedTarget, totals: EmbedTotals, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => this.#run(target, totals, signal));
  }

  /** Embeds what {@link EmbedTarget.priority} names and nothing else; whatever that leaves, {@link run} finds. */
  async runPriority(target: EmbedTarget, totals: EmbedTotals, signal?: AbortSignal): Promise<void> {
    const pass = { target, totals, signal, onDone: () => undefined };
    return this.#inTurn(async () => {
      for (let window = this.#takePriority(target); window.length > 0; window = this.#takePriority(target)) {
        await this.#memory.admit(signal);
        await this.#embed(window, pass);
      }
    });
  }

  async #inTurn(body: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(body);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(target: EmbedTarget, totals: EmbedTotals, signal: AbortSignal | undefined): Promise<void> {
    throwIfAborted(signal);
    const { catalogue, tier } = target;
    const total = catalogue.ledger.countPendingChunks(tier.spaceRow);
    let done = 0;
    let afterId = 0;
    target.onProgress(done, total);
    if (total === 0) {
      // Named chunks that are gone, or have their vectors by now.
      target.priority.length = 0;
      return;
    }
    const onDone = (count: number): void => {
      done += count;
      target.onProgress(done, Math.max(total, done));
    };
    for (;;) {
      await this.#memory.admit(signal);
      const window = this.#takePriority(target);
      if (window.length === 0) {
        window.push(...catalogue.ledger.pendingChunks(tier.spaceRow, afterId, this.#windowOf(target)));
        afterId = window.at(-1)?.id ?? afterId;
      }
      if (window.length === 0) return;
      await this.#embed(window, { target, totals, signal, onDone });
    }
  }

  #windowOf({ provider }: EmbedTarget): number {
    if (provider.recomputable) return computedWindowChunks;
    return this.#memory.batchSize(provider.space.dimensions || assumedDimensions, windowChunks);
  }

  #takePriority(target: EmbedTarget): PendingChunk[] {
    const ids = target.priority.splice(0, this.#windowOf(target));
    return ids.length === 0 ? [] : target.catalogue.ledger.pendingChunksOf(target.tier.spaceRow, ids);
  }

  async #embed(window: readonly PendingChunk[], pass: Pass): Promise<void> {
    if (pass.target.provider.recomputable) await this.#computeWindow(window, pass);
    else await this.#embedWindow(window, pass);
  }

  /** Each chunk by itself: its vector depends on its path as well, and there is nobody to pay. */
  async #computeWindow(window: readonly PendingChunk[], { target, totals, signal, onDone }: Pass): Promise<void> {
    const { vectors, tokens } = await target.provider.embedDocuments(window, signal);
    await this.#commit(
      target,
      window.flatMap(({ id }, index) => {
        const vector = vectors[index];
        return vector === undefined ? [] : [{ ids: [id], vector }];
      }),
    );
    totals.chunksEmbedded += window.length;
    totals.tokens += tokens;
    onDone(window.length);
  }

  async #embedWindow(window: readonly PendingChunk[], { target, totals, signal, onDone }: Pass): Promise<void> {
    const { account, provider, tier, catalogue } = target;
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
      const documents = groups.map(({ first }) => first);
      const saved = avoidedCost(documents, (index) => cached[index] !== undefined, provider.limits);
      this.#metrics.count('cacheSavedRequests', saved.requests);
      this.#metrics.count('cacheSavedTokens', saved.tokens);
      await this.#commit(
        target,
        hits.map(({ group, vector }) => ({ ids: group.ids, vector })),
      );
      totals.chunksFromCache += hits.length;
      onDone(hits.reduce((sum, { group }) => sum + group.ids.length, 0));
    }
    if (misses.length === 0) return;

    const documents = misses.flatMap((position) => groups[position]?.first ?? []);
    const before = provider.status();
    const commits: Promise<void>[] = [];
    const stop = new AbortController();
    const either = linkSignals(signal, stop.signal);
    try {
      const onBatch = (indexes: readonly number[], vectors: readonly Float32Array[]): void => {
        const entries = indexes.flatMap((index, order) => {
          const position = misses[index];
          const group = position === undefined ? undefined : groups[position];
          const key = position === undefined ? undefined : keys[position];
          const vector = vectors[order];
          if (group === undefined || key === undefined || vector === undefined) return [];
          return [{ group, ids: group.ids, key, vector }];
        });
        this.#metrics.time('cache', () => this.#cache.putMany(entries));
        totals.chunksEmbedded += entries.length;
        const commit = this.#commit(target, entries).then(() =>
          onDone(entries.reduce((sum, { group }) => sum + group.ids.length, 0)),
        );
        commits.push(
          commit.catch((error: unknown) => stop.abort(error)), // What has no place to go is not paid for.
        );
      };
      await provider.embedDocuments(documents, either.signal, onBatch, account);
    } catch (error) {
      if (stop.signal.aborted) throw toAppError(stop.signal.reason);
      const appError = toAppError(error);
      const { inputIndexes } = appError.data;
      // The provider names the texts it alone could not embed; without them the whole call failed.
      if (!Array.isArray(inputIndexes)) throw appError;
      const refused = inputIndexes.flatMap((index: number) => groups[misses[index] ?? -1]?.ids ?? []);
      catalogue.transaction(() => catalogue.ledger.markEmbedFailed(refused, storePhrase(appError.phrase)));
      onDone(refused.length);
    } finally {
      either.unlink();
      await Promise.all(commits);
      const { requests, tokens } = provider.status();
      totals.requests += requests - before.requests;
      totals.tokens += tokens - before.tokens;
    }
    if (stop.signal.aborted) throw toAppError(stop.signal.reason);
  }

  /** Marks the chunks first, then adds them: a chunk removed meanwhile must not come back as a vector. */
  async #commit(
    { catalogue, tier, onEmbedded }: EmbedTarget,
    entries: readonly { readonly ids: readonly number[]; readonly vector: Float32Array }[],
  ): Promise<void> {
    const vectors = new Map(entries.flatMap(({ ids, vector }) => ids.map((id) => [id, vector] as const)));
    const marked = catalogue.transaction(() => {
      const first = entries[0];
      if (first !== undefined) catalogue.ledger.learnDimensions(tier.spaceRow, first.vector.length);
      return new Set(catalogue.ledger.markEmbedded(tier.spaceRow, [...vectors.keys()]));
    });
    for (const id of vectors.keys()) if (!marked.has(id)) vectors.delete(id);
    const ids = [...vectors.keys()];
    await tier.add(ids, [...vectors.values()]);
    await tier.remove(catalogue.ledger.missing(ids));
    this.#metrics.count('vectorsAdded', ids.length);
    onEmbedded();
    await this.#clock.yield();
  }
}

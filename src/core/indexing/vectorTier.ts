import { CancelledError, toAppError } from '../../protocol/errors.ts';
import type { EngineConfig } from '../../protocol/config.ts';
import type { RecallStats } from '../../protocol/vectorStats.ts';
import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { Metrics, Platform, VectorHit, VectorIndex, VectorSearchOptions } from '../ports.ts';
import type { EmbeddingProvider, EmbeddingSpace } from '../providerPorts.ts';
import { toHex } from '../../util/hex.ts';
import type { Catalogue } from '../store/catalogue.ts';
import { upsertBatchSize } from '../vector/upsertBatchSize.ts';
import { RecallWatch, type RecallWatchOptions } from './recallWatch.ts';

/** Vectors fetched from the cache, or made again, at a time while an index is filled again. */
const refillBatch = 256;
/** Of a space whose vectors can be cut short, the first look takes this share of the dimensions, but not fewer than: */
const prefixShare = 1 / 4;
const minPrefix = 256;

export interface VectorTierOptions {
  readonly catalogue: Catalogue;
  readonly cache: EmbeddingCache;
  readonly platform: Platform;
  readonly metrics: Metrics;
  readonly config: () => EngineConfig;
  readonly indexDir: string;
  readonly provider: EmbeddingProvider;
  /** False for a process that only reads this folder's index: it never writes the snapshot or the catalogue. */
  readonly writable: boolean;
  readonly recall: Pick<RecallWatchOptions, 'whenIdle' | 'isBusy' | 'onChecked'>;
}

/**
 * The vectors of one folder in one space: the index in memory, its snapshot on disk, and the catalogue's word on which
 * chunks belong in it. The snapshot is only ever a head start: ids are compared with the catalogue after loading,
 * missing vectors come from the embedding cache or, where that costs no more than reading, from the provider anew; a
 * snapshot that is missing or wrong costs a refill, nothing else. The index keeps codes of a quarter of the size; exact
 * vectors, which settle the order of hits, are in the cache. Where none are kept, the codes have the last word.
 */
export class VectorTier {
  readonly space: EmbeddingSpace;
  readonly #options: VectorTierOptions;
  readonly #watch: RecallWatch;
  #provider: EmbeddingProvider;
  #spaceRow: number;
  #isAlone = false;
  #disposed = false;
  /** Settings that recall depends on. */
  #rules: string;
  #index: VectorIndex | undefined;
  #opening: Promise<VectorIndex> | undefined;

  private constructor(options: VectorTierOptions, spaceRow: number) {
    this.#options = options;
    this.space = options.provider.space;
    this.#provider = options.provider;
    this.#spaceRow = spaceRow;
    const { platform, config, recall } = options;
    this.#rules = recallRules(config());
    this.#watch = new RecallWatch({
      ...recall,
      clock: platform.clock,
      logger: platform.logger,
      index: () => this.#index,
      goal: () => config().index.recallGoal,
    });
  }

  /** Restores the snapshot, or fills the index from the cache. */
  static async open(options: VectorTierOptions, signal?: AbortSignal): Promise<VectorTier> {
    const { catalogue, provider } = options;
    const { space } = provider;
    const tier = new VectorTier(
      options,
      options.writable ? catalogue.ledger.spaceRow(space) : catalogue.ledger.findSpaceRow(space.id),
    );
    const dimensions = space.dimensions || catalogue.ledger.spaceDimensions(space.id);
    try {
      if (dimensions > 0) {
        await tier.#ensureIndex(dimensions);
        await tier.reconcile(signal);
      }
      return tier;
    } catch (error) {
      await tier.dispose();
      throw error;
    }
  }

  /** The space's row in the catalogue; 0 in a reader whose writer has not met the space yet. */
  get spaceRow(): number {
    if (this.#spaceRow === 0) this.#spaceRow = this.#options.catalogue.ledger.findSpaceRow(this.space.id);
    return this.#spaceRow;
  }

  get count(): number {
    return this.#index?.count ?? 0;
  }

  get index(): VectorIndex | undefined {
    return this.#index;
  }

  async add(ids: readonly number[], vectors: readonly Float32Array[]): Promise<void> {
    const first = vectors[0];
    if (first === undefined) return;
    const { metrics, platform } = this.#options;
    const index = await this.#ensureIndex(first.length);
    const size = upsertBatchSize(first.length);
    for (let start = 0; start < ids.length; start += size) {
      if (start > 0) await platform.clock.yield();
      const [some, rows] = [ids.slice(start, start + size), vectors.slice(start, start + size)];
      await metrics.timeAsync('upsert', async () => index.add(some, rows));
      this.#watch.noteChange(some.length);
    }
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    this.#watch.noteChange(ids.length);
    await this.#index?.remove(ids);
  }

  /** Checks the recall of the index now ({@link RecallWatch.check}). */
  async checkRecall(signal: AbortSignal | undefined): Promise<RecallStats | undefined> {
    return this.#watch.check(signal);
  }

  async search(query: Float32Array, k: number, options: VectorSearchOptions): Promise<readonly VectorHit[]> {
    this.#watch.noteSearch();
    return (await this.#index?.search(query, k, options)) ?? [];
  }

  /** Makes the index hold exactly the chunks the catalogue says are embedded in this space. */
  async reconcile(signal?: AbortSignal): Promise<void> {
    const { catalogue, platform, writable } = this.#options;
    const wanted = new Set(catalogue.ledger.embeddedIds(this.spaceRow));
    const extra: number[] = [];
    for (const id of (await this.#index?.ids()) ?? []) if (!wanted.delete(id)) extra.push(id);
    await this.remove(extra);
    const missing = [...wanted];
    for (let start = 0; start < missing.length; start += refillBatch) {
      signal?.throwIfAborted();
      const ids = missing.slice(start, start + refillBatch);
      const vectors = this.#provider.recomputable ? await this.#recompute(ids, signal) : this.#readVectors(ids);
      const found = ids.filter((_, position) => vectors[position] !== undefined);
      await this.add(
        found,
        vectors.filter((vector) => vector !== undefined),
      );
      // Removed while they were being added.
      await this.remove(catalogue.ledger.missing(found));
      const lost = ids.filter((_, position) => vectors[position] === undefined);
      if (writable && lost.length > 0) catalogue.transaction(() => catalogue.ledger.markNotEmbedded(lost));
      await platform.clock.yield();
    }
  }

  /** Puts back vectors that the catalogue knows of and the index has not; costs nothing when there are none (health, `index`). */
  async refill(signal: AbortSignal): Promise<void> {
    if (this.count < this.#options.catalogue.ledger.countEmbedded(this.spaceRow)) await this.reconcile(signal);
  }

  /** Writes the snapshot if anything changed since the last one. */
  async save(): Promise<void> {
    if (this.#options.writable) await this.#index?.save();
  }

  /** Removes the snapshots of all other spaces: of the one before, also when that was in another session. */
  async removeOtherSnapshots(): Promise<void> {
    const { platform, indexDir, writable } = this.#options;
    if (!writable || this.#isAlone) return;
    const others = /^vectors-[0-9a-f]+\.snapshot\./u;
    for (const name of await platform.storage.list(indexDir)) {
      if (others.test(name) && !name.startsWith(`${this.#snapshotName()}.`))
        await platform.storage.remove(platform.storage.join(indexDir, name));
    }
    this.#isAlone = true;
  }

  /** Follows the settings. `provider`: of the same space. */
  async configure(provider: EmbeddingProvider): Promise<void> {
    this.#provider = provider;
    const config = this.#options.config();
    await this.#index?.setEngine(config.index.engine);
    const rules = recallRules(config);
    if (rules !== this.#rules) this.#watch.noteChange(Infinity);
    this.#rules = rules;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#watch.dispose();
    const opening = this.#opening;
    this.#index = this.#opening = undefined;
    await (await opening?.catch(() => undefined))?.dispose();
  }

  #snapshotName(): string {
    return `vectors-${this.space.id}.snapshot`;
  }

  /** An index that is opened after {@link dispose} would stay for good: CancelledError. */
  async #ensureIndex(dimensions: number): Promise<VectorIndex> {
    if (this.#disposed) throw new CancelledError();
    this.#opening ??= this.#openIndex(dimensions).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    const index = await this.#opening;
    if (this.#disposed) throw new CancelledError();
    if (this.#index === undefined) {
      this.#index = index;
      this.#watch.noteChange(0);
    }
    return index;
  }

  async #openIndex(dimensions: number): Promise<VectorIndex> {
    const { platform, config, indexDir } = this.#options;
    const { m, efConstruction, ef, engine, threads } = config().index;
    const prefix = Math.max(minPrefix, Math.ceil(dimensions * prefixShare));
    return platform.vectorIndexes.open({
      spaceId: this.space.id,
      dimensions,
      engine,
      threads,
      imagePath: platform.storage.join(indexDir, this.#snapshotName()),
      ...(this.#provider.recomputable ? {} : { rows: (ids) => this.#readVectors(ids) }),
      onLoss: () => {
        this.reconcile().catch((error: unknown) => {
          if (error instanceof CancelledError) return;
          const fields = { error: toAppError(error).message };
          platform.logger.log({ level: 'warn', message: 'Lost vectors could not be filled in again', fields });
        });
      },
      ...(this.space.matryoshka && prefix < dimensions ? { prefixDimensions: prefix } : {}),
      ...(m === undefined ? {} : { m }),
      ...(efConstruction === undefined ? {} : { efConstruction }),
      ...(ef === undefined ? {} : { ef }),
    });
  }

  /** By the provider; undefined for chunks that are gone. */
  async #recompute(ids: readonly number[], signal: AbortSignal | undefined): Promise<(Float32Array | undefined)[]> {
    const chunks = this.#options.catalogue.ledger.documents(ids);
    const { vectors } = await this.#provider.embedDocuments(chunks, signal);
    const byId = new Map(chunks.map(({ id }, index) => [id, vectors[index]]));
    return ids.map((id) => byId.get(id));
  }

  /** From the cache; undefined where it was evicted there. */
  #readVectors(ids: readonly number[]): (Float32Array | undefined)[] {
    const { catalogue, cache } = this.#options;
    const identities = catalogue.ledger.identities(ids);
    return cache.getMany(ids.map((id) => documentKey(cache, this.space, identities.get(id))));
  }
}

function recallRules({ index: { engine, recallGoal } }: EngineConfig): string {
  return `${engine}:${recallGoal}`;
}

/** Cache key of a chunk: its identity leaves out the path, so a renamed file finds its vectors again. */
export function documentKey(
  cache: EmbeddingCache,
  space: EmbeddingSpace,
  identity: Uint8Array | undefined,
): Uint8Array {
  return cache.key(space.id, 'document', identity === undefined ? '' : toHex(identity));
}

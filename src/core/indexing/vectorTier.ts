import { AppError } from '../../protocol/errors.ts';
import type { EngineConfig } from '../../protocol/config.ts';
import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type {
  EmbeddingSpace,
  Metrics,
  Platform,
  VectorHit,
  VectorIndex,
  VectorIndexOptions,
  VectorSearchOptions,
} from '../ports.ts';
import { toHex } from '../../util/hex.ts';
import type { Catalogue } from '../store/catalogue.ts';

/** Vectors fetched from the cache at a time while an index is filled again. */
const refillBatch = 256;
/** Length of one slice of background work on the index. */
const maintenanceSliceMs = 8;

export interface VectorTierOptions {
  readonly catalogue: Catalogue;
  readonly cache: EmbeddingCache;
  readonly platform: Platform;
  readonly metrics: Metrics;
  readonly config: () => EngineConfig;
  readonly indexDir: string;
  readonly space: EmbeddingSpace;
  /** False for a process that only reads this folder's index: it never writes the snapshot or the catalogue. */
  readonly writable: boolean;
}

/**
 * The vectors of one folder in one space: the index in memory, its snapshot on disk, and the catalogue's word on which
 * chunks belong in it. The snapshot is only ever a head start: ids are compared with the catalogue after loading,
 * missing vectors come from the embedding cache, and a snapshot that is missing or wrong costs a refill, nothing else.
 */
export class VectorTier {
  readonly space: EmbeddingSpace;
  readonly #options: VectorTierOptions;
  #spaceRow: number;
  #index: VectorIndex | undefined;
  #unsaved = 0;
  #maintaining = false;
  #disposed = false;

  private constructor(options: VectorTierOptions, spaceRow: number) {
    this.#options = options;
    this.space = options.space;
    this.#spaceRow = spaceRow;
  }

  /** Restores the snapshot, or fills the index from the cache. */
  static async open(options: VectorTierOptions, signal?: AbortSignal): Promise<VectorTier> {
    const { catalogue, space } = options;
    const tier = new VectorTier(
      options,
      options.writable ? catalogue.ledger.spaceRow(space) : catalogue.ledger.findSpaceRow(space.id),
    );
    const dimensions = space.dimensions || catalogue.ledger.spaceDimensions(space.id);
    if (dimensions > 0) {
      await tier.#restore(dimensions);
      await tier.reconcile(signal);
    }
    return tier;
  }

  /** The space's row in the catalogue; 0 in a reader whose writer has not met the space yet. */
  get spaceRow(): number {
    if (this.#spaceRow === 0) this.#spaceRow = this.#options.catalogue.ledger.findSpaceRow(this.space.id);
    return this.#spaceRow;
  }

  get count(): number {
    return this.#index?.stats().count ?? 0;
  }

  get index(): VectorIndex | undefined {
    return this.#index;
  }

  snapshotPath(): string {
    return this.#options.platform.storage.join(this.#options.indexDir, `vectors-${this.space.id}.snapshot`);
  }

  async add(ids: readonly number[], vectors: readonly Float32Array[]): Promise<void> {
    const first = vectors[0];
    if (first === undefined) return;
    const index = await this.#ensureIndex(first.length);
    this.#options.metrics.time('upsert', () => {
      ids.forEach((id, position) => {
        const vector = vectors[position];
        if (vector !== undefined) index.add(id, vector);
      });
    });
    this.#unsaved += ids.length;
    this.#scheduleMaintenance();
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) if (this.#index?.remove(id) === true) this.#unsaved++;
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions): readonly VectorHit[] {
    return this.#index?.search(query, k, options) ?? [];
  }

  /** Makes the index hold exactly the chunks the catalogue says are embedded in this space. */
  async reconcile(signal?: AbortSignal): Promise<void> {
    const { catalogue, cache, platform, writable } = this.#options;
    const wanted = new Set(catalogue.ledger.embeddedIds(this.spaceRow));
    if (this.#index !== undefined) {
      const extra = [...this.#index.ids()].filter((id) => !wanted.has(id));
      this.remove(extra);
    }
    const missing = [...wanted].filter((id) => this.#index?.has(id) !== true);
    for (let start = 0; start < missing.length; start += refillBatch) {
      signal?.throwIfAborted();
      const ids = missing.slice(start, start + refillBatch);
      const identities = catalogue.ledger.identities(ids);
      const vectors = cache.getMany(ids.map((id) => documentKey(cache, this.space, identities.get(id))));
      const found = ids.filter((_, position) => vectors[position] !== undefined);
      await this.add(
        found,
        vectors.filter((vector) => vector !== undefined),
      );
      const lost = ids.filter((_, position) => vectors[position] === undefined);
      if (writable && lost.length > 0) catalogue.transaction(() => catalogue.ledger.markNotEmbedded(lost));
      await platform.clock.yield();
    }
  }

  /** Writes the snapshot if anything changed since the last one. */
  async save(): Promise<void> {
    const { platform, writable } = this.#options;
    if (!writable || this.#index === undefined || this.#unsaved === 0) return;
    this.#unsaved = 0;
    await platform.storage.writeAtomic(this.snapshotPath(), this.#index.save());
  }

  /** Removes the snapshot of a space nobody uses any more. */
  async removeSnapshot(): Promise<void> {
    if (this.#options.writable) await this.#options.platform.storage.remove(this.snapshotPath());
  }

  dispose(): void {
    this.#disposed = true;
    this.#index?.dispose();
    this.#index = undefined;
  }

  async #restore(dimensions: number): Promise<void> {
    const { platform } = this.#options;
    const image = await platform.storage.read(this.snapshotPath());
    if (image === undefined) return;
    try {
      this.#index = await platform.vectorIndexes.load(this.#indexOptions(dimensions), image);
      this.#scheduleMaintenance();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SnapshotDamaged') throw error;
      platform.logger.log({
        level: 'warn',
        message: 'The vector snapshot is not usable and is rebuilt from the cache',
        fields: { error: error.message },
      });
    }
  }

  async #ensureIndex(dimensions: number): Promise<VectorIndex> {
    this.#index ??= await this.#options.platform.vectorIndexes.create(this.#indexOptions(dimensions));
    return this.#index;
  }

  #indexOptions(dimensions: number): VectorIndexOptions {
    const { m, efConstruction, ef } = this.#options.config().index;
    return {
      spaceId: this.space.id,
      dimensions,
      ...(m === undefined ? {} : { m }),
      ...(efConstruction === undefined ? {} : { efConstruction }),
      ...(ef === undefined ? {} : { ef }),
    };
  }

  /** Graph building in slices between other work; searches are complete at any time (port contract). */
  #scheduleMaintenance(): void {
    if (this.#maintaining) return;
    this.#maintaining = true;
    void (async () => {
      const { clock, logger } = this.#options.platform;
      try {
        await clock.yield();
        while (!this.#disposed && this.#index?.maintain(maintenanceSliceMs) === true) await clock.yield();
      } catch (error) {
        logger.log({ level: 'error', message: 'Vector index maintenance failed', fields: { error: String(error) } });
      } finally {
        this.#maintaining = false;
      }
    })();
  }
}

/** Cache key of a chunk: its identity leaves out the path, so a renamed file finds its vectors again. */
export function documentKey(
  cache: EmbeddingCache,
  space: EmbeddingSpace,
  identity: Uint8Array | undefined,
): Uint8Array {
  return cache.key(space.id, 'document', identity === undefined ? '' : toHex(identity));
}

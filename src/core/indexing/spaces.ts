import { CancelledError, toAppError } from '../../protocol/errors.ts';
import { mayStillBeAsked } from '../embedding/succession.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import { VectorTier, type VectorTierOptions } from './vectorTier.ts';

/** A snapshot is written during a long run after this long, so that a crash costs little refilling. */
const snapshotIntervalMs = 60_000;

/** A folder's vectors with the provider that made them. */
export interface Space {
  readonly tier: VectorTier;
  readonly provider: EmbeddingProvider;
}

export interface SpacesOptions extends Omit<VectorTierOptions, 'provider'> {
  readonly onChanged: () => void;
}

/**
 * The embedding spaces of one folder: `target` is being filled, `answering` serves searches. They differ only while a new
 * model's vectors are being made; the old ones answer until the new ones are complete, unless asking them would send questions
 * to an endpoint that is not the configured one any more.
 */
export class Spaces {
  readonly #options: SpacesOptions;
  #answering: Space | undefined;
  #target: Space | undefined;
  #lastSnapshotMs: number;

  constructor(options: SpacesOptions) {
    this.#options = options;
    this.#lastSnapshotMs = options.platform.clock.now();
  }

  get answering(): Space | undefined {
    return this.#answering;
  }

  get target(): Space | undefined {
    return this.#target;
  }

  tiers(): Set<VectorTier> {
    return new Set([this.#answering, this.#target].flatMap((space) => space?.tier ?? []));
  }

  /** Makes the provider's space the target; undefined = no vectors any more (their snapshot stays). */
  async configure(provider: EmbeddingProvider | undefined, signal: AbortSignal): Promise<void> {
    if (provider === undefined) {
      await this.save();
      await this.#disposeTiers();
    } else if (this.#target?.tier.space.id === provider.space.id) {
      const same = { tier: this.#target.tier, provider };
      if (this.#answering?.tier === same.tier) this.#answering = same;
      this.#target = same;
      await same.tier.configure(provider);
    } else {
      if (this.#target !== undefined && this.#target.tier !== this.#answering?.tier) await this.#target.tier.dispose();
      const tier = await VectorTier.open({ ...this.#options, provider }, signal);
      this.#target = { tier, provider };
      const old = this.#answering;
      const isOver = old === undefined || !mayStillBeAsked(old.provider, provider);
      if (isOver || tier.count >= old.tier.count) await this.#promote();
    }
    this.#options.onChanged();
  }

  /** Follows what another process has written into the space that answers. */
  async reconcile(): Promise<void> {
    const asked = this.#answering;
    try {
      await asked?.tier.reconcile();
    } catch (error) {
      if (!(error instanceof CancelledError) || this.#answering?.tier === asked?.tier) throw error;
      // It has ended meanwhile; what answers in its place may have been opened before the change.
      await this.reconcile();
    }
  }

  /** The target is complete: it answers from now on, and what other spaces have left goes. */
  async complete(): Promise<void> {
    await this.#promote();
    await this.#target?.tier.removeOtherSnapshots();
  }

  /** Chunks that no longer exist leave every space at once. */
  remove(chunkIds: readonly number[]): void {
    for (const tier of this.tiers()) {
      // What is left behind is found and removed when the index is opened next; the chunks are gone from answers already.
      tier.remove(chunkIds).catch((error: unknown) => {
        // All of them are gone when the tier has ended.
        if (!(error instanceof CancelledError)) this.#warn('Vectors could not be removed', error);
      });
    }
  }

  /** Writes the target's snapshot when the last one is older than {@link snapshotIntervalMs}. */
  async saveNowAndThen(): Promise<void> {
    const now = this.#options.platform.clock.now();
    if (now - this.#lastSnapshotMs >= snapshotIntervalMs) await this.save();
  }

  async save(): Promise<void> {
    const { platform } = this.#options;
    this.#lastSnapshotMs = platform.clock.now();
    try {
      await this.#target?.tier.save();
    } catch (error) {
      // A missing snapshot costs time at the next start, nothing else.
      this.#warn('The vector snapshot could not be written', error);
    }
  }

  async close(): Promise<void> {
    await this.save();
    await this.#disposeTiers();
  }

  async #promote(): Promise<void> {
    const old = this.#answering;
    if (this.#target === undefined || old?.tier === this.#target.tier) return;
    this.#answering = this.#target;
    this.#options.onChanged();
    await old?.tier.dispose();
  }

  #warn(message: string, error: unknown): void {
    this.#options.platform.logger.log({ level: 'warn', message, fields: { error: toAppError(error).message } });
  }

  async #disposeTiers(): Promise<void> {
    const tiers = this.tiers();
    this.#answering = this.#target = undefined;
    for (const tier of tiers) await tier.dispose();
  }
}

import { CancelledError, failureOf, throwIfAborted, toAppError } from '../../protocol/errors.ts';
import type { Failure } from '../../protocol/types.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { Logger } from '../ports.ts';
import type { SpendingAccount } from '../embedding/spending.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import type { Catalogue } from '../store/catalogue.ts';
import { emptyEmbedTotals, type EmbedQueue, type EmbedTarget, type EmbedTotals } from './embedQueue.ts';
import type { Spaces } from './spaces.ts';

/** Chunks that are worth a turn of their own while files are still being chunked. */
const aheadChunks = 256;

export interface FolderEmbeddingOptions {
  /** What its requests are charged to. */
  readonly account: SpendingAccount;
  readonly catalogue: Catalogue;
  readonly spaces: Spaces;
  readonly embedQueue: EmbedQueue;
  readonly logger: Logger;
  /** Resolves when the target space is the configured one. */
  readonly configured: () => Promise<void>;
  readonly onProgress: (done: number, total: number) => void;
  /** Vectors became searchable. */
  readonly onEmbedded: () => void;
}

interface Run {
  readonly provider: EmbeddingProvider;
  readonly stop: AbortController;
}

/**
 * When a folder's chunks get their vectors: after its files are chunked, or, where vectors are made right here, while other
 * files are still being parsed in their processes. Chunks stored during a run go first in it.
 */
export class FolderEmbedding {
  readonly #options: FolderEmbeddingOptions;
  readonly #priority: number[] = [];
  readonly #running = new Map<Promise<unknown>, Run>();
  #aheadSignal: AbortSignal | undefined;
  #aheadTotals = emptyEmbedTotals();
  #error: Failure | undefined;

  constructor(options: FolderEmbeddingOptions) {
    this.#options = options;
  }

  /** A run is under way that will take chunks stored now with it. */
  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  /** Of the runs under way. */
  get providers(): readonly EmbeddingProvider[] {
    return [...this.#running.values()].map(({ provider }) => provider);
  }

  /** What ended the last run; undefined when it came to its end, or nothing is to be embedded any more. */
  get error(): Failure | undefined {
    return this.#error;
  }

  /**
   * Makes the provider's space the target. Runs into another one end as cancelled: what they have made is kept, more would be
   * paid for and not used.
   */
  async configure(provider: EmbeddingProvider | undefined, signal: AbortSignal): Promise<void> {
    for (const run of this.#running.values())
      if (run.provider.space.id !== provider?.space.id) run.stop.abort(new CancelledError());
    await this.#options.spaces.configure(provider, signal);
  }

  /** From now on to {@link finish} chunks are embedded as they are stored, where vectors are made right here. */
  begin(signal: AbortSignal): void {
    this.#aheadSignal = signal;
    this.#aheadTotals = emptyEmbedTotals();
  }

  /** There will be no {@link finish}. */
  abandon(): void {
    this.#aheadSignal = undefined;
  }

  /** Embeds what is left; what was done since {@link begin} is counted in. */
  async finish(signal: AbortSignal): Promise<EmbedTotals> {
    this.#aheadSignal = undefined;
    return this.#run(this.#aheadTotals, signal, true);
  }

  /** Chunks were stored. */
  onStored(ids: readonly number[]): void {
    const signal = this.#aheadSignal;
    const isAhead = signal?.aborted === false && this.#options.spaces.target?.provider.recomputable === true;
    if (isAhead || this.isRunning) this.#priority.push(...ids);
    if (!isAhead || this.isRunning || this.#priority.length < aheadChunks) return;
    const target = this.#target();
    if (target === undefined) return;
    // What keeps it from its work is met, and reported, by the run that follows.
    const totals = this.#aheadTotals;
    const task = this.#track(target, signal, async (either) =>
      this.#options.embedQueue.runPriority(target, totals, either),
    );
    task.catch(() => undefined);
  }

  /** Embeds what is pending in the target space; a provider's failure is reported, not thrown: lexical search goes on. */
  async run(signal: AbortSignal): Promise<EmbedTotals> {
    return this.#run(emptyEmbedTotals(), signal, false);
  }

  async #run(totals: EmbedTotals, signal: AbortSignal, isWholeIndex: boolean): Promise<EmbedTotals> {
    const { spaces, embedQueue, logger, configured } = this.#options;
    await configured();
    const target = this.#target();
    if (target === undefined) {
      this.#error = undefined;
      return totals;
    }
    try {
      await this.#track(target, signal, async (either) => embedQueue.run(target, totals, either));
      this.#error = undefined;
      await spaces.complete();
    } catch (error) {
      const appError = toAppError(error);
      const { code, message } = appError;
      if (code === 'Cancelled') throw appError;
      this.#error = failureOf(appError);
      logger.log({ level: 'error', message: 'Embedding stopped', fields: { code, error: message } });
      if (!code.startsWith('Provider') && code !== 'BudgetReached') throw appError;
    }
    // After a change of a few files the snapshot is still a good head start; writing it anew is a matter of all vectors.
    if (isWholeIndex) await spaces.save();
    else void spaces.saveNowAndThen();
    // Chunks stored in the moment between the queue's last look and its end.
    if (!this.isRunning && this.#priority.length > 0 && this.#error === undefined)
      await this.#run(totals, signal, isWholeIndex);
    return totals;
  }

  async #track(
    { provider }: EmbedTarget,
    signal: AbortSignal,
    work: (either: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const stop = new AbortController();
    const either = linkSignals(signal, stop.signal);
    const task = work(either.signal);
    this.#running.set(task, { provider, stop });
    try {
      await task;
      // Ended before it looked at the signal: what it says is about a space that is not the target any more.
      throwIfAborted(stop.signal);
    } finally {
      either.unlink();
      this.#running.delete(task);
    }
  }

  /** Resolves when no run is under way. */
  async settle(): Promise<void> {
    this.#aheadSignal = undefined;
    await Promise.allSettled(this.#running.keys());
  }

  #target(): EmbedTarget | undefined {
    const { account, catalogue, spaces, onProgress, onEmbedded } = this.#options;
    const { target } = spaces;
    if (target === undefined) return undefined;
    return {
      catalogue,
      tier: target.tier,
      provider: target.provider,
      account,
      priority: this.#priority,
      onProgress,
      onEmbedded: () => {
        onEmbedded();
        void spaces.saveNowAndThen();
      },
    };
  }
}

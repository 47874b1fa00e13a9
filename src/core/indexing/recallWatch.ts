import { AppError, CancelledError, toAppError } from '../../protocol/errors.ts';
import type { RecallStats } from '../../protocol/vectorStats.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { Clock, Logger, VectorIndex } from '../ports.ts';

/** Nothing was searched or changed for so long: nobody is about to wait. */
const idleMs = 10_000;
/** Checks are at least this far apart. */
const minIntervalMs = 300_000;
/** Share of the vectors that has to change before answers are compared again. */
const changedShare = 0.1;

export interface RecallWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly index: () => VectorIndex | undefined;
  /** Recall@10 to hold, 0..1. */
  readonly goal: () => number;
  /** False: checks when it is asked to and never by itself. */
  readonly whenIdle: boolean;
  /** Files are being chunked or chunks embedded: more changes are about to come. */
  readonly isBusy: () => boolean;
  readonly onChecked: () => void;
}

/**
 * When the recall of an index is checked: once after it was opened, and after many of its vectors have changed, each time
 * only while nobody uses it. A search or a change ends a check, which then waits for the next idle time. No timer runs
 * while there is nothing to check.
 */
export class RecallWatch {
  readonly #options: RecallWatchOptions;
  readonly #closing = new AbortController();
  /** Of the check that runs because of idleness. */
  #checking: AbortController | undefined;
  #waiting: Promise<void> | undefined;
  /** Vectors added or removed since the last check; the first one is due in any case. */
  #changed = Infinity;
  #usedMs = 0;
  #checkedMs = -Infinity;

  constructor(options: RecallWatchOptions) {
    this.#options = options;
  }

  /** The index was searched. */
  noteSearch(): void {
    this.#usedMs = this.#options.clock.monotonicMs();
    this.#checking?.abort();
  }

  /** So many vectors were added, replaced or removed; Infinity: searches go another way or have another goal. */
  noteChange(count: number): void {
    this.noteSearch();
    this.#changed += count;
    this.#watch();
  }

  /** Checks now; undefined: there are no vectors, or they changed meanwhile. Rejects with CancelledError when the signal fires. */
  async check(signal: AbortSignal | undefined): Promise<RecallStats | undefined> {
    this.noteSearch();
    return this.#check(signal);
  }

  /** Ends a check that is under way. */
  async dispose(): Promise<void> {
    this.#closing.abort(new CancelledError());
    await this.#waiting;
  }

  #watch(): void {
    if (!this.#options.whenIdle || this.#closing.signal.aborted || !this.#isDue()) return;
    this.#waiting ??= this.#wait().finally(() => {
      this.#waiting = undefined;
      this.#watch();
    });
  }

  #isDue(): boolean {
    const count = this.#options.index()?.count ?? 0;
    return count > 0 && this.#changed >= Math.max(1, changedShare * count);
  }

  async #wait(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    try {
      while (this.#isDue()) {
        const waitMs = this.#waitMs();
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        else await this.#checkIdle();
      }
    } catch (error) {
      const appError = toAppError(error);
      if (!signal.aborted) this.#log('warn', 'The recall of the vector index could not be checked', appError);
      this.#checkedMs = clock.monotonicMs();
    }
  }

  #waitMs(): number {
    const { clock, isBusy } = this.#options;
    if (isBusy()) return idleMs;
    return Math.max(this.#usedMs + idleMs, this.#checkedMs + minIntervalMs) - clock.monotonicMs();
  }

  async #checkIdle(): Promise<void> {
    const checking = new AbortController();
    this.#checking = checking;
    try {
      await this.#check(checking.signal);
    } catch (error) {
      if (!checking.signal.aborted) throw error;
    } finally {
      this.#checking = undefined;
    }
  }

  async #check(signal: AbortSignal | undefined): Promise<RecallStats | undefined> {
    const { clock, goal, index, onChecked } = this.#options;
    const either = linkSignals(signal, this.#closing.signal);
    try {
      const stats = await index()?.checkRecall({ goal: goal() }, either.signal);
      this.#usedMs = clock.monotonicMs();
      if (stats === undefined) return undefined;
      this.#changed = 0;
      this.#checkedMs = clock.monotonicMs();
      this.#log('info', 'The recall of the vector index was checked', stats);
      onChecked();
      return stats;
    } finally {
      either.unlink();
    }
  }

  #log(level: 'info' | 'warn', message: string, about: RecallStats | AppError): void {
    const { logger } = this.#options;
    if (about instanceof AppError) logger.log({ level, message, fields: { error: about.message } });
    else logger.log({ level, message, fields: { ...about } });
  }
}

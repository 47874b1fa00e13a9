import type { MemoryConfig } from '../../protocol/config.ts';
import { AppError, throwIfAborted } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { MemoryStatus } from '../../protocol/types.ts';
import type { Clock, Logger } from '../ports.ts';

/** Bytes the engine holds. */
export interface MemoryUse {
  /** What passes through it: texts, answers, batches, caches. Neither the indexes nor the model. */
  readonly workingBytes: number;
  /** With the indexes and the model. */
  readonly totalBytes: number;
  /** Of the largest JavaScript heap that the engine's thread may have, 0..1. */
  readonly heapShare: number;
}

export interface MemoryGovernorOptions {
  readonly measure: () => Promise<MemoryUse>;
  readonly config: () => MemoryConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lets go of what can be had again: caches. */
  readonly trim: () => void;
  /** The state has changed. */
  readonly onChanged: () => void;
}

/** A measurement is good for so long. */
const measuredMs = 100;
/** Above the soft limit intake waits in steps of this, and no longer than that: what is being worked on ends meanwhile. */
const pauseStepMs = 50;
const softPauseMs = 500;
/** Above the critical limit for as long as this, with caches emptied and nothing taken in: it will not pass by itself. */
const criticalPauseMs = 5_000;
/** After a pause that did not help, the next one. Caches are not emptied more often, either. */
const intervalMs = 5_000;
/** A JavaScript heap that is fuller ends the thread soon, whatever the limits say. */
const maxHeapShare = 0.85;
/** Below this share of a limit its state ends. */
const releaseShare = 0.9;
/** Of the memory that is left, a batch may take half; a vector has 4 bytes per dimension and 100 more (seed, "Memory Optimization"). */
const batchShare = 0.5;
const bytesPerDimension = 4;
const bytesPerVector = 100;
/** An answer in JSON has some 12 characters per number, read into a list of doubles before it becomes a vector. */
const answerBytesPerDimension = 12 + 8;
/** Seed: a batch is never smaller. */
const minBatch = 10;

/**
 * Keeps the engine within its memory. Above the soft limit batches shrink, caches are emptied and intake waits for what is
 * under way; if half a second of that does not help, work goes on in small steps for a while. Above the critical limit
 * indexing stops, with all that is stored kept, until it is started again. Garbage is never collected on demand: live memory
 * is what counts.
 */
export class MemoryGovernor {
  readonly #options: MemoryGovernorOptions;
  #use: MemoryUse = { workingBytes: 0, totalBytes: 0, heapShare: 0 };
  #measuredAtMs = -Infinity;
  #measuring: Promise<void> | undefined;
  #state: MemoryStatus['state'] = 'normal';
  #trimmedAtMs = -Infinity;
  #pausedAtMs = -Infinity;

  constructor(options: MemoryGovernorOptions) {
    this.#options = options;
  }

  /**
   * Waits until more may be taken in. Throws AppError `MemoryLimit` when the critical limit stays exceeded, CancelledError
   * when the signal fires.
   */
  async admit(signal?: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const start = clock.monotonicMs();
    for (;;) {
      throwIfAborted(signal);
      await this.#measure();
      if (this.#state === 'normal') return;
      this.#trim();
      const waited = clock.monotonicMs() - start;
      if (this.#state === 'soft' && !this.#pauses(waited)) return;
      if (this.#state === 'critical' && waited >= criticalPauseMs) throw this.#error();
      await clock.sleep(pauseStepMs, signal);
    }
  }

  /** How many texts may be embedded at once: `max`, or fewer where memory is short (seed: at least 10). */
  batchSize(dimensions: number, max: number): number {
    const left = this.#options.config().softLimitBytes - this.#use.workingBytes;
    const each = dimensions * (bytesPerDimension + answerBytesPerDimension) + bytesPerVector;
    return Math.max(minBatch, Math.min(max, Math.floor((left * batchShare) / each)));
  }

  async status(): Promise<MemoryStatus> {
    await this.#measure();
    const { workingBytes, totalBytes } = this.#use;
    return { workingBytes, totalBytes, ...this.#options.config(), state: this.#state };
  }

  async #measure(): Promise<void> {
    const { clock, measure } = this.#options;
    if (clock.monotonicMs() - this.#measuredAtMs >= measuredMs) {
      this.#measuring ??= measure()
        .then((use) => {
          this.#use = use;
          this.#measuredAtMs = clock.monotonicMs();
        })
        .finally(() => (this.#measuring = undefined));
      await this.#measuring;
    }
    // Also when the measurement is old: the limits may be new.
    const before = this.#state;
    this.#state = this.#nextState();
    if (this.#state === before) return;
    this.#log();
    this.#options.onChanged();
  }

  #nextState(): MemoryStatus['state'] {
    const { workingBytes, totalBytes, heapShare } = this.#use;
    const { softLimitBytes, criticalLimitBytes } = this.#options.config();
    const exceeds = (bytes: number, limit: number, was: boolean): boolean => bytes > limit * (was ? releaseShare : 1);
    const wasCritical = this.#state === 'critical';
    if (exceeds(totalBytes, criticalLimitBytes, wasCritical) || exceeds(heapShare, maxHeapShare, wasCritical))
      return 'critical';
    return exceeds(workingBytes, softLimitBytes, this.#state !== 'normal') ? 'soft' : 'normal';
  }

  #pauses(waitedMs: number): boolean {
    const now = this.#options.clock.monotonicMs();
    if (now - this.#pausedAtMs < intervalMs) return false;
    if (waitedMs < softPauseMs) return true;
    this.#pausedAtMs = now;
    return false;
  }

  #trim(): void {
    const { clock, trim } = this.#options;
    if (clock.monotonicMs() - this.#trimmedAtMs < intervalMs) return;
    this.#trimmedAtMs = clock.monotonicMs();
    trim();
  }

  #log(): void {
    this.#options.logger.log({
      level: this.#state === 'normal' ? 'info' : 'warn',
      message: 'Memory',
      fields: { state: this.#state, ...this.#use, ...this.#options.config() },
    });
  }

  #error(): AppError {
    const { totalBytes, heapShare } = this.#use;
    const { criticalLimitBytes } = this.#options.config();
    if (heapShare > maxHeapShare * releaseShare && totalBytes <= criticalLimitBytes) {
      const message = phrase`Indexing stopped: the JavaScript heap of the engine is ${Math.round(heapShare * 100)} % full. What is indexed is kept and can be searched. Leave files out, or open fewer folders, and index again: it goes on where it stopped.`;
      return new AppError('MemoryLimit', message, { data: { ...this.#use } });
    }
    const message = phrase`Indexing stopped: the engine has reached its limit of ${megabytes(criticalLimitBytes)} MB and holds ${megabytes(totalBytes)} MB now. What is indexed is kept and can be searched. Raise "memory.criticalLimitBytes" in the settings (--memory-limit), or leave files out, and index again: it goes on where it stopped.`;
    return new AppError('MemoryLimit', message, { data: { ...this.#use, criticalLimitBytes } });
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

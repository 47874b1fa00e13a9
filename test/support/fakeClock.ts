import type { Clock } from '../../src/core/ports.ts';
import { CancelledError } from '../../src/protocol/errors.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Turns of the event loop after which in-process work, streams included, has settled. */
const defaultTurns = 20;

/** A clock that the test moves. Time stands still until {@link FakeClock.advance} or {@link FakeClock.settle}. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  readonly #sleepers = new Set<Sleeper>();

  readonly #turnsUntilQuiet: number;

  /** `turns`: of the event loop between steps; 1 is enough for work made of promises alone. */
  constructor({ startMs = Date.UTC(2025, 0, 1), turns = defaultTurns } = {}) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
    this.#turnsUntilQuiet = turns;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  /** Sleeps that have not ended: the timers a real clock would hold. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw new CancelledError(signal.reason);
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
      };
      const sleeper: Sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          end();
          resolve();
        },
      };
      const onAbort = (): void => {
        end();
        reject(new CancelledError(signal?.reason));
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort);
    });
  }

  async yield(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets everything happen that needs no more time, then moves on by `ms`, waking sleepers on their way in order. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms;
    await this.quiet();
    for (;;) {
      const next = this.#earliest();
      if (next === undefined || next.atMs > targetMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await this.quiet();
    }
    this.#nowMs = targetMs;
  }

  /** Moves from sleeper to sleeper until the promise settles; returns its value or throws its error. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const watched = promise.finally(() => (isSettled = true));
    watched.catch(() => undefined);
    for (;;) {
      await this.quiet();
      if (isSettled) return await watched;
      const next = this.#earliest();
      if (next === undefined) throw new Error('Nothing sleeps and the promise does not settle: a deadlock.');
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
  }

  /** Waits for in-process work that needs no time. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < this.#turnsUntilQuiet; turn++) await this.yield();
  }

  #earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers)
      if (earliest === undefined || sleeper.atMs < earliest.atMs) earliest = sleeper;
    return earliest;
  }
}

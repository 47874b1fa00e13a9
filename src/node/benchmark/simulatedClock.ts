import type { Clock } from '../../core/ports.ts';
import { CancelledError } from '../../protocol/errors.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

export interface SimulatedClockOptions {
  /** Epoch ms. */
  readonly startMs?: number;
  /** Turns of the event loop after which in-process work, streams included, has settled; 1 for promises alone. */
  readonly turns?: number;
}

/** Time that passes only when everybody waits for it: minutes of waiting take milliseconds. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();
  readonly #startMs: number;
  readonly #turns: number;

  constructor({ startMs = 0, turns = 5 }: SimulatedClockOptions = {}) {
    this.#nowMs = this.#startMs = startMs;
    this.#turns = turns;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
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

  /** Moves from sleeper to sleeper until the promise settles; returns its value or throws its error. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const watched = promise.finally(() => (isSettled = true));
    watched.catch(() => undefined);
    for (;;) {
      await this.quiet();
      if (isSettled) return await watched;
      if (!this.wakeNext(Infinity)) throw new Error('Nothing sleeps and the promise does not settle: a deadlock.');
    }
  }

  /** Waits for in-process work that needs no time. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < this.#turns; turn++) await this.yield();
  }

  /** Moves on to the earliest sleeper that is due by `untilMs`, and wakes it. False without one: it is `untilMs` then, if ever. */
  wakeNext(untilMs: number): boolean {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) if (next === undefined || sleeper.atMs < next.atMs) next = sleeper;
    if (next === undefined || next.atMs > untilMs) {
      if (Number.isFinite(untilMs)) this.#nowMs = untilMs;
      return false;
    }
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.wake();
    return true;
  }
}

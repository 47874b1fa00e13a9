import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../core/ports.ts';
import { CancelledError } from '../../protocol/errors.ts';

/** Turns of the event loop after which work made of promises and in-memory streams has settled. */
const turnsUntilQuiet = 5;

/** Time that passes only when everybody waits for it: minutes of waiting take milliseconds. */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw new CancelledError();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(new CancelledError());
      };
      const sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  async yield(): Promise<void> {
    await nextTurn();
  }

  /** Lets time pass until `done`. Throws when nobody waits for anything and it is not. */
  async run(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    const end = (): void => void (isDone = true);
    done.then(end, end);
    for (;;) {
      for (let turn = 0; turn < turnsUntilQuiet; turn++) await nextTurn();
      if (isDone) return;
      const next = [...this.#sleepers].reduce<{ atMs: number; wake: () => void } | undefined>(
        (first, sleeper) => (first === undefined || sleeper.atMs < first.atMs ? sleeper : first),
        undefined,
      );
      if (next === undefined) throw new Error('Nobody waits for the simulated clock.');
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
  }
}

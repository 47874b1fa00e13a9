import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/core/ports.ts';
import { CancelledError } from '../../src/protocol/errors.ts';

/** Real time, `speed` times as fast: for tests with real sockets whose product waits for seconds and minutes. */
export function createScaledClock(speed: number): Clock {
  const start = performance.now();
  const elapsedMs = (): number => (performance.now() - start) * speed;
  const startMs = Date.now();
  return {
    now: () => startMs + elapsedMs(),
    monotonicMs: elapsedMs,
    async sleep(ms, signal) {
      try {
        await sleep(Math.min(ms / speed, 2 ** 31 - 1), undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        throw new CancelledError(error);
      }
    },
    async yield() {
      await turn();
    },
  };
}

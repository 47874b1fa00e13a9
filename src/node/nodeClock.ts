import type { Clock } from '../core/ports.ts';
import { CancelledError, throwIfAborted } from '../protocol/errors.ts';

/** The computer's time and timers. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep,
  // Not a microtask or timer: setImmediate lets pending messages (a query) be handled first, without a 1 ms floor.
  yield: () => new Promise((resolve) => setImmediate(resolve)),
};

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new CancelledError(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

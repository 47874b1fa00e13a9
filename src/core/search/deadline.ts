import type { AppError } from '../../protocol/errors.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { Clock } from '../ports.ts';

/**
 * Runs `body` with a signal that fires with the caller's own, or after `ms`. What `body` fails with after the time is over is
 * replaced by `expired()`.
 */
export async function withDeadline<T>(
  { clock, ms, signal }: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal | undefined },
  body: (signal: AbortSignal) => Promise<T>,
  expired: () => AppError,
): Promise<T> {
  const deadline = new AbortController();
  const timer = new AbortController();
  const over = clock.sleep(ms, timer.signal).then(
    () => deadline.abort(),
    () => undefined,
  );
  const either = linkSignals(signal, deadline.signal);
  try {
    return await body(either.signal);
  } catch (error) {
    throw deadline.signal.aborted && signal?.aborted !== true ? expired() : error;
  } finally {
    either.unlink();
    timer.abort();
    await over;
  }
}

import type { BenchEngine } from '../engine.ts';

/** How long a call takes. One that is synchronous is not waited for: a turn of the event loop is no part of it. */
export async function timed(body: () => unknown): Promise<number> {
  const startMs = performance.now();
  const outcome = body();
  if (outcome instanceof Promise) await outcome;
  return performance.now() - startMs;
}

/** How long an engine takes to finish its work in the background; 0 without any. */
export async function timedSettling(engine: BenchEngine): Promise<number> {
  return engine.settle === undefined ? 0 : timed(() => engine.settle?.());
}

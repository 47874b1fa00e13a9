import type { Platform } from '../../core/ports.ts';
import type { BenchmarkMeasure, BenchmarkTarget } from '../../protocol/benchmark.ts';
import { english, type Phrase } from '../../protocol/phrase.ts';
import { statsOf } from './stats.ts';

/** Calls whose times do not count: code is compiled, memory grows, caches fill. */
export const warmUps = 10;
export const iterations = 100;

/** What a part of the benchmark found. */
export interface Part {
  readonly measures: readonly BenchmarkMeasure[];
  readonly targets: readonly BenchmarkTarget[];
}

/** Milliseconds of each call after the first `skipped`. */
export async function repeated(
  platform: Platform,
  calls: number,
  body: (n: number) => Promise<unknown>,
  skipped = warmUps,
): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const ms = await timed(platform, async () => body(n));
    if (n >= skipped) times.push(ms);
  }
  return times;
}

export async function timed({ clock }: Platform, body: () => Promise<unknown>): Promise<number> {
  const start = clock.monotonicMs();
  await body();
  return clock.monotonicMs() - start;
}

export function measure(id: string, said: Phrase, unit: string, values: readonly number[]): BenchmarkMeasure {
  return { id, name: english(said), phrase: said, unit, ...statsOf(values) };
}

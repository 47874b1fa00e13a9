import type { ProbedLimit } from '../../../protocol/probe.ts';

/** Whether one size is accepted; `named`: the limit that a refusal names. */
export type Trial = (size: number) => Promise<{ readonly accepted: boolean; readonly named?: number | undefined }>;

export interface SearchBounds {
  /** Known to be accepted, 1 or more. */
  readonly accepted: number;
  /** Known to be refused. */
  readonly refused: number;
  /** The search ends when the two are this close, as a ratio; 1 = to the unit. */
  readonly closeEnough: number;
}

/**
 * The largest size up to `high` that is accepted, `low` being known to be. A refusal that names its limit is taken at its
 * word only after that size was accepted and a little more was not: the number may be about something else.
 */
export async function findLimit(low: number, high: number, closeEnough: number, tries: Trial): Promise<ProbedLimit> {
  if (high <= low) return { accepted: high, by: 'configured' };
  const { accepted, named } = await tries(high);
  if (accepted) return { accepted: high, by: 'configured' };
  const hints = named === undefined ? [] : hintsOf(named, closeEnough);
  const found = await searchLimit({ accepted: low, refused: high, closeEnough }, tries, hints);
  return { accepted: found, by: found === named ? 'named' : 'found' };
}

/** The largest accepted size, by bisection on a logarithmic scale: limits are small more often than large. */
export async function searchLimit(
  { accepted, refused, closeEnough }: SearchBounds,
  tries: Trial,
  hints: readonly number[] = [],
): Promise<number> {
  let [low, high] = [accepted, refused];
  const attempt = async (size: number): Promise<void> => {
    if (size <= low || size >= high) return;
    if ((await tries(size)).accepted) low = size;
    else high = size;
  };
  for (const hint of hints) await attempt(hint);
  while (high - low > 1 && high / low > closeEnough) {
    await attempt(Math.min(high - 1, Math.max(low + 1, Math.round(Math.sqrt(low * high)))));
  }
  return low;
}

/** The size itself, the least that would prove it too low, and a little less: servers add tokens of their own. */
function hintsOf(named: number, closeEnough: number): number[] {
  return [named, Math.max(named + 1, Math.floor(named * closeEnough)), Math.floor(named * 0.97)];
}

/** What an answer says about one budget; undefined = it does not say. */
export interface BudgetHeaders {
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** Until the budget is whole again, ms. */
  readonly resetMs: number | undefined;
}

export interface RateHeaders {
  readonly requests: BudgetHeaders;
  readonly tokens: BudgetHeaders;
}

/** Reads `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` (https://platform.openai.com/docs/guides/rate-limits). */
export function readRateHeaders(headers: Headers, nowMs: number): RateHeaders {
  const read = (budget: 'requests' | 'tokens'): BudgetHeaders => {
    const reset = headers.get(`x-ratelimit-reset-${budget}`);
    return {
      limit: readCount(headers.get(`x-ratelimit-limit-${budget}`)),
      remaining: readCount(headers.get(`x-ratelimit-remaining-${budget}`)),
      resetMs: reset === null ? undefined : readDuration(reset, nowMs),
    };
  };
  return { requests: read('requests'), tokens: read('tokens') };
}

/**
 * How long a refused request is to wait, ms: `retry-after-ms`, `retry-after` (seconds or HTTP date), the reset of the
 * budget that is used up, or the time named in the text ("Please try again in 1.2s"). Undefined = nobody says.
 */
export function readRetryAfter(headers: Headers, message: string, nowMs: number): number | undefined {
  const milliseconds = readCount(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const retryAfter = headers.get('retry-after');
  if (retryAfter !== null) {
    const seconds = readCount(retryAfter);
    if (seconds !== undefined) return seconds * 1_000;
    const date = Date.parse(retryAfter);
    if (!Number.isNaN(date)) return Math.max(0, date - nowMs);
  }
  const { requests, tokens } = readRateHeaders(headers, nowMs);
  const resets = [requests, tokens].flatMap(({ remaining, resetMs }) =>
    remaining === 0 && resetMs !== undefined ? [resetMs] : [],
  );
  if (resets.length > 0) return Math.max(...resets);
  const said = /try again in ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+)/iu.exec(message)?.[1];
  return said === undefined ? undefined : readDuration(said, nowMs);
}

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
/** A plain number this large is a point in time (seconds since 1970), not a duration. */
const smallestEpochSeconds = 1_000_000_000;

/** `6m0s`, `20ms`, `1h2m3.5s`, seconds, or seconds since 1970, as milliseconds from now. */
export function readDuration(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  const seconds = readCount(trimmed);
  if (seconds !== undefined) {
    return seconds >= smallestEpochSeconds ? Math.max(0, seconds * 1_000 - nowMs) : seconds * 1_000;
  }
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/u.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/gu)) {
    total += Number(amount) * (unitsMs[unit ?? ''] ?? 0);
  }
  return total;
}

function readCount(text: string | null): number | undefined {
  if (text === null || !/^\d+(?:\.\d+)?$/u.test(text.trim())) return undefined;
  return Number(text);
}

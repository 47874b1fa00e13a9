import type { BudgetHeaders } from './rateHeaders.ts';

/** Budgets are per minute. */
const windowMs = 60_000;

export interface Amounts {
  readonly requests: number;
  readonly tokens: number;
}

/** Ends a started request; `accepted`: the endpoint answered it. */
export type Settle = (tokens: number, accepted: boolean, nowMs: number) => void;

interface Settled {
  readonly tokens: number;
  readonly accepted: boolean;
  readonly endedAtMs: number;
}

/** What others use of the same budget, as far as the endpoint's count exceeds ours. */
interface Foreign {
  readonly amount: number;
  readonly untilMs: number;
}

/**
 * What was used of a budget in the last minute. A request counts from its start until a minute after its end: the
 * endpoint dates it somewhere in between, so whether it keeps a sliding window, fixed minutes or a leaking bucket, this
 * count is never below its own.
 */
export class SlidingWindow {
  #settled: Settled[] = [];
  #head = 0;
  readonly #inFlight = { requests: 0, tokens: 0 };
  readonly #ended = { requests: 0, tokens: 0 };
  readonly #foreign: { requests: Foreign | undefined; tokens: Foreign | undefined } = {
    requests: undefined,
    tokens: undefined,
  };

  start(tokens: number): Settle {
    this.#inFlight.requests++;
    this.#inFlight.tokens += tokens;
    return (actualTokens, accepted, nowMs) => {
      this.#inFlight.requests--;
      this.#inFlight.tokens -= tokens;
      this.#settled.push({ tokens: actualTokens, accepted, endedAtMs: nowMs });
      this.#ended.requests++;
      this.#ended.tokens += actualTokens;
    };
  }

  used(nowMs: number): Amounts {
    const own = this.#own(nowMs);
    return {
      requests: own.requests + (this.#foreignNow('requests', nowMs)?.amount ?? 0),
      tokens: own.tokens + (this.#foreignNow('tokens', nowMs)?.amount ?? 0),
    };
  }

  /** Requests answered within the last minute. */
  accepted(nowMs: number): number {
    this.#expire(nowMs);
    return this.#settled.slice(this.#head).filter(({ accepted }) => accepted).length;
  }

  /** Takes over the endpoint's own count where it is higher (other programs share the key). */
  observe(budget: keyof Amounts, { limit, remaining, resetMs }: BudgetHeaders, nowMs: number): void {
    if (remaining === undefined) return;
    const usedThere = limit === undefined ? (remaining > 0 ? 0 : Infinity) : limit - remaining;
    const amount = usedThere - this.#own(nowMs)[budget];
    this.#foreign[budget] = amount > 0 ? { amount, untilMs: nowMs + (resetMs ?? windowMs) } : undefined;
  }

  /**
   * How long until something leaves the window, when one more request of `tokens` tokens does not fit; undefined = it
   * fits. A request larger than the whole budget fits an empty window. `imposed`: what stands in the way is not ours.
   */
  blockedFor(tokens: number, limits: Amounts, nowMs: number): { ms: number; imposed: boolean } | undefined {
    const used = this.used(nowMs);
    const waits: { ms: number; imposed: boolean }[] = [];
    if (used.requests > 0 && used.requests >= limits.requests) waits.push(this.#wait('requests', 1, limits, nowMs));
    if (used.tokens === Infinity || (used.tokens > 0 && used.tokens + tokens > limits.tokens)) {
      waits.push(this.#wait('tokens', tokens, limits, nowMs));
    }
    if (waits.length === 0) return undefined;
    return { ms: Math.max(...waits.map(({ ms }) => ms)), imposed: waits.some(({ imposed }) => imposed) };
  }

  /** Until something of a full budget is free again; when others alone fill it, until they are through. */
  #wait(budget: keyof Amounts, wanted: number, limits: Amounts, nowMs: number): { ms: number; imposed: boolean } {
    const foreign = this.#foreignNow(budget, nowMs);
    const foreignMs = (foreign?.untilMs ?? Infinity) - nowMs;
    if (foreign !== undefined && (foreign.amount === Infinity || foreign.amount + wanted > limits[budget])) {
      return { ms: foreignMs, imposed: true };
    }
    const oldest = this.#settled[this.#head];
    const ownMs = oldest === undefined ? Infinity : oldest.endedAtMs + windowMs - nowMs;
    return { ms: Math.min(ownMs, foreignMs), imposed: false };
  }

  #own(nowMs: number): Amounts {
    this.#expire(nowMs);
    return {
      requests: this.#inFlight.requests + this.#ended.requests,
      tokens: this.#inFlight.tokens + this.#ended.tokens,
    };
  }

  #foreignNow(budget: keyof Amounts, nowMs: number): Foreign | undefined {
    const foreign = this.#foreign[budget];
    return foreign !== undefined && foreign.untilMs > nowMs ? foreign : undefined;
  }

  #expire(nowMs: number): void {
    for (;;) {
      const oldest = this.#settled[this.#head];
      if (oldest === undefined || oldest.endedAtMs + windowMs > nowMs) break;
      this.#ended.requests--;
      this.#ended.tokens -= oldest.tokens;
      this.#head++;
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#settled.length) {
      this.#settled = this.#settled.slice(this.#head);
      this.#head = 0;
    }
  }
}

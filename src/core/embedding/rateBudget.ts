import { throwIfAborted } from '../../protocol/errors.ts';
import type { Clock } from '../ports.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { AdaptiveConcurrency } from './adaptiveConcurrency.ts';
import type { RateHeaders } from './rateHeaders.ts';
import { SlidingWindow } from './slidingWindow.ts';

/** Queries have a share of every budget that documents leave alone, and no limit on how many run at once. */
export type Lane = 'document' | 'query';

export interface BudgetOptions {
  readonly clock: Clock;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Document requests in flight at once. */
  readonly concurrency: AdaptiveConcurrency;
}

/** Per minute; undefined = not known. */
export interface Budgets {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

/** A request that was let through. Exactly one of the two is called, once, when it has ended. */
export interface Reservation {
  /** It was answered. `tokens`: as counted by the endpoint. */
  succeed(tokens: number): void;
  /** It was not: it still counts as a request, its tokens do not. */
  fail(): void;
}

/** A wait that would be longer than the caller accepts. */
export interface TooLong {
  readonly waitMs: number;
}

/** Left to queries: a tenth of each budget, so that documents alone still use nine tenths (seed: > 80 %). */
const queryShare = 0.1;
/** A budget guessed from refusals is tried a quarter higher after each minute without one. */
const probeAfterMs = 60_000;
const probeFactor = 1.25;

/**
 * The one gate of an endpoint. Requests pass while the minute's requests and tokens last; a refusal (429) closes it for
 * everybody until the time named. How many documents are under way at once is {@link AdaptiveConcurrency}'s. Budgets are the
 * smaller of configured and learnt: learnt from the endpoint's headers, or, where it names none, from what it accepted
 * in the last minute before it refused twice in a row.
 */
export class RateBudget {
  readonly #clock: Clock;
  readonly #window: SlidingWindow;
  readonly #configured: { readonly requests: number | undefined; readonly tokens: number | undefined };
  readonly #concurrency: AdaptiveConcurrency;
  #learnt: { requests: number | undefined; tokens: number | undefined } = { requests: undefined, tokens: undefined };
  /** A requests budget nobody named: raised again while it holds. */
  #guess: { requests: number; sinceMs: number } | undefined;
  #pausedUntilMs = 0;
  #lastRefusalMs = -Infinity;
  #refusedRounds = 0;
  #changed = Promise.withResolvers<void>();

  constructor({ clock, requestsPerMinute, tokensPerMinute, concurrency }: BudgetOptions) {
    this.#clock = clock;
    this.#window = new SlidingWindow();
    this.#configured = { requests: requestsPerMinute, tokens: tokensPerMinute };
    this.#concurrency = concurrency;
  }

  /** Per minute, as they stand; undefined = unlimited as far as is known. */
  get requestsPerMinute(): number | undefined {
    return smallest(this.#configured.requests, this.#learnt.requests, this.#guess?.requests);
  }

  get tokensPerMinute(): number | undefined {
    return smallest(this.#configured.tokens, this.#learnt.tokens);
  }

  /** As the endpoint names them. */
  get named(): Budgets {
    return { requestsPerMinute: this.#learnt.requests, tokensPerMinute: this.#learnt.tokens };
  }

  /** Takes budgets that the endpoint named at another time as its own, until it names others. */
  assume({ requestsPerMinute, tokensPerMinute }: Budgets): void {
    this.#learnt = { requests: requestsPerMinute, tokens: tokensPerMinute };
  }

  /** What one document request may weigh, so that it can pass at all. */
  get maxDocumentTokens(): number {
    return share(this.tokensPerMinute, 'document');
  }

  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#clock.monotonicMs());
  }

  /** Used share of the last minute's budgets, 0..1; undefined = no such budget. */
  usedShare(): { requests: number | undefined; tokens: number | undefined } {
    const { requests, tokens } = this.#window.used(this.#clock.monotonicMs());
    const of = (used: number, limit: number | undefined): number | undefined =>
      limit === undefined ? undefined : Math.min(1, used / limit);
    return { requests: of(requests, this.requestsPerMinute), tokens: of(tokens, this.tokensPerMinute) };
  }

  /**
   * Waits until a request of about `tokens` tokens may be sent. Document requests wait for the minute's budget as long
   * as it takes; pauses that the endpoint asked for, and for queries any wait, at most `maxWaitMs`: beyond it the
   * answer is {@link TooLong} at once. Rejects with CancelledError when the signal fires.
   */
  async reserve(tokens: number, lane: Lane, maxWaitMs: number, signal: AbortSignal): Promise<Reservation | TooLong> {
    const start = this.#clock.monotonicMs();
    for (;;) {
      throwIfAborted(signal);
      const now = this.#clock.monotonicMs();
      const blocked = this.#blockedFor(tokens, lane, now);
      if (blocked === undefined) return this.#grant(tokens, lane, now);
      const waitMs = lane === 'query' ? now - start + blocked.ms : blocked.ms;
      if (waitMs !== Infinity && waitMs > maxWaitMs && (lane === 'query' || blocked.imposed)) return { waitMs };
      await this.#sleepOrChange(blocked.ms, signal);
    }
  }

  /** Learns from the headers of any answer. */
  observe({ requests, tokens }: RateHeaders): void {
    const now = this.#clock.monotonicMs();
    this.#learnt = {
      requests: requests.limit ?? this.#learnt.requests,
      tokens: tokens.limit ?? this.#learnt.tokens,
    };
    this.#window.observe('requests', requests, now);
    this.#window.observe('tokens', tokens, now);
    this.#notify();
  }

  /**
   * The endpoint refused (429, or 503 with a time): nothing passes for `waitMs`, then traffic resumes gradually.
   * `sentAtMs`: when the refused request was sent; the many refusals of one burst count as one.
   */
  refused(waitMs: number, sentAtMs: number): void {
    const now = this.#clock.monotonicMs();
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, now + waitMs);
    this.#concurrency.refused(sentAtMs);
    if (sentAtMs >= this.#lastRefusalMs) {
      this.#refusedRounds++;
      this.#lastRefusalMs = now;
    }
    const accepted = this.#window.accepted(now);
    const isNamed = this.#learnt.requests !== undefined || this.#learnt.tokens !== undefined;
    if (this.#refusedRounds >= 2 && !isNamed && accepted > 0) {
      this.#guess = { requests: accepted, sinceMs: now };
    }
    this.#notify();
  }

  #grant(tokens: number, lane: Lane, now: number): Reservation {
    const settle = this.#window.start(tokens);
    const endDocument = lane === 'document' ? this.#concurrency.start() : undefined;
    const end = (tokensAnswered: number | undefined): void => {
      endDocument?.(tokensAnswered);
      this.#notify();
    };
    return {
      succeed: (actualTokens) => {
        const endedAt = this.#clock.monotonicMs();
        settle(actualTokens, true, endedAt);
        if (now >= this.#lastRefusalMs) this.#refusedRounds = 0;
        this.#probe(endedAt);
        end(actualTokens);
      },
      fail: () => {
        settle(0, false, this.#clock.monotonicMs());
        end(undefined);
      },
    };
  }

  #probe(now: number): void {
    if (this.#guess === undefined || now - this.#guess.sinceMs < probeAfterMs) return;
    this.#guess = { requests: Math.ceil(this.#guess.requests * probeFactor), sinceMs: now };
  }

  /** How long the next look is away; undefined = may pass. `imposed`: by the endpoint, not by our own count. */
  #blockedFor(tokens: number, lane: Lane, now: number): { ms: number; imposed: boolean } | undefined {
    if (now < this.#pausedUntilMs) return { ms: this.#pausedUntilMs - now, imposed: true };
    if (lane === 'document' && this.#concurrency.isFull) return { ms: Infinity, imposed: false };
    return this.#window.blockedFor(
      tokens,
      { requests: share(this.requestsPerMinute, lane), tokens: share(this.tokensPerMinute, lane) },
      now,
    );
  }

  async #sleepOrChange(ms: number, signal: AbortSignal): Promise<void> {
    const timer = new AbortController();
    const either = linkSignals(signal, timer.signal);
    try {
      const waits: Promise<void>[] = [this.#changed.promise];
      // The longest delay a timer takes; nothing sleeps so long without another change.
      waits.push(this.#clock.sleep(Math.min(Math.ceil(ms), 2 ** 31 - 1), either.signal));
      await Promise.race(waits);
    } finally {
      timer.abort();
      either.unlink();
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function smallest(...limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Infinity = no limit. Documents always keep at least 1. */
function share(limit: number | undefined, lane: Lane): number {
  if (limit === undefined) return Infinity;
  return lane === 'query' ? limit : Math.max(1, limit - Math.ceil(limit * queryShare));
}

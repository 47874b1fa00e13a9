import type { Clock } from '../ports.ts';

/** Below it a limit doubles with each round, also after a refusal: TCP's least slow-start threshold, twice over. */
const leastThreshold = 4;
/** Refused or overloaded: half as much at once (Chiu and Jain, 1989: additive increase, multiplicative decrease). */
const refusedFactor = 0.5;
/** Time per token, beside what it is without a queue: up to the first more at once is tried, beyond the second less. */
const growBelow = 1.5;
const shrinkAbove = 2;
const slowedFactor = 0.8;
/** A queue that costs a request no more than this is nobody's loss, and not to be told from chance. */
const harmlessMs = 50;
/** How far a round moves what is known of the time without a queue: one fast answer is no proof. */
const aloneWeight = 0.5;
const fasterWeight = 0.3;

export interface ConcurrencyOptions {
  readonly clock: Clock;
  /** Requests at once at most, whatever is measured. */
  readonly max: number;
  readonly onChange?: (limit: number) => void;
}

/** Ends a request that was started. `tokens`: what it was answered for; undefined: it failed. */
export type EndRequest = (tokens: number | undefined) => void;

/**
 * How many requests may be under way at once: as many as make the endpoint faster. Starts with one and doubles with each
 * round of answers, as TCP does (RFC 5681), then grows by one a round; a refusal or an overload halves it, and more of
 * them at once than the endpoint works on shows as time per token (what a queue there costs) and is taken back. An
 * endpoint that has become slower for good brings the limit down to one, where its time is learnt anew.
 */
export class AdaptiveConcurrency {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #onChange: (limit: number) => void;
  #limit = 1;
  #threshold: number;
  #inFlight = 0;
  #fullAtMs = -Infinity;
  #cutAtMs = -Infinity;
  #round = newRound(1);
  /** Undefined before the first round. */
  #unqueuedMsPerToken: number | undefined;

  constructor({ clock, max, onChange = () => undefined }: ConcurrencyOptions) {
    this.#clock = clock;
    this.#max = Math.max(1, max);
    this.#threshold = this.#max;
    this.#onChange = onChange;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get isFull(): boolean {
    return this.#inFlight >= this.limit;
  }

  start(): EndRequest {
    const startedAtMs = this.#clock.monotonicMs();
    this.#inFlight++;
    if (this.isFull) this.#fullAtMs = startedAtMs;
    return (tokens) => {
      // A limit that was not reached says nothing about a higher one (RFC 7661).
      const wasFull = this.#fullAtMs >= startedAtMs || this.isFull;
      this.#inFlight--;
      if (tokens === undefined || startedAtMs < this.#cutAtMs || !wasFull) return;
      this.#answered(this.#clock.monotonicMs() - startedAtMs, tokens);
    };
  }

  /**
   * The endpoint refused: one request at a time, and doubling up to half of what was too much. `sentAtMs`: when the
   * request was sent; the many refusals of one burst count as one.
   */
  refused(sentAtMs: number): void {
    const isNews = this.#cut(sentAtMs);
    if (isNews) this.#threshold = Math.max(leastThreshold, this.#limit * refusedFactor);
    this.#set(1);
  }

  /** The endpoint failed in a way that less traffic may cure (it took too long, a server error). */
  overloaded(sentAtMs: number): void {
    if (!this.#cut(sentAtMs)) return;
    this.#threshold = Math.max(1, this.#limit * refusedFactor);
    this.#set(this.#threshold);
  }

  /** False when the request was sent before the last cut, which answered it. */
  #cut(sentAtMs: number): boolean {
    if (sentAtMs < this.#cutAtMs) return false;
    this.#cutAtMs = this.#clock.monotonicMs();
    this.#round = newRound(1);
    return true;
  }

  #answered(ms: number, tokens: number): void {
    const round = this.#round;
    round.answers++;
    round.ms += Math.max(1, ms);
    round.tokens += Math.max(1, tokens);
    const doubles = this.#limit < this.#threshold;
    if (doubles) this.#set(this.#limit + 1);
    if (round.answers < round.size) return;
    this.#round = newRound(this.limit);
    const msPerToken = round.ms / round.tokens;
    const unqueued = this.#learn(msPerToken);
    const queuedMs = (round.ms - unqueued * round.tokens) / round.answers;
    const slowed = queuedMs <= harmlessMs ? 1 : msPerToken / unqueued;
    if (slowed > shrinkAbove) {
      this.#threshold = Math.max(1, this.#limit * slowedFactor);
      this.#set(this.#threshold);
    } else if (slowed > growBelow) {
      this.#threshold = Math.min(this.#threshold, this.#limit);
    } else if (!doubles) {
      this.#set(this.#limit + 1);
    }
  }

  #learn(msPerToken: number): number {
    const known = (this.#unqueuedMsPerToken ??= msPerToken);
    const weight = this.limit === 1 ? aloneWeight : msPerToken < known ? fasterWeight : 0;
    return (this.#unqueuedMsPerToken = known + weight * (msPerToken - known));
  }

  #set(limit: number): void {
    const before = this.limit;
    this.#limit = Math.min(this.#max, Math.max(1, limit));
    if (this.limit !== before) this.#onChange(this.limit);
  }
}

/** Ends after as many answers as were under way at once when it began. */
function newRound(size: number): { readonly size: number; answers: number; ms: number; tokens: number } {
  return { size, answers: 0, ms: 0, tokens: 0 };
}

import type { Clock, Fetch } from '../../core/ports.ts';

const windowMs = 60_000;
const latencyMs = 200;
const dimensions = 8;
/** Of English and of code, roughly. */
const charactersPerToken = 4;

export interface EndpointLimits {
  readonly requestsPerMinute: number;
  /** Undefined: as many as may be. */
  readonly tokensPerMinute?: number;
}

/**
 * An embedding endpoint in this process that counts as OpenAI does: budgets of requests and of tokens per minute that fill
 * up again continuously, an answer of 429 with Retry-After beyond them, and headers that tell the state.
 */
export class LimitedEndpoint {
  readonly #clock: Clock;
  readonly #requests: Budget;
  readonly #tokens: Budget;
  accepted = 0;
  acceptedTokens = 0;
  refused = 0;

  constructor(clock: Clock, { requestsPerMinute, tokensPerMinute = Infinity }: EndpointLimits) {
    this.#clock = clock;
    this.#requests = new Budget(requestsPerMinute, clock.now());
    this.#tokens = new Budget(tokensPerMinute, clock.now());
  }

  readonly fetch: Fetch = async (_url, { body, signal }) => {
    await this.#clock.sleep(latencyMs, signal ?? undefined);
    const { input } = JSON.parse(body as string) as { input: readonly string[] };
    const tokens = input.reduce((sum, text) => sum + Math.ceil(text.length / charactersPerToken), 0);
    const now = this.#clock.now();
    const waitMs = Math.max(this.#requests.waitMs(1, now), this.#tokens.waitMs(tokens, now));
    if (waitMs > 0) {
      this.refused++;
      const error = { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } };
      return this.#answer(429, error, { 'retry-after-ms': String(waitMs) });
    }
    this.#requests.take(1);
    this.#tokens.take(tokens);
    this.accepted++;
    this.acceptedTokens += tokens;
    const data = input.map((_, index) => ({
      index,
      embedding: Array.from({ length: dimensions }, (_, n) => index + n + 1),
    }));
    return this.#answer(200, { data, model: 'simulated', usage: { prompt_tokens: tokens, total_tokens: tokens } }, {});
  };

  #answer(status: number, body: unknown, more: Record<string, string>): Response {
    const headers = {
      'content-type': 'application/json',
      ...this.#requests.headers('requests'),
      ...this.#tokens.headers('tokens'),
      ...more,
    };
    return new Response(JSON.stringify(body), { status, headers });
  }
}

/** So much per minute; what was taken comes back continuously. */
class Budget {
  readonly #perMinute: number;
  #left: number;
  #countedAtMs: number;

  constructor(perMinute: number, nowMs: number) {
    this.#perMinute = this.#left = perMinute;
    this.#countedAtMs = nowMs;
  }

  /** How long until so much can be taken; 0: now. */
  waitMs(amount: number, nowMs: number): number {
    if (this.#perMinute === Infinity) return 0;
    const perMs = this.#perMinute / windowMs;
    this.#left = Math.min(this.#perMinute, this.#left + (nowMs - this.#countedAtMs) * perMs);
    this.#countedAtMs = nowMs;
    return Math.max(0, Math.ceil((amount - this.#left) / perMs));
  }

  take(amount: number): void {
    this.#left -= amount;
  }

  headers(name: string): Record<string, string> {
    if (this.#perMinute === Infinity) return {};
    const resetMs = Math.ceil((this.#perMinute - this.#left) / (this.#perMinute / windowMs));
    return {
      [`x-ratelimit-limit-${name}`]: String(this.#perMinute),
      [`x-ratelimit-remaining-${name}`]: String(Math.floor(this.#left)),
      [`x-ratelimit-reset-${name}`]: `${resetMs}ms`,
    };
  }
}

import type { Clock, Fetch } from '../../core/ports.ts';

const windowMs = 60_000;
const latencyMs = 200;
const dimensions = 8;

/**
 * An embedding endpoint in this process that counts as OpenAI does: a budget of requests per minute that fills up again
 * continuously, an answer of 429 with Retry-After beyond it, and headers that tell the state.
 */
export class LimitedEndpoint {
  readonly #clock: Clock;
  readonly #perMinute: number;
  #budget: number;
  #countedAtMs: number;
  accepted = 0;
  refused = 0;

  constructor(clock: Clock, requestsPerMinute: number) {
    this.#clock = clock;
    this.#perMinute = this.#budget = requestsPerMinute;
    this.#countedAtMs = clock.now();
  }

  readonly fetch: Fetch = async (_url, { body, signal }) => {
    await this.#clock.sleep(latencyMs, signal ?? undefined);
    const perMs = this.#perMinute / windowMs;
    const now = this.#clock.now();
    this.#budget = Math.min(this.#perMinute, this.#budget + (now - this.#countedAtMs) * perMs);
    this.#countedAtMs = now;
    const waitMs = Math.ceil((1 - this.#budget) / perMs);
    if (this.#budget < 1) {
      this.refused++;
      const error = { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } };
      return this.#answer(429, error, { 'retry-after-ms': String(waitMs) });
    }
    this.#budget--;
    this.accepted++;
    const { input } = JSON.parse(body as string) as { input: readonly string[] };
    const data = input.map((_, index) => ({
      index,
      embedding: Array.from({ length: dimensions }, (_, n) => index + n + 1),
    }));
    return this.#answer(
      200,
      { data, model: 'simulated', usage: { prompt_tokens: input.length, total_tokens: input.length } },
      {},
    );
  };

  #answer(status: number, body: unknown, more: Record<string, string>): Response {
    const resetMs = Math.ceil((this.#perMinute - this.#budget) / (this.#perMinute / windowMs));
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        'content-type': 'application/json',
        'x-ratelimit-limit-requests': String(this.#perMinute),
        'x-ratelimit-remaining-requests': String(Math.floor(this.#budget)),
        'x-ratelimit-reset-requests': `${resetMs}ms`,
        ...more,
      },
    });
  }
}

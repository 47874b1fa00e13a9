import type { EmbeddingConfig } from '../../../protocol/config.ts';
import type { Credentials } from '../../../protocol/engineApi.ts';
import { type AppError, throwIfAborted } from '../../../protocol/errors.ts';
import type { EncodingFormat } from '../../../protocol/probe.ts';
import type { Clock, Fetch, Logger, Metrics } from '../../ports.ts';
import { type Answer, readAnswer } from '../answer.ts';
import { AdaptiveConcurrency } from '../adaptiveConcurrency.ts';
import { EmbeddingEndpoint } from '../embeddingEndpoint.ts';
import { type EndpointProfile, readEndpoint } from '../endpointProfile.ts';
import type { Exchange, ExchangeFailure } from '../exchange.ts';
import { endpointContext, type FailureContext } from '../failureContext.ts';
import { describeFailure, tooLongWait, unusableAnswer } from '../providerErrors.ts';
import { RateBudget } from '../rateBudget.ts';
import { readRateHeaders } from '../rateHeaders.ts';
import { isRateRefusal, readImposedWait, readRefusal } from '../refusal.ts';
import { retryDelayMs } from '../retryDelay.ts';

export interface ProbeDependencies {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** 0..1, for the jitter of retries; `Math.random` when left out. */
  readonly random?: () => number;
}

/** What a request asks for besides vectors. */
export interface RequestForm {
  /** Left out when undefined. */
  readonly encodingFormat?: EncodingFormat;
  readonly dimensions?: number;
}

/** An answer that can be used. */
export interface ProbeAnswer extends Answer {
  readonly ok: true;
  /** As it came. */
  readonly body: unknown;
  /** From sending to the last byte, without waiting for budgets. */
  readonly ms: number;
}

/** The endpoint does not answer such a request, or not in a way that can be used. */
export interface ProbeRefusal {
  readonly ok: false;
  readonly error: AppError;
  /** The limit its words name, if they do. */
  readonly limit: number | undefined;
}

/** Longest time one request waits because the endpoint said so. */
const maxImposedWaitMs = 600_000;
/** For failures that may pass. A person waits for the result. */
const maxRetries = 2;
/** Servers that fail with this on what they cannot do (and answer everything else) do so again. */
const internalError = 500;

/** Sends the requests of a probe, one after the other: budgets before, retries after, and what they cost. */
export class ProbeSession {
  readonly profile: EndpointProfile;
  readonly budget: RateBudget;
  readonly spent = { requests: 0, tokens: 0 };
  readonly #config: EmbeddingConfig;
  readonly #credentials: Credentials;
  readonly #endpointContext: ReturnType<typeof endpointContext>;
  readonly #dependencies: ProbeDependencies;
  readonly #signal: AbortSignal;
  #answered = false;

  constructor(config: EmbeddingConfig, credentials: Credentials, dependencies: ProbeDependencies, signal: AbortSignal) {
    this.profile = readEndpoint(config.baseUrl);
    this.#config = config;
    this.#credentials = credentials;
    this.#endpointContext = endpointContext(config, credentials, this.profile);
    this.#dependencies = dependencies;
    this.#signal = signal;
    const { clock } = dependencies;
    this.budget = new RateBudget({ ...config, clock, concurrency: new AdaptiveConcurrency({ clock, max: 1 }) });
  }

  /** For a request that has to work: throws what it is refused with. */
  async demand(inputs: readonly string[], tokens: number, form: RequestForm = {}): Promise<ProbeAnswer> {
    const result = await this.ask(inputs, tokens, form);
    if (!result.ok) throw result.error;
    return result;
  }

  /** Throws a Provider* AppError where no other form or size would help, CancelledError when the signal fires. */
  async ask(inputs: readonly string[], tokens: number, form: RequestForm = {}): Promise<ProbeAnswer | ProbeRefusal> {
    const { clock, random = Math.random } = this.#dependencies;
    const endpoint = this.#endpointFor(form);
    for (let attempt = 1; ; attempt++) {
      const context = { ...this.#endpointContext, texts: inputs, attempt };
      const reservation = await this.budget.reserve(tokens, 'document', maxImposedWaitMs, this.#signal);
      if ('waitMs' in reservation) throw tooLongWait(reservation.waitMs, context);
      const sentAtMs = clock.monotonicMs();
      const exchange = await this.#send(endpoint, inputs).catch((error: unknown) => {
        reservation.fail();
        throw error;
      });
      if (exchange.ok) {
        const answer = this.#read(exchange, inputs.length, tokens, form, context);
        reservation.succeed(answer.ok && answer.tokens > 0 ? answer.tokens : tokens);
        return answer.ok ? { ...answer, ms: clock.monotonicMs() - sentAtMs } : answer;
      }
      reservation.fail();
      throwIfAborted(this.#signal);
      const { failure } = exchange;
      const { error, retriable } = describeFailure(failure, context);
      if (failure.kind === 'status') this.budget.observe(readRateHeaders(failure.headers, clock.now()));
      const refusal = this.#readRefusal(failure, error, inputs.length, attempt);
      if (refusal !== undefined) return refusal;
      const isRate = retriable && isRateRefusal(failure);
      if (!retriable || attempt > (isRate ? this.#config.maxRetries : maxRetries)) throw error;
      const waitMs = (isRate ? readImposedWait(failure, clock.now()) : undefined) ?? retryDelayMs(attempt, random());
      if (isRate) this.budget.refused(waitMs, sentAtMs);
      else await clock.sleep(waitMs, this.#signal);
    }
  }

  #read(
    { body, headers }: Extract<Exchange, { ok: true }>,
    inputs: number,
    estimate: number,
    { dimensions }: RequestForm,
    context: FailureContext,
  ): Omit<ProbeAnswer, 'ms'> | ProbeRefusal {
    const { clock, metrics } = this.#dependencies;
    this.budget.observe(readRateHeaders(headers, clock.now()));
    const answer = readAnswer(body, inputs, 0);
    const tokens = 'reason' in answer || answer.tokens === 0 ? estimate : Math.round(answer.tokens);
    this.spent.tokens += tokens;
    metrics.count('embedTokens', tokens);
    if ('reason' in answer) {
      return { ok: false, error: unusableAnswer(answer.reason, body, context, dimensions), limit: undefined };
    }
    this.#answered = true;
    return { ok: true, body, ...answer };
  }

  /** A refusal that says something about the request's form or size; the words need not be known. */
  #readRefusal(failure: ExchangeFailure, error: AppError, inputs: number, attempt: number): ProbeRefusal | undefined {
    // After the first answer: the endpoint takes too long for this much, and would again.
    if (failure.kind === 'timeout' && this.#answered) return { ok: false, error, limit: undefined };
    if (failure.kind !== 'status') return undefined;
    const refusal = readRefusal(failure, inputs);
    const { status } = failure;
    const isRefused =
      refusal !== undefined ||
      ((status === 400 || status === 413 || status === 422) && error.code === 'ProviderRequest') ||
      (status === internalError && this.#answered && attempt > 1);
    if (!isRefused) return undefined;
    return { ok: false, error, limit: refusal !== undefined && 'limit' in refusal ? refusal.limit : undefined };
  }

  async #send(endpoint: EmbeddingEndpoint, inputs: readonly string[]): Promise<Exchange> {
    this.spent.requests++;
    this.#dependencies.metrics.count('embedRequests');
    return endpoint.send(inputs, 'document', this.#signal);
  }

  #endpointFor({ encodingFormat, dimensions }: RequestForm): EmbeddingEndpoint {
    const config: { -readonly [K in keyof EmbeddingConfig]: EmbeddingConfig[K] } = { ...this.#config };
    delete config.dimensions;
    if (dimensions !== undefined) config.dimensions = dimensions;
    return new EmbeddingEndpoint(config, this.#credentials, { ...this.profile, encodingFormat }, this.#dependencies);
  }
}

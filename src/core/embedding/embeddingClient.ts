import type { EmbeddingConfig } from '../../protocol/config.ts';
import type { Credentials } from '../../protocol/engineApi.ts';
import { AppError, CancelledError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { Stage } from '../../protocol/metrics.ts';
import type { Clock, Fetch, Logger, Metrics } from '../ports.ts';
import { type Answer, readAnswer } from './answer.ts';
import { AdaptiveConcurrency } from './adaptiveConcurrency.ts';
import { EmbeddingEndpoint } from './embeddingEndpoint.ts';
import type { EndpointProfile } from './endpointProfile.ts';
import type { Exchange, ExchangeFailure } from './exchange.ts';
import { endpointContext, type FailureContext, failureError } from './failureContext.ts';
import { describeFailure, tooLongWait, unusableAnswer } from './providerErrors.ts';
import { type Lane, RateBudget, type Reservation, type TooLong } from './rateBudget.ts';
import { readRateHeaders } from './rateHeaders.ts';
import { quoteServer } from './redact.ts';
import { isRateRefusal, readImposedWait, readRefusal, type SizeRefusal } from './refusal.ts';
import { retryDelayMs } from './retryDelay.ts';
import type { SpendingAccount, SpendingHold } from './spending.ts';
import { utf8Length } from './tokenizer.ts';

/** Longest time one request waits because the endpoint said so, over all its tries; beyond it the call fails and says until when. */
const maxImposedWaitMs: Readonly<Record<Lane, number>> = { document: 600_000, query: 10_000 };
const stageOf = { document: 'embed', query: 'queryEmbed' } as const satisfies Record<Lane, Stage>;
/** Tokens that a model may put around one text, generously: the marks of beginning and end, a word of instruction. */
const marksPerInput = 8;
/** A query is for a person who waits: it gives up early, and lexical results stand in. */
const maxQueryRetries = 2;

export interface ClientDependencies {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** 0..1, for jitter. */
  readonly random: () => number;
  /** Called with the number of document requests that may be under way at once, when it changes. */
  readonly onConcurrency: (limit: number) => void;
}

export interface EmbedRequest {
  readonly inputs: readonly string[];
  readonly lane: Lane;
  /** About how many tokens, for the budgets. */
  readonly tokens: number;
  /** What it is charged to; undefined = nobody keeps count. */
  readonly account?: SpendingAccount | undefined;
  /** Ends waiting (for budgets, before a retry). */
  readonly waitSignal: AbortSignal;
  /** Ends the HTTP request as well. */
  readonly requestSignal: AbortSignal;
}

/** Vectors in the order of the inputs (undefined = without direction), or what a smaller request would avoid. */
export type EmbedOutcome =
  | { readonly answer: Answer; readonly tokens: number; readonly requests: number }
  | { readonly refusal: SizeRefusal; readonly error: AppError; readonly requests: number };

export interface ClientTotals {
  requests: number;
  tokens: number;
  retries: number;
}

/** Sends requests to one endpoint: budgets before, retries after, and what every answer teaches. */
export class EmbeddingClient {
  readonly budget: RateBudget;
  readonly totals: ClientTotals = { requests: 0, tokens: 0, retries: 0 };
  readonly #concurrency: AdaptiveConcurrency;
  readonly #config: EmbeddingConfig;
  readonly #profile: EndpointProfile;
  readonly #endpoint: EmbeddingEndpoint;
  readonly #dependencies: ClientDependencies;
  readonly #endpointContext: ReturnType<typeof endpointContext>;
  #dimensions: number;
  #inFlight = 0;
  #answered = false;
  #lastError: AppError | undefined;
  /** The endpoint does not take `dimensions`: not asked again before the configuration changes. */
  #refusedDimensions: AppError | undefined;

  constructor(
    config: EmbeddingConfig,
    credentials: Credentials,
    profile: EndpointProfile,
    dependencies: ClientDependencies,
  ) {
    this.#config = config;
    this.#profile = profile;
    this.#dependencies = dependencies;
    this.#endpoint = new EmbeddingEndpoint(config, credentials, profile, dependencies);
    this.#endpointContext = endpointContext(config, credentials, profile);
    this.#dimensions = config.dimensions ?? 0;
    const { clock, metrics, onConcurrency } = dependencies;
    this.#concurrency = new AdaptiveConcurrency({
      clock,
      max: config.maxConcurrentRequests,
      onChange: (limit) => {
        metrics.gauge('concurrencyLimit', limit);
        onConcurrency(limit);
      },
    });
    this.budget = new RateBudget({ ...config, clock, concurrency: this.#concurrency });
  }

  /** Of the vectors: configured, or learnt from the first answer; 0 before that. */
  get dimensions(): number {
    return this.#dimensions;
  }

  /** The newest failure, until the next success. */
  get lastError(): AppError | undefined {
    return this.#lastError;
  }

  /** Whether any request was answered so far. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Throws a Provider* AppError, or CancelledError when a signal fired. */
  async embed(request: EmbedRequest): Promise<EmbedOutcome> {
    try {
      const outcome = await this.#embed(request);
      this.#answered = true;
      this.#lastError = undefined;
      return outcome;
    } catch (error) {
      // A spent budget says nothing about the endpoint.
      if (error instanceof AppError && !(error instanceof CancelledError) && error.code !== 'BudgetReached') {
        this.#lastError = error;
        this.#dependencies.metrics.fail(stageOf[request.lane]);
      }
      throw error;
    }
  }

  async #embed(request: EmbedRequest): Promise<EmbedOutcome> {
    const { clock } = this.#dependencies;
    let firstRefusalMs: number | undefined;
    for (let attempt = 1; ; attempt++) {
      if (this.#refusedDimensions !== undefined) throw this.#refusedDimensions;
      const context = { ...this.#endpointContext, texts: request.inputs, attempt };
      const refusedForMs = firstRefusalMs === undefined ? 0 : clock.monotonicMs() - firstRefusalMs;
      const maxWaitMs = Math.max(0, maxImposedWaitMs[request.lane] - refusedForMs);
      const queuedAtMs = clock.monotonicMs();
      const hold = await this.#hold(request);
      if (!('end' in hold)) return overBudget(request, hold, attempt);
      const reservation = await this.#reserve(request, maxWaitMs, hold);
      if ('waitMs' in reservation) throw tooLongWait(reservation.waitMs, context);

      const sentAtMs = clock.monotonicMs();
      this.#dependencies.metrics.wait(stageOf[request.lane], sentAtMs - queuedAtMs);
      const sentEncodingFormat = this.#endpoint.sendsEncodingFormat;
      const exchange = await this.#send(request).catch((error: unknown) => {
        reservation.fail();
        hold.end(request.tokens);
        throw error;
      });
      if (exchange.ok) return this.#accept(exchange, request, { reservation, hold }, context, sentAtMs);

      reservation.fail();
      const { failure } = exchange;
      const { error, retriable } = describeFailure(failure, context);
      hold.end(mayBeCharged(failure, error) ? request.tokens : 0);
      if (failure.kind === 'status') {
        this.budget.observe(readRateHeaders(failure.headers, clock.now()));
        const refusal = readRefusal(failure, request.inputs.length);
        switch (refusal?.kind) {
          case undefined:
            break;
          case 'encodingFormat':
            if (!sentEncodingFormat) break;
            this.#endpoint.stopSendingEncodingFormat();
            continue;
          case 'dimensions':
            if (this.#config.dimensions === undefined) break;
            throw (this.#refusedDimensions = this.#dimensionsRefused(failure, context));
          case 'tooManyInputs':
          case 'tooManyTokens':
          case 'tooLarge':
          case 'inputTooLong':
            return { refusal, error, requests: attempt };
        }
      }
      const isRate = retriable && isRateRefusal(failure);
      const imposedMs = isRate ? readImposedWait(failure, clock.now()) : undefined;
      const waitMs = imposedMs ?? retryDelayMs(attempt, this.#dependencies.random());
      if (isRate) {
        // Closes the gate for everybody; the next try waits there.
        firstRefusalMs ??= clock.monotonicMs();
        this.budget.refused(waitMs, sentAtMs);
        if (this.#isHeavierThanAMinute(request)) {
          return { refusal: { kind: 'tooManyTokens', limit: undefined }, error, requests: attempt };
        }
      } else if (retriable) this.#concurrency.overloaded(sentAtMs);
      if (!retriable || attempt > this.#maxRetries(request.lane)) throw error;
      this.#noteRetry(failure, error, attempt, waitMs);
      if (!isRate) await clock.sleep(waitMs, request.waitSignal);
    }
  }

  /** An error: what is left of the budget is too little. */
  async #hold({ account, inputs, lane, waitSignal }: EmbedRequest): Promise<SpendingHold | AppError> {
    if (account === undefined) return uncounted;
    const mostTokens = (): number => inputs.reduce((sum, text) => sum + utf8Length(text) + marksPerInput, 0);
    return account.hold({ model: this.#config.model, lane, mostTokens, signal: waitSignal });
  }

  async #reserve(request: EmbedRequest, maxWaitMs: number, hold: SpendingHold): Promise<Reservation | TooLong> {
    try {
      const reservation = await this.budget.reserve(request.tokens, request.lane, maxWaitMs, request.waitSignal);
      if ('waitMs' in reservation) hold.cancel();
      return reservation;
    } catch (error) {
      hold.cancel();
      throw error;
    }
  }

  #maxRetries(lane: Lane): number {
    const { maxRetries } = this.#config;
    return lane === 'query' ? Math.min(maxQueryRetries, maxRetries) : maxRetries;
  }

  /** A batch packed before the endpoint named its budget: as it is, it would be refused for ever. */
  #isHeavierThanAMinute({ inputs, lane, tokens }: EmbedRequest): boolean {
    return lane === 'document' && inputs.length > 1 && tokens > this.budget.maxDocumentTokens;
  }

  #accept(
    exchange: Extract<Exchange, { ok: true }>,
    { inputs, lane, tokens: estimate }: EmbedRequest,
    { reservation, hold }: { readonly reservation: Reservation; readonly hold: SpendingHold },
    context: FailureContext,
    sentAtMs: number,
  ): EmbedOutcome {
    const { clock, metrics } = this.#dependencies;
    const answer = readAnswer(exchange.body, inputs.length, this.#dimensions);
    const tokens = 'reason' in answer || answer.tokens === 0 ? estimate : Math.round(answer.tokens);
    reservation.succeed(tokens);
    hold.end(tokens);
    this.budget.observe(readRateHeaders(exchange.headers, clock.now()));
    this.totals.tokens += tokens;
    metrics.count('embedTokens', tokens);
    this.gaugeBudgets();
    if ('reason' in answer) throw unusableAnswer(answer.reason, exchange.body, context, this.#config.dimensions);
    this.#dimensions = answer.dimensions;
    metrics.record(stageOf[lane], clock.monotonicMs() - sentAtMs);
    return { answer, tokens, requests: context.attempt };
  }

  #noteRetry(failure: ExchangeFailure, error: AppError, attempt: number, waitMs: number): void {
    const { logger, metrics } = this.#dependencies;
    this.totals.retries++;
    metrics.count('embedRetries');
    logger.log({
      level: 'warn',
      message: 'An embedding request is tried again',
      fields: {
        endpoint: this.#profile.host,
        code: error.code,
        ...(failure.kind === 'status' ? { status: failure.status } : {}),
        attempt,
        waitMs: Math.round(waitMs),
      },
    });
  }

  async #send({ inputs, lane, requestSignal }: EmbedRequest): Promise<Exchange> {
    const { metrics } = this.#dependencies;
    this.totals.requests++;
    metrics.count('embedRequests');
    metrics.gauge('inFlightRequests', ++this.#inFlight);
    this.gaugeBudgets();
    try {
      return await this.#endpoint.send(inputs, lane, requestSignal);
    } finally {
      metrics.gauge('inFlightRequests', --this.#inFlight);
    }
  }

  /** Used share of the last minute's budgets, as it is now. */
  gaugeBudgets(): void {
    const { metrics } = this.#dependencies;
    const { requests, tokens } = this.budget.usedShare();
    if (requests !== undefined) metrics.gauge('requestBudgetUsed', requests);
    if (tokens !== undefined) metrics.gauge('tokenBudgetUsed', tokens);
  }

  #dimensionsRefused(failure: Extract<ExchangeFailure, { kind: 'status' }>, context: FailureContext): AppError {
    const quoted = quoteServer(failure.message, context.secrets, context.texts);
    const message = phrase`${this.#profile.host} does not let "${this.#config.model}" have vectors of ${this.#config.dimensions ?? 0} dimensions. Clear "dimensions" in the settings to use the model's own size. It said: "${quoted}"`;
    return failureError('ProviderRequest', message, context, { status: failure.status });
  }
}

/** Of a caller that keeps no account. */
const uncounted: SpendingHold = { end: () => undefined, cancel: () => undefined };

const neverConnected =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+)$/u;

/** Of a gateway that gave up waiting: the endpoint behind it did not refuse. */
const gaveUp: ReadonlySet<number> = new Set([408, 502, 504]);

/** Endpoints do not charge what they refuse; what got no answer they may have worked on all the same. */
function mayBeCharged(failure: ExchangeFailure, error: AppError): boolean {
  if (failure.kind === 'status') return gaveUp.has(failure.status);
  return !neverConnected.test(String(error.data['networkCode']));
}

/** The most a text can have is its bytes, some three times what it has: fewer texts may still fit. */
function overBudget({ inputs, lane }: EmbedRequest, error: AppError, attempt: number): EmbedOutcome {
  if (lane === 'query' || inputs.length === 1) throw error;
  return { refusal: { kind: 'tooManyTokens', limit: undefined }, error, requests: attempt - 1 };
}

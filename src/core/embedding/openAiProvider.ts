import pLimit, { type LimitFunction } from 'p-limit';
import type { EmbeddingConfig } from '../../protocol/config.ts';
import type { Credentials } from '../../protocol/engineApi.ts';
import { AppError, throwIfAborted } from '../../protocol/errors.ts';
import { english, phrase } from '../../protocol/phrase.ts';
import type { EndpointProbe } from '../../protocol/probe.ts';
import type { ProviderStatus } from '../../protocol/types.ts';
import { abortable } from '../../util/abortable.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { Clock, Fetch, Hasher, Logger, Metrics } from '../ports.ts';
import type { EmbeddingBatch, EmbeddingDocument, EmbeddingProvider, EmbeddingSpace } from '../providerPorts.ts';
import { embeddingText } from '../chunking/embeddingText.ts';
import { needsExactWeights } from './batching.ts';
import { type DocumentInput, DocumentRun } from './documentRun.ts';
import { EmbeddingClient, type EmbedOutcome, type EmbedRequest } from './embeddingClient.ts';
import { createSpace } from './embeddingSpace.ts';
import { readEndpoint } from './endpointProfile.ts';
import { halveInput, limitInput } from './limitInput.ts';
import { profiledConfig, profiledEndpoint } from './probe/profiledConfig.ts';
import { RequestLimits } from './requestLimits.ts';
import type { SpendingAccount } from './spending.ts';
import { loadTokenizer, utf8Length } from './tokenizer.ts';

export interface ProviderDependencies {
  /** Keeps connections alive between requests (Node's and VS Code's fetch do) and names network errors by `code`. */
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Records the stage `embed` (one sample per document request), counters and gauges of requests and budgets. */
  readonly metrics: Metrics;
  readonly hasher: Hasher;
  /** 0..1, for the jitter of retries; `Math.random` when left out. */
  readonly random?: () => number;
  /** What a probe of this endpoint and model found: requests keep to it from the first one on. */
  readonly probe?: EndpointProbe | undefined;
}

/** Query requests in flight at most, beside those of documents. */
const queryConcurrency = 2;
/** A query is a line or two; one that is refused as too long is halved this often. */
const maxQueryHalvings = 3;
/** Tokens per byte until answers tell: above that of code (0.25 to 0.4), so that a token budget is not overrun. */
const firstTokensPerByte = 0.5;
/** Texts whose tokens are counted before other work gets a turn: 5 to 10 ms for chunks of code. */
const textsPerTurn = 64;

/**
 * Embeddings of any OpenAI-compatible endpoint: OpenAI, Azure, Voyage, Mistral, Ollama, LM Studio, vLLM, llama.cpp,
 * Text Embeddings Inference. Throws `InvalidArgument` for a base URL that cannot be one; opens nothing before the first
 * call.
 *
 * Calls reject with `Provider*` errors. Where single texts failed and all others were delivered (too long, or answered
 * by a vector without direction), `data.inputIndexes` names exactly those.
 */
export function createOpenAiProvider(
  config: EmbeddingConfig,
  credentials: Credentials,
  dependencies: ProviderDependencies,
): EmbeddingProvider {
  return new OpenAiProvider(config, credentials, dependencies);
}

class OpenAiProvider implements EmbeddingProvider {
  readonly recomputable = false;
  readonly memoryBytes = 0;
  readonly limits: RequestLimits;
  readonly #config: EmbeddingConfig;
  readonly #client: EmbeddingClient;
  readonly #space: EmbeddingSpace;
  readonly #maxConcurrentRequests: number;
  readonly #documentSlots: LimitFunction;
  readonly #querySlots: LimitFunction;
  readonly #clock: Clock;
  readonly #probe: EndpointProbe | undefined;
  readonly #disposed = new AbortController();
  #tokensPerByte = firstTokensPerByte;

  constructor(config: EmbeddingConfig, credentials: Credentials, dependencies: ProviderDependencies) {
    const { probe } = dependencies;
    const profile = profiledEndpoint(readEndpoint(config.baseUrl), probe);
    this.#config = config;
    this.#clock = dependencies.clock;
    this.#probe = probe;
    this.#documentSlots = pLimit(1);
    this.#client = new EmbeddingClient(config, credentials, profile, {
      random: Math.random,
      ...dependencies,
      // Batches that may not be sent yet are not cut yet.
      onConcurrency: (limit) => (this.#documentSlots.concurrency = limit),
    });
    this.#space = createSpace(config, profile, dependencies.hasher);
    this.limits = new RequestLimits(profiledConfig(config, probe), this.#client.budget);
    if (probe !== undefined) this.#client.budget.assume(probe);
    this.#maxConcurrentRequests = Math.max(1, config.maxConcurrentRequests);
    this.#querySlots = pLimit(queryConcurrency);
  }

  get space(): EmbeddingSpace {
    return { ...this.#space, dimensions: this.#client.dimensions };
  }

  async embedDocuments(
    documents: readonly EmbeddingDocument[],
    signal?: AbortSignal,
    onBatch?: (indexes: readonly number[], vectors: readonly Float32Array[]) => void,
    account?: SpendingAccount,
  ): Promise<EmbeddingBatch> {
    const link = linkSignals(signal, this.#disposed.signal);
    try {
      throwIfAborted(link.signal);
      return await this.#embedDocuments(documents.map(embeddingText), { signal: link.signal, onBatch, account });
    } finally {
      link.unlink();
    }
  }

  async embedQuery(text: string, signal?: AbortSignal, account?: SpendingAccount): Promise<Float32Array> {
    const link = linkSignals(signal, this.#disposed.signal);
    try {
      throwIfAborted(link.signal);
      return await abortable(
        this.#querySlots(() => this.#embedQuery(text, link.signal, account)),
        link.signal,
      );
    } finally {
      link.unlink();
    }
  }

  status(): ProviderStatus {
    const { budget, lastError, totals } = this.#client;
    const pausedForMs = budget.pausedForMs;
    const { requestsPerMinute, tokensPerMinute } = budget;
    const counts = {
      id: this.#config.provider,
      ...totals,
      ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
      ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
      ...(this.#probe === undefined ? {} : { profile: this.#probe }),
    };
    if (pausedForMs > 0) {
      const said = phrase`Rate limit: goes on in ${Math.ceil(pausedForMs / 1_000)} s.`;
      return { ...counts, state: 'limited', message: english(said), phrase: said };
    }
    if (lastError !== undefined)
      return { ...counts, state: 'error', message: lastError.message, phrase: lastError.phrase };
    return { ...counts, state: this.#client.answered ? 'ok' : 'unknown' };
  }

  updateGauges(): void {
    this.#client.gaugeBudgets();
  }

  dispose(): void {
    this.#disposed.abort();
  }

  async #embedDocuments(
    texts: readonly string[],
    { signal, onBatch, account }: DocumentsCall,
  ): Promise<EmbeddingBatch> {
    const { inputs, weigh, isExact } = await this.#prepareDocuments(texts, signal);
    const vectors = new Array<Float32Array>(texts.length);
    const totals = { tokens: 0, requests: 0 };
    let closed = false;
    const run = new DocumentRun({
      inputs: inputs.filter(({ text }) => text.trim() !== ''),
      limits: this.limits,
      weigh,
      send: async (batch, stopped) => {
        const waits = linkSignals(signal, stopped);
        try {
          const signals = { waitSignal: waits.signal, requestSignal: signal };
          const outcome = await this.#sendDocuments(batch, isExact, { ...signals, account });
          totals.requests += outcome.requests;
          if ('answer' in outcome) totals.tokens += outcome.tokens;
          return outcome;
        } finally {
          waits.unlink();
        }
      },
      onAnswer: (indexes, batchVectors) => {
        if (closed || indexes.length === 0) return;
        indexes.forEach((index, position) => {
          const vector = batchVectors[position];
          if (vector !== undefined) vectors[index] = vector;
        });
        onBatch?.(indexes, batchVectors);
      },
      withoutDirection: () => unusableVector(this.#config.model),
    });
    for (const input of inputs) if (input.text.trim() === '') run.failAlone(input, emptyText());
    const work = async (): Promise<void> => {
      while (await this.#documentSlots(() => run.step()));
    };
    try {
      await abortable(Promise.all(Array.from({ length: this.#maxConcurrentRequests }, work)), signal);
    } finally {
      closed = true;
    }
    run.throwIfFailed();
    return { vectors, ...totals };
  }

  /** Equal texts become one input; texts over the limit are cut with a mark. */
  async #prepareDocuments(texts: readonly string[], signal: AbortSignal): Promise<PreparedDocuments> {
    const { documentPrefix } = this.#config;
    const byText = new Map<string, number[]>();
    for (const [index, text] of texts.entries()) {
      const limited = await limitInput((documentPrefix + text).toWellFormed(), this.limits.maxInputTokens);
      const indexes = byText.get(limited.text);
      if (indexes === undefined) byText.set(limited.text, [index]);
      else indexes.push(index);
    }
    const upperBounds = [...byText.keys()].map(utf8Length);
    const isExact = needsExactWeights(upperBounds, this.limits);
    const tokenizer = isExact ? await loadTokenizer() : undefined;
    const weigh = (text: string): number => tokenizer?.count(text) ?? utf8Length(text);
    const inputs: DocumentInput[] = [];
    for (const [text, indexes] of byText) {
      if (isExact && inputs.length % textsPerTurn === 0) await this.#clock.yield();
      throwIfAborted(signal);
      inputs.push({ indexes, text, weight: weigh(text), halvings: 0 });
    }
    return { inputs, weigh, isExact };
  }

  async #sendDocuments(
    batch: readonly DocumentInput[],
    isExact: boolean,
    about: Pick<EmbedRequest, 'account' | 'requestSignal' | 'waitSignal'>,
  ): Promise<EmbedOutcome> {
    const weight = batch.reduce((sum, input) => sum + input.weight, 0);
    const outcome = await this.#client.embed({
      inputs: batch.map(({ text }) => text),
      lane: 'document',
      tokens: isExact ? weight : Math.ceil(weight * this.#tokensPerByte),
      ...about,
    });
    if ('answer' in outcome && !isExact && weight > 0) {
      // Rises at once and falls slowly: too low a guess overruns the token budget, too high a one wastes some of it.
      const seen = Math.min(1, outcome.tokens / weight);
      this.#tokensPerByte = Math.max(seen, 0.8 * this.#tokensPerByte + 0.2 * seen);
    }
    return outcome;
  }

  async #embedQuery(query: string, signal: AbortSignal, account: SpendingAccount | undefined): Promise<Float32Array> {
    throwIfAborted(signal);
    if (query.trim() === '') throw emptyText();
    let { text } = await limitInput((this.#config.queryPrefix + query).toWellFormed(), this.limits.maxInputTokens);
    for (let halvings = 0; ; halvings++) {
      const outcome = await this.#client.embed({
        inputs: [text],
        lane: 'query',
        tokens: Math.ceil(utf8Length(text) * this.#tokensPerByte),
        account,
        waitSignal: signal,
        requestSignal: signal,
      });
      if ('answer' in outcome) {
        const [vector] = outcome.answer.vectors;
        if (vector !== undefined) return vector;
        throw unusableVector(this.#config.model);
      }
      if (halvings === maxQueryHalvings) {
        throw new AppError(
          'ProviderInputTooLong',
          phrase`The query is too long for the model. Shorten it. ${outcome.error.phrase}`,
          { data: outcome.error.data },
        );
      }
      text = halveInput(text);
    }
  }
}

interface DocumentsCall {
  readonly signal: AbortSignal;
  readonly onBatch: Parameters<EmbeddingProvider['embedDocuments']>[2];
  readonly account: SpendingAccount | undefined;
}

interface PreparedDocuments {
  readonly inputs: readonly DocumentInput[];
  readonly weigh: (text: string) => number;
  /** The weights are tokens; else bytes, which are never fewer. */
  readonly isExact: boolean;
}

function emptyText(): AppError {
  return new AppError('InvalidArgument', phrase`An empty text cannot be embedded.`);
}

function unusableVector(model: string): AppError {
  const message = phrase`The model "${model}" answered with a vector of zeros or of impossible numbers for a text. If this happens often, use another model or another version of the server.`;
  return new AppError('ProviderResponse', message, { data: { model } });
}

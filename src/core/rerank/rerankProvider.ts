import type { RerankConfig } from '../../protocol/config.ts';
import { embeddingText } from '../chunking/embeddingText.ts';
import { estimateTokens } from '../chunking/tokens.ts';
import { type Exchange, parseBody, readErrorBody } from '../embedding/exchange.ts';
import { truncationMark } from '../embedding/limitInput.ts';
import { readRefusal } from '../embedding/refusal.ts';
import type { Clock, Fetch, Metrics } from '../ports.ts';
import type { EmbeddingDocument, RerankProvider } from '../providerPorts.ts';
import { describeRerankFailure, type RerankContext, unusableScores } from './rerankErrors.ts';
import {
  otherShape,
  readRerankEndpoint,
  readScores,
  type RerankEndpoint,
  requestBody,
  type RerankShape,
} from './rerankShape.ts';

export interface RerankDependencies {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Counts requests and documents. */
  readonly metrics: Metrics;
}

/** Documents are not cut shorter than this for an endpoint that says "too long". Estimated tokens. */
const minDocumentTokens = 64;
/** A probability that was rounded may be this far outside of 0..1. */
const roundingError = 1e-6;

/** How requests are made: what the endpoint has taught so far. */
interface RequestForm {
  readonly shape: RerankShape;
  readonly maxDocumentTokens: number;
}

/**
 * Reranking by an endpoint with the common call `/rerank`: Cohere, Jina, Voyage, vLLM, llama.cpp, Text Embeddings Inference
 * and what speaks like them. One request a call, none is repeated but in the form a refusal asks for: a search has no time
 * for more, and the next one asks again. Throws `InvalidArgument` for a base URL that cannot be one.
 */
export function createRerankProvider(
  config: RerankConfig,
  apiKey: string | undefined,
  dependencies: RerankDependencies,
): RerankProvider {
  return new EndpointReranker(config, apiKey?.trim() ?? '', dependencies);
}

class EndpointReranker implements RerankProvider {
  readonly model: string;
  readonly totals = { requests: 0, documents: 0 };
  readonly #endpoint: RerankEndpoint;
  readonly #apiKey: string;
  readonly #dependencies: RerankDependencies;
  #form: RequestForm;
  #scoreType: RerankProvider['scoreType'] = 'probability';

  constructor(config: RerankConfig, apiKey: string, dependencies: RerankDependencies) {
    this.model = config.model;
    this.#endpoint = readRerankEndpoint(config.baseUrl);
    this.#apiKey = apiKey;
    this.#dependencies = dependencies;
    this.#form = { shape: this.#endpoint.shape, maxDocumentTokens: config.maxDocumentTokens };
  }

  get host(): string {
    return this.#endpoint.address.host;
  }

  get scoreType(): RerankProvider['scoreType'] {
    return this.#scoreType;
  }

  async rerank(
    query: string,
    documents: readonly EmbeddingDocument[],
    signal: AbortSignal,
  ): ReturnType<RerankProvider['rerank']> {
    const { metrics, clock } = this.#dependencies;
    for (let requests = 1; ; requests++) {
      const form = this.#form;
      const texts = documents.map((document) => cut(embeddingText(document), form.maxDocumentTokens));
      const cutQuery = cut(query, form.maxDocumentTokens);
      const context = this.#context([cutQuery, ...texts], requests);
      this.totals.requests++;
      metrics.count('rerankRequests');
      const exchange = await this.#send(
        requestBody(form.shape, { model: this.model, query: cutQuery, documents: texts }),
        signal,
      );
      if (exchange.ok) {
        const scores = readScores(exchange.body, documents.length);
        if ('reason' in scores) throw unusableScores(scores.reason, context);
        this.#notice(scores);
        this.totals.documents += documents.length;
        metrics.count('rerankDocuments', documents.length);
        return { scores, requests };
      }
      if (!this.#learn(exchange.failure, form, documents.length)) {
        throw describeRerankFailure(exchange.failure, context, clock.now());
      }
    }
  }

  /** Whether the same request may succeed in the form that it is sent in next. Ends: forms change in one direction. */
  #learn(failure: Extract<Exchange, { ok: false }>['failure'], form: RequestForm, documents: number): boolean {
    if (failure.kind !== 'status') return false;
    const shape = otherShape(failure, form.shape);
    const shorter = Math.floor(form.maxDocumentTokens / 2);
    const isTooLong = readRefusal(failure, documents)?.kind === 'inputTooLong' && shorter >= minDocumentTokens;
    if (shape === undefined && !isTooLong) return false;
    // Another search may have learnt the same meanwhile.
    if (this.#form === form)
      this.#form = shape === undefined ? { ...form, maxDocumentTokens: shorter } : { ...form, shape };
    return true;
  }

  #notice(scores: readonly number[]): void {
    if (this.#endpoint.isProbability) return;
    if (scores.some((score) => score < -roundingError || score > 1 + roundingError)) this.#scoreType = 'logit';
  }

  /** Failures are results, not rejections. Redirects are not followed: they would carry code and key to another host. */
  async #send(body: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Exchange> {
    try {
      const response = await this.#dependencies.fetch(this.#endpoint.url, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'user-agent': 'codeweaver-search',
          ...(this.#apiKey === '' ? {} : { authorization: `Bearer ${this.#apiKey}` }),
        },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal,
      });
      const { status, headers } = response;
      const text = await response.text();
      const exchange = parseBody(text, headers);
      if (response.ok) return exchange;
      return {
        ok: false,
        failure: { kind: 'status', status, headers, ...readErrorBody(exchange.ok ? exchange.body : text, '') },
      };
    } catch (error) {
      return { ok: false, failure: signal.aborted ? { kind: 'aborted' } : { kind: 'network', error } };
    }
  }

  #context(texts: readonly string[], attempt: number): RerankContext {
    return {
      profile: this.#endpoint.address,
      model: this.model,
      attempt,
      hasKey: this.#apiKey !== '',
      secrets: [this.#apiKey],
      texts,
    };
  }
}

/** A text of about `maxTokens` tokens at most; one that was longer ends in a mark. */
function cut(text: string, maxTokens: number): string {
  const tokens = estimateTokens(text);
  const kept = Math.floor((text.length * maxTokens) / tokens);
  return (tokens <= maxTokens ? text : text.slice(0, kept) + truncationMark).toWellFormed();
}

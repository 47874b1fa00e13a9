import { phrase } from '../../protocol/phrase.ts';
import type { UnusableAnswer } from '../embedding/answer.ts';
import { type EndpointAddress, readAddress } from '../embedding/endpointProfile.ts';
import type { ExchangeFailure } from '../embedding/exchange.ts';

/** What the parts of a request are called. */
export interface RerankShape {
  readonly documents: 'documents' | 'texts';
  /** How many scores are asked for; undefined: always all. */
  readonly count: 'top_n' | 'top_k' | undefined;
}

/**
 * Cohere (https://docs.cohere.com/reference/rerank), Jina (https://api.jina.ai/redoc, "rerank"), vLLM
 * (https://docs.vllm.ai, "Re-rank API"), llama.cpp (tools/server/README.md, "/reranking").
 */
const cohereShape: RerankShape = { documents: 'documents', count: 'top_n' };
/** https://docs.voyageai.com/reference/reranker-api. Other names of arguments are refused. */
const voyageShape: RerankShape = { documents: 'documents', count: 'top_k' };
/** Text Embeddings Inference (https://huggingface.github.io/text-embeddings-inference, "/rerank"). */
const teiShape: RerankShape = { documents: 'texts', count: undefined };

/** What is known about a reranking endpoint before its first answer. */
export interface RerankEndpoint {
  readonly address: EndpointAddress;
  /** Of the call. */
  readonly url: string;
  /** The first one to try. */
  readonly shape: RerankShape;
  /** The endpoint's documentation says that scores are 0..1. Others answer with logits where the model has no activation. */
  readonly isProbability: boolean;
}

interface KnownHost {
  /** Path of the API, for a base URL that names the host alone. */
  readonly path: string;
  readonly shape: RerankShape;
  readonly isProbability: boolean;
}

const knownHosts: Readonly<Record<string, KnownHost>> = {
  'api.cohere.com': { path: '/v2', shape: cohereShape, isProbability: true },
  'api.jina.ai': { path: '/v1', shape: cohereShape, isProbability: false },
  'api.voyageai.com': { path: '/v1', shape: voyageShape, isProbability: true },
};

/** Reads a configured base URL. Throws AppError `InvalidArgument` for anything that cannot be one. */
export function readRerankEndpoint(baseUrl: string): RerankEndpoint {
  const address = readAddress(baseUrl, {
    name: phrase`reranker`,
    call: 'rerank',
    examples: 'http://localhost:8080 or https://api.cohere.com',
  });
  const url = new URL(address.baseUrl);
  const known = knownHosts[url.hostname];
  const path = url.pathname.replace(/\/$/u, '') || (known?.path ?? '');
  url.pathname = `${path}/rerank`;
  return {
    address,
    url: url.href,
    shape: known?.shape ?? cohereShape,
    isProbability: known?.isProbability ?? false,
  };
}

/** The request: scores for all documents, since each of them is needed. */
export function requestBody(
  { documents: name, count }: RerankShape,
  {
    model,
    query,
    documents,
  }: { readonly model: string; readonly query: string; readonly documents: readonly string[] },
): Readonly<Record<string, unknown>> {
  return {
    ...(model === '' ? {} : { model }),
    query,
    [name]: documents,
    ...(count === undefined ? { truncate: true } : { [count]: documents.length }),
  };
}

/** The shape that a refusal asks for; undefined when it is about something else. */
export function otherShape(
  { status, message }: Extract<ExchangeFailure, { kind: 'status' }>,
  { documents, count }: RerankShape,
): RerankShape | undefined {
  if (status !== 400 && status !== 422) return undefined;
  // TEI: "Failed to deserialize the JSON body into the target type: missing field `texts`".
  if (documents === 'documents' && /missing field \W?texts\b/u.test(message)) return teiShape;
  // Voyage: "Argument 'top_n' is not supported by our API".
  if (count === 'top_n' && /\btop_n\b.*(?:not supported|not permitted|un\w+)/u.test(message)) return voyageShape;
  return undefined;
}

/**
 * Checks an answer and puts its scores in the order of the documents. The list is the answer itself (TEI), `results`
 * (Cohere, Jina, vLLM, llama.cpp) or `data` (Voyage); a score is `relevance_score` or `score`.
 */
export function readScores(body: unknown, documents: number): readonly number[] | UnusableAnswer {
  const list = listOf(body);
  if (list === undefined) return { reason: phrase`has no list of scores` };
  if (list.length !== documents) return { reason: phrase`has ${list.length} scores for ${documents} documents` };
  const scores = new Array<number | undefined>(documents);
  for (const item of list) {
    const { index, relevance_score: relevance, score = relevance } = (item ?? {}) as Readonly<Record<string, unknown>>;
    if (!isIndex(index, documents) || scores[index] !== undefined) {
      return { reason: phrase`numbers its scores wrongly (repeated or impossible index)` };
    }
    if (typeof score !== 'number' || !Number.isFinite(score))
      return { reason: phrase`has a score that is not a number` };
    scores[index] = score;
  }
  return scores as readonly number[];
}

function listOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body as readonly unknown[];
  const { results, data = results } = (body ?? {}) as Readonly<Record<string, unknown>>;
  return Array.isArray(data) ? data : undefined;
}

function isIndex(value: unknown, length: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < length;
}

import { type AppError, CancelledError, type ErrorCode } from '../../protocol/errors.ts';
import { type Phrase, phrase } from '../../protocol/phrase.ts';
import type { ExchangeFailure } from '../embedding/exchange.ts';
import { failureError, type RequestContext } from '../embedding/failureContext.ts';
import { describeNetworkError } from '../embedding/networkErrors.ts';
import { describeRedirect, namesUnknownModel, withQuotation } from '../embedding/providerErrors.ts';
import { readRetryAfter } from '../embedding/rateHeaders.ts';
import { quoteServer } from '../embedding/redact.ts';

/** What the messages need to know about the request that failed. */
export interface RerankContext extends RequestContext {
  readonly hasKey: boolean;
  /** Never quoted: the key, and what was sent. */
  readonly secrets: readonly string[];
  readonly texts: readonly string[];
}

/**
 * A failed request in words: what happened and what to do. No key, no text that was sent. `data.retryAfterMs` is how long
 * the endpoint wants to be left alone, where it says so.
 */
export function describeRerankFailure(failure: ExchangeFailure, context: RerankContext, nowMs: number): AppError {
  const { host } = context.profile;
  switch (failure.kind) {
    case 'aborted':
    case 'timeout':
      return new CancelledError();
    case 'network':
      return describeNetworkError(failure.error, context).error;
    case 'malformed': {
      const what = failure.contentType === '' ? phrase`something` : failure.contentType;
      const message = failure.cutOff
        ? phrase`The answer of ${host} broke off in the middle. If it stays, a proxy in between cuts answers: lower "rerank.maxBatchDocuments".`
        : phrase`${host} answered with ${what} that is not JSON. Check the base URL of the reranker.`;
      return failureError('ProviderResponse', message, context);
    }
    case 'status':
      return describeStatus(failure, context, nowMs);
  }
}

/** An answer that came but cannot be used; `reason` follows "The answer of HOST ". */
export function unusableScores(reason: Phrase, context: RerankContext): AppError {
  const { host } = context.profile;
  const message = phrase`The answer of ${host} ${reason}. Check that the model is a reranker and that nothing between here and the endpoint changes answers.`;
  return failureError('ProviderResponse', message, context);
}

function describeStatus(
  failure: Extract<ExchangeFailure, { kind: 'status' }>,
  context: RerankContext,
  nowMs: number,
): AppError {
  const { status, headers, message } = failure;
  const [code, text] = explain(failure, context);
  const quoted = quoteServer(message, context.secrets, context.texts);
  const retryAfterMs = status === 429 || status === 503 ? readRetryAfter(headers, message, nowMs) : undefined;
  return failureError(code, withQuotation(text, quoted), context, {
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function explain(
  { status, message, code, headers }: Extract<ExchangeFailure, { kind: 'status' }>,
  { profile, model, hasKey }: RerankContext,
): readonly [code: ErrorCode, text: Phrase] {
  const { host, endpoint } = profile;
  if (status >= 300 && status < 400) return ['ProviderRequest', describeRedirect(headers, profile, 'rerank')];
  if (status === 401) {
    return [
      'ProviderAuth',
      hasKey
        ? phrase`${host} does not accept the reranker's API key. Set another one with the command "Set API Key", or CODEWEAVER_RERANK_API_KEY on the command line.`
        : phrase`${host} wants an API key for reranking and none is set. Set one with the command "Set API Key", or CODEWEAVER_RERANK_API_KEY on the command line.`,
    ];
  }
  if (status === 402) return ['ProviderRequest', phrase`The account at ${host} has no quota left for reranking.`];
  if (status === 403) {
    return [
      'ProviderAuth',
      phrase`${host} refuses access (403). The reranker's API key may not be allowed to use "${model}".`,
    ];
  }
  if (namesUnknownModel(status, `${message} ${code}`)) {
    return ['ProviderModel', phrase`${host} has no reranking model "${model}". Check "rerank.model" in the settings.`];
  }
  if (status === 404 || status === 405 || status === 501) {
    return [
      'ProviderRequest',
      phrase`There is no reranking API at ${endpoint} (${String(status)}). Check the base URL; llama.cpp needs --reranking, and every server a reranking model.`,
    ];
  }
  if (status === 408 || status === 504)
    return ['ProviderTimeout', phrase`${host} gave up waiting (${String(status)}).`];
  if (status === 429) return ['ProviderRateLimit', phrase`${host} limits the rate of requests for reranking.`];
  if (status === 409 || status >= 500)
    return ['ProviderUnavailable', phrase`${host} cannot rerank now (${String(status)}).`];
  return [
    'ProviderRequest',
    phrase`${host} refused to rerank (${String(status)}). Check "rerank.model" and the other settings of the reranker.`,
  ];
}

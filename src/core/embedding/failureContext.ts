import type { EmbeddingConfig } from '../../protocol/config.ts';
import type { Credentials } from '../../protocol/engineApi.ts';
import { AppError, type ErrorCode } from '../../protocol/errors.ts';
import type { Phrase } from '../../protocol/phrase.ts';
import type { EndpointAddress, EndpointProfile } from './endpointProfile.ts';

/** What every message needs to know about the request that failed. */
export interface RequestContext {
  readonly profile: EndpointAddress;
  readonly model: string;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** What the messages about an embedding request need to know besides. */
export interface FailureContext extends RequestContext {
  readonly profile: EndpointProfile;
  readonly hasKey: boolean;
  readonly timeoutMs: number;
  readonly secrets: readonly string[];
  readonly texts: readonly string[];
}

/** What all requests to one endpoint have in common. */
export function endpointContext(
  { model, timeoutMs, headers }: EmbeddingConfig,
  { apiKey }: Credentials,
  profile: EndpointProfile,
): Omit<FailureContext, 'texts' | 'attempt'> {
  const key = apiKey?.trim() ?? '';
  return { profile, model, timeoutMs, hasKey: key !== '', secrets: [key, ...Object.values(headers)] };
}

export interface DescribedFailure {
  readonly error: AppError;
  /** Trying the same request again can help: 408, 409, 429, 5xx, network, timeouts. */
  readonly retriable: boolean;
}

/** An error about a request, with the facts every such error carries. */
export function failureError(
  code: ErrorCode,
  message: Phrase,
  context: RequestContext,
  data: Readonly<Record<string, unknown>> = {},
): AppError {
  const { profile, model, attempt } = context;
  return new AppError(code, message, { data: { endpoint: profile.host, model, attempt, ...data } });
}

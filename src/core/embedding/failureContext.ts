import { AppError, type ErrorCode } from '../../protocol/errors.ts';
import type { EndpointProfile } from './endpointProfile.ts';

/** What the messages need to know about the request that failed. */
export interface FailureContext {
  readonly profile: EndpointProfile;
  readonly model: string;
  readonly hasKey: boolean;
  readonly timeoutMs: number;
  readonly secrets: readonly string[];
  readonly texts: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
}

export interface DescribedFailure {
  readonly error: AppError;
  /** Trying the same request again can help: 408, 409, 429, 5xx, network, timeouts. */
  readonly retriable: boolean;
}

/** An error about a request, with the facts every such error carries. */
export function failureError(
  code: ErrorCode,
  message: string,
  context: FailureContext,
  data: Readonly<Record<string, unknown>> = {},
): AppError {
  const { profile, model, attempt } = context;
  return new AppError(code, message, { data: { endpoint: profile.host, model, attempt, ...data } });
}

import { type AppError, CancelledError, type ErrorCode } from '../../protocol/errors.ts';
import { type Phrase, phrase } from '../../protocol/phrase.ts';
import type { EndpointAddress, EndpointProfile } from './endpointProfile.ts';
import type { ExchangeFailure } from './exchange.ts';
import { type DescribedFailure, type FailureContext, failureError } from './failureContext.ts';
import { describeNetworkError } from './networkErrors.ts';
import { quoteServer } from './redact.ts';

/** Codes that come with status 429 and do not pass by waiting. */
const exhaustedQuota = /insufficient_quota|billing_not_active|billing_hard_limit_reached|access_terminated/u;

/** A failed request in words: what happened and what to do. No key, no text that was sent. */
export function describeFailure(failure: ExchangeFailure, context: FailureContext): DescribedFailure {
  const { host } = context.profile;
  switch (failure.kind) {
    case 'aborted':
      return { error: new CancelledError(), retriable: false };
    case 'timeout': {
      const seconds = context.timeoutMs / 1_000;
      const message = context.profile.isLocal
        ? phrase`${host} did not answer completely within ${seconds} s. The server may still be loading the model, or be too slow for batches of this size: lower the batch size or raise the timeout in the settings.`
        : phrase`${host} did not answer completely within ${seconds} s. Check the network, or raise the timeout in the settings.`;
      return { error: failureError('ProviderTimeout', message, context), retriable: true };
    }
    case 'network':
      return describeNetworkError(failure.error, context);
    case 'malformed': {
      const message = failure.cutOff
        ? phrase`The answer of ${host} broke off in the middle. Try again; if it stays, a proxy in between cuts long answers: lower the batch size.`
        : phrase`${host} answered with ${failure.contentType === '' ? phrase`something` : failure.contentType} that is not JSON. ${baseUrlHint(context.profile)}`;
      return { error: failureError('ProviderResponse', message, context), retriable: failure.cutOff };
    }
    case 'status':
      return describeStatus(failure, context);
  }
}

function describeStatus(
  failure: Extract<ExchangeFailure, { kind: 'status' }>,
  context: FailureContext,
): DescribedFailure {
  const { status, message, code, headers } = failure;
  const { host } = context.profile;
  const quoted = quoteServer(message, context.secrets, context.texts);
  const fail = (errorCode: ErrorCode, text: Phrase, retriable = false): DescribedFailure => ({
    error: failureError(errorCode, withQuotation(text, quoted), context, { status }),
    retriable,
  });

  if (status >= 300 && status < 400)
    return fail('ProviderRequest', describeRedirect(headers, context.profile, 'embeddings'));
  if (status === 401) return fail('ProviderAuth', describeMissingAccess(context));
  if (status === 402 || (status === 429 && exhaustedQuota.test(code))) {
    return fail(
      'ProviderRequest',
      phrase`The account at ${host} has no quota left. Add credit or raise its limit, then index again; what was embedded is kept.`,
    );
  }
  if (status === 403) {
    return fail(
      'ProviderAuth',
      phrase`${host} refuses access (403). The key may not be allowed to use "${context.model}", or a proxy or firewall blocks the address.`,
    );
  }
  if (status === 407) {
    return fail(
      'ProviderRequest',
      phrase`The proxy wants a user name and password. Set them in the proxy settings (http.proxy).`,
    );
  }
  if (namesUnknownModel(status, `${message} ${code}`)) return fail('ProviderModel', describeUnknownModel(context));
  if (status === 404 || status === 405) {
    return fail(
      'ProviderRequest',
      phrase`There is no embeddings API at ${context.profile.endpoint}/embeddings (${String(status)}). ${baseUrlHint(context.profile)}`,
    );
  }
  if (status === 408 || status === 504) {
    return fail(
      'ProviderTimeout',
      phrase`${host} gave up waiting (${String(status)}). Try again later, or lower the batch size.`,
      true,
    );
  }
  if (status === 429) {
    return fail(
      'ProviderRateLimit',
      phrase`${host} limits the rate of requests. Wait a minute and index again, or set lower budgets (requests and tokens per minute) in the settings.`,
      true,
    );
  }
  if (status === 409 || status >= 500) {
    return fail('ProviderUnavailable', phrase`${host} cannot answer now (${String(status)}). Try again later.`, true);
  }
  return fail(
    'ProviderRequest',
    phrase`${host} refused the request (${String(status)}). Check the model "${context.model}" and the settings of the endpoint.`,
  );
}

/** The endpoint's rate limit leaves no room for longer than anybody waits. */
export function tooLongWait(waitMs: number, context: FailureContext): AppError {
  const seconds = Math.ceil(waitMs / 1_000);
  const message = phrase`${context.profile.host} takes no more requests for ${seconds} s: its rate limit is used up. Index again after that; what was embedded is kept.`;
  return failureError('ProviderRateLimit', message, context, { status: 429, retryAfterMs: Math.ceil(waitMs) });
}

/** An answer that cannot be used. `dimensions`: the size that was asked for. */
export function unusableAnswer(
  reason: Phrase,
  body: unknown,
  context: FailureContext,
  dimensions: number | undefined,
): AppError {
  const { profile, model, secrets, texts } = context;
  const fix =
    reason.text.includes('dimensions') && dimensions !== undefined
      ? phrase`The endpoint seems to ignore the configured size ${dimensions}: clear "dimensions" in the settings or set the model's own.`
      : phrase`Check that "${model}" is an embedding model and that nothing between here and the endpoint changes answers.`;
  const said = typeof body === 'object' && body !== null && 'error' in body ? JSON.stringify(body.error) : '';
  const quoted = said === '' ? '' : quoteServer(said, secrets, texts);
  return failureError(
    'ProviderResponse',
    withQuotation(phrase`The answer of ${profile.host} ${reason}. ${fix}`, quoted),
    context,
  );
}

/** `quoted`: the server's own words; empty: it has said nothing. */
export function withQuotation(text: Phrase, quoted: string): Phrase {
  return quoted === '' ? text : phrase`${text} It said: "${quoted}"`;
}

function describeMissingAccess({ profile, hasKey }: FailureContext): Phrase {
  if (!hasKey)
    return phrase`${profile.host} wants an API key and none is set. Set one with the command "Set API Key", or OPENAI_API_KEY on the command line.`;
  return phrase`${profile.host} does not accept the API key. Set another one with the command "Set API Key", and check that it belongs to this endpoint.`;
}

/** A refusal that is about the name of the model, in the wordings of many servers. */
export function namesUnknownModel(status: number, text: string): boolean {
  if (status !== 400 && status !== 404 && status !== 422) return false;
  if (/model_not_found|deploymentnotfound|invalid_model/iu.test(text)) return true;
  return (
    /\bmodel\b/iu.test(text) &&
    /not found|does not exist|no such|invalid model|unknown model|not supported|not available|not loaded|no models? loaded/iu.test(
      text,
    )
  );
}

function describeUnknownModel({ profile, model }: FailureContext): Phrase {
  const start = phrase`${profile.host} has no embedding model "${model}".`;
  if (profile.host.endsWith(':11434'))
    return phrase`${start} Get it with "ollama pull ${model}", or name another model in the settings.`;
  if (profile.isAzure) return phrase`${start} On Azure the name is that of your deployment; check it and the base URL.`;
  if (profile.isLocal) return phrase`${start} Check its name in the settings and that the server has loaded it.`;
  return phrase`${start} Check its name in the settings.`;
}

/** `call`: last part of the address that was called. */
export function describeRedirect(headers: Headers, profile: EndpointAddress, call: string): Phrase {
  const location = headers.get('location');
  const target = location === null ? null : URL.parse(location, `${profile.endpoint}/`);
  const where =
    target === null
      ? phrase`another address`
      : `${target.origin}${target.pathname.replace(new RegExp(`/${call}/?$`, 'u'), '')}`;
  return phrase`${profile.host} redirects to ${where}. Redirects are not followed, because texts and key would go with them. If that is your endpoint, set it as the base URL.`;
}

function baseUrlHint(profile: EndpointProfile): Phrase {
  if (new URL(profile.endpoint).pathname === '/') {
    return phrase`Most servers have their API below /v1: set the base URL to ${profile.endpoint}/v1.`;
  }
  return phrase`Check the base URL in the settings; a proxy or sign-in page may answer in place of the endpoint.`;
}

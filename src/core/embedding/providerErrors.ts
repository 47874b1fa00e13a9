import { type AppError, CancelledError, type ErrorCode } from '../../protocol/errors.ts';
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
      const message =
        `${host} did not answer completely within ${context.timeoutMs / 1_000} s. ` +
        (context.profile.isLocal
          ? 'The server may still be loading the model, or be too slow for batches of this size: lower the batch size or raise the timeout in the settings.'
          : 'Check the network, or raise the timeout in the settings.');
      return { error: failureError('ProviderTimeout', message, context), retriable: true };
    }
    case 'network':
      return describeNetworkError(failure.error, context);
    case 'malformed': {
      const message = failure.cutOff
        ? `The answer of ${host} broke off in the middle. Try again; if it stays, a proxy in between cuts long answers: lower the batch size.`
        : `${host} answered with ${failure.contentType === '' ? 'something' : failure.contentType} that is not JSON. ` +
          baseUrlHint(context.profile);
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
  const said = quoted === '' ? '' : ` It said: "${quoted}"`;
  const fail = (errorCode: ErrorCode, text: string, retriable = false): DescribedFailure => ({
    error: failureError(errorCode, text + said, context, { status }),
    retriable,
  });

  if (status >= 300 && status < 400)
    return fail('ProviderRequest', describeRedirect(headers, context.profile, 'embeddings'));
  if (status === 401) return fail('ProviderAuth', describeMissingAccess(context));
  if (status === 402 || (status === 429 && exhaustedQuota.test(code))) {
    return fail(
      'ProviderRequest',
      `The account at ${host} has no quota left. Add credit or raise its limit, then index again; what was embedded is kept.`,
    );
  }
  if (status === 403) {
    return fail(
      'ProviderAuth',
      `${host} refuses access (403). The key may not be allowed to use "${context.model}", or a proxy or firewall blocks the address.`,
    );
  }
  if (status === 407) {
    return fail(
      'ProviderRequest',
      'The proxy wants a user name and password. Set them in the proxy settings (http.proxy).',
    );
  }
  if (namesUnknownModel(status, `${message} ${code}`)) return fail('ProviderModel', describeUnknownModel(context));
  if (status === 404 || status === 405) {
    return fail(
      'ProviderRequest',
      `There is no embeddings API at ${context.profile.endpoint}/embeddings (${status}). ${baseUrlHint(context.profile)}`,
    );
  }
  if (status === 408 || status === 504) {
    return fail(
      'ProviderTimeout',
      `${host} gave up waiting (${status}). Try again later, or lower the batch size.`,
      true,
    );
  }
  if (status === 429) {
    return fail(
      'ProviderRateLimit',
      `${host} limits the rate of requests. Wait a minute and index again, or set lower budgets (requests and tokens per minute) in the settings.`,
      true,
    );
  }
  if (status === 409 || status >= 500) {
    return fail('ProviderUnavailable', `${host} cannot answer now (${status}). Try again later.`, true);
  }
  return fail(
    'ProviderRequest',
    `${host} refused the request (${status}). Check the model "${context.model}" and the settings of the endpoint.`,
  );
}

/** The endpoint's rate limit leaves no room for longer than anybody waits. */
export function tooLongWait(waitMs: number, context: FailureContext): AppError {
  const seconds = Math.ceil(waitMs / 1_000);
  const message = `${context.profile.host} takes no more requests for ${seconds} s: its rate limit is used up. Index again after that; what was embedded is kept.`;
  return failureError('ProviderRateLimit', message, context, { status: 429, retryAfterMs: Math.ceil(waitMs) });
}

/** An answer that cannot be used. `dimensions`: the size that was asked for. */
export function unusableAnswer(
  reason: string,
  body: unknown,
  context: FailureContext,
  dimensions: number | undefined,
): AppError {
  const { profile, model, secrets, texts } = context;
  const fix =
    reason.includes('dimensions') && dimensions !== undefined
      ? ` The endpoint seems to ignore the configured size ${dimensions}: clear "dimensions" in the settings or set the model's own.`
      : ` Check that "${model}" is an embedding model and that nothing between here and the endpoint changes answers.`;
  const said = typeof body === 'object' && body !== null && 'error' in body ? JSON.stringify(body.error) : '';
  const quoted = said === '' ? '' : ` It said: "${quoteServer(said, secrets, texts)}"`;
  return failureError('ProviderResponse', `The answer of ${profile.host} ${reason}.${fix}${quoted}`, context);
}

function describeMissingAccess({ profile, hasKey }: FailureContext): string {
  if (!hasKey)
    return `${profile.host} wants an API key and none is set. Set one with the command "Set API Key", or OPENAI_API_KEY on the command line.`;
  return `${profile.host} does not accept the API key. Set another one with the command "Set API Key", and check that it belongs to this endpoint.`;
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

function describeUnknownModel({ profile, model }: FailureContext): string {
  const start = `${profile.host} has no embedding model "${model}".`;
  if (profile.host.endsWith(':11434'))
    return `${start} Get it with "ollama pull ${model}", or name another model in the settings.`;
  if (profile.isAzure) return `${start} On Azure the name is that of your deployment; check it and the base URL.`;
  return `${start} Check its name in the settings${profile.isLocal ? ' and that the server has loaded it' : ''}.`;
}

/** `call`: last part of the address that was called. */
export function describeRedirect(headers: Headers, profile: EndpointAddress, call: string): string {
  const location = headers.get('location');
  const target = location === null ? null : URL.parse(location, `${profile.endpoint}/`);
  const where =
    target === null
      ? 'another address'
      : `${target.origin}${target.pathname.replace(new RegExp(`/${call}/?$`, 'u'), '')}`;
  return `${profile.host} redirects to ${where}. Redirects are not followed, because texts and key would go with them. If that is your endpoint, set it as the base URL.`;
}

function baseUrlHint(profile: EndpointProfile): string {
  if (new URL(profile.endpoint).pathname === '/') {
    return `Most servers have their API below /v1: set the base URL to ${profile.endpoint}/v1.`;
  }
  return 'Check the base URL in the settings; a proxy or sign-in page may answer in place of the endpoint.';
}

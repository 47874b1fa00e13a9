import type OpenAI from 'openai';
import type { EmbeddingConfig } from '../../protocol/config.ts';
import type { Credentials } from '../../protocol/engineApi.ts';
import type { Clock, Fetch } from '../ports.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { EndpointProfile } from './endpointProfile.ts';
import { type Exchange, type ExchangeFailure, parseBody, readErrorBody } from './exchange.ts';

export type InputType = 'document' | 'query';

/** Longer than any request's own deadline: the SDK's timer does not cover the body of an error answer, ours does. */
const sdkTimeoutMs = 2 ** 31 - 1;
/** The SDK refuses to be made without a key. The real one, if any, travels in {@link EmbeddingEndpoint}'s own headers. */
const placeholderKey = 'none';

/** One embeddings endpoint: sends one request through the `openai` package and reads the whole answer. No retries. */
export class EmbeddingEndpoint {
  readonly #config: EmbeddingConfig;
  readonly #profile: EndpointProfile;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  #client: Promise<OpenAI> | undefined;
  #sendsEncodingFormat = true;

  constructor(
    config: EmbeddingConfig,
    credentials: Credentials,
    profile: EndpointProfile,
    { fetch, clock }: { fetch: Fetch; clock: Clock },
  ) {
    this.#config = config;
    this.#profile = profile;
    this.#headers = requestHeaders(config, credentials, profile);
    this.#fetch = fetch;
    this.#clock = clock;
  }

  get sendsEncodingFormat(): boolean {
    return this.#sendsEncodingFormat && this.#profile.encodingFormat !== undefined;
  }

  /** Leaves `encoding_format` out from now on. */
  stopSendingEncodingFormat(): void {
    this.#sendsEncodingFormat = false;
  }

  /** Failures are results, not rejections. The deadline covers the request from its first to its last byte. */
  async send(inputs: readonly string[], inputType: InputType, signal: AbortSignal): Promise<Exchange> {
    const client = await this.#openClient();
    const deadline = new AbortController();
    const timer = new AbortController();
    const timeout = this.#clock.sleep(this.#config.timeoutMs, timer.signal).then(
      () => deadline.abort(),
      () => undefined,
    );
    const either = linkSignals(signal, deadline.signal);
    try {
      const response = await client
        .post('/embeddings', { body: this.#body(inputs, inputType), signal: either.signal, timeout: sdkTimeoutMs })
        .asResponse();
      return parseBody(await response.text(), response.headers);
    } catch (error) {
      if (signal.aborted) return { ok: false, failure: { kind: 'aborted' } };
      if (deadline.signal.aborted) return { ok: false, failure: { kind: 'timeout' } };
      return { ok: false, failure: readSdkError(error) };
    } finally {
      either.unlink();
      timer.abort();
      await timeout;
    }
  }

  #body(inputs: readonly string[], inputType: InputType): Record<string, unknown> {
    const { encodingFormat, dimensionsParameter, sendsInputType } = this.#profile;
    return {
      model: this.#config.model,
      input: inputs,
      ...(this.sendsEncodingFormat ? { encoding_format: encodingFormat } : {}),
      ...(this.#config.dimensions === undefined ? {} : { [dimensionsParameter]: this.#config.dimensions }),
      ...(sendsInputType ? { input_type: inputType } : {}),
    };
  }

  /** Loaded on first use: 400 kB of script that a lexical session never needs. */
  async #openClient(): Promise<OpenAI> {
    this.#client ??= import('openai').then(
      ({ OpenAI: Client }) =>
        new Client({
          baseURL: this.#profile.baseUrl,
          apiKey: placeholderKey,
          adminAPIKey: null,
          organization: null,
          project: null,
          webhookSecret: null,
          maxRetries: 0,
          // Its debug level (OPENAI_LOG in the environment) would print the texts.
          logLevel: 'off',
          // The engine may run in a web worker; the key is the user's own and stays in this process.
          dangerouslyAllowBrowser: true,
          fetch: async (url, init) => await this.#transport(url, init),
        }),
    );
    return await this.#client;
  }

  /**
   * The request as the port gets it: plain strings and objects only, so that it can cross a channel. The headers are
   * ours alone: the SDK would add a description of the machine, and whatever OPENAI_CUSTOM_HEADERS holds for another
   * endpoint. Redirects are not followed: they would carry source text and header keys to another host.
   */
  async #transport(url: unknown, init: RequestInit | undefined): Promise<Response> {
    return await this.#fetch(String(url), {
      method: 'POST',
      headers: this.#headers,
      body: typeof init?.body === 'string' ? init.body : '',
      redirect: 'manual',
      ...(init?.signal ? { signal: init.signal } : {}),
    });
  }
}

function requestHeaders(
  config: EmbeddingConfig,
  { apiKey }: Credentials,
  profile: EndpointProfile,
): Readonly<Record<string, string>> {
  const key = apiKey?.trim() ?? '';
  const own = Object.entries(config.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'codeweaver-search',
    ...(config.organization === undefined ? {} : { 'openai-organization': config.organization }),
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    ...(key === '' || !profile.isAzure ? {} : { 'api-key': key }),
    ...Object.fromEntries(own),
  };
}

/** The parts of the SDK's errors used here, read by shape: the package is loaded lazily. */
interface SdkError {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly error?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

function readSdkError(error: unknown): ExchangeFailure {
  const { status, headers, error: body, message, cause } = error as SdkError;
  if (typeof status !== 'number') return { kind: 'network', error: cause ?? error };
  return {
    kind: 'status',
    status,
    headers: headers instanceof Headers ? headers : new Headers(),
    ...readErrorBody(body, typeof message === 'string' ? message.replace(/^\d{3} /u, '') : ''),
  };
}

import { AppError } from '../../protocol/errors.ts';
import { type Phrase, phrase } from '../../protocol/phrase.ts';

/** Where an endpoint is. */
export interface EndpointAddress {
  /** Base URL as requests use it: no trailing slash, its query kept (Azure's `api-version`). */
  readonly baseUrl: string;
  /** The part that identifies the endpoint: no credentials, query or fragment. Shown and hashed. */
  readonly endpoint: string;
  /** Host and port, for messages. */
  readonly host: string;
  /** Loopback or private address: a key is normally not needed. */
  readonly isLocal: boolean;
}

/** What is known about an embedding endpoint before its first answer. Everything else is learnt from its answers. */
export interface EndpointProfile extends EndpointAddress {
  readonly isAzure: boolean;
  /**
   * `base64` (a quarter of the bytes of `float`) only where it is known to work: other servers refuse it, ignore it or
   * answer without data. `undefined`: the endpoint takes neither value.
   */
  readonly encodingFormat: 'float' | 'base64' | undefined;
  readonly dimensionsParameter: 'dimensions' | 'output_dimension';
  /** The endpoint distinguishes queries from documents by `input_type` (Voyage). */
  readonly sendsInputType: boolean;
}

type Quirks = Pick<EndpointProfile, 'encodingFormat' | 'dimensionsParameter' | 'sendsInputType'>;

const openAiQuirks: Quirks = { encodingFormat: 'base64', dimensionsParameter: 'dimensions', sendsInputType: false };
const commonQuirks: Quirks = { ...openAiQuirks, encodingFormat: 'float' };
/** Sources: https://docs.voyageai.com/reference/embeddings-api, https://docs.mistral.ai/api (embeddings). */
const quirksByHost: Readonly<Record<string, Quirks>> = {
  'api.openai.com': openAiQuirks,
  'api.voyageai.com': { encodingFormat: 'base64', dimensionsParameter: 'output_dimension', sendsInputType: true },
  'api.mistral.ai': { ...commonQuirks, dimensionsParameter: 'output_dimension' },
};

const azureHosts = /\.(?:openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com|azure-api\.net)$/u;
const localHosts =
  /^(?:localhost|.*\.localhost|.*\.local|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+|\[::1\])$/u;

/** Reads the base URL of an embedding endpoint. Throws as {@link readAddress} does. */
export function readEndpoint(baseUrl: string): EndpointProfile {
  const address = readAddress(baseUrl, {
    name: phrase`embedding endpoint`,
    call: 'embeddings',
    examples: 'https://api.openai.com/v1 or http://localhost:11434/v1',
  });
  const { hostname } = new URL(address.endpoint);
  const isAzure = azureHosts.test(hostname);
  return { ...address, isAzure, ...(isAzure ? openAiQuirks : (quirksByHost[hostname] ?? commonQuirks)) };
}

/** Reads a configured base URL. Throws AppError `InvalidArgument` for anything that cannot be one. */
export function readAddress(
  baseUrl: string,
  { name, call, examples }: { readonly name: Phrase; readonly call: string; readonly examples: string },
): EndpointAddress {
  let url: URL;
  try {
    url = new URL(baseUrl.trim());
  } catch (error) {
    throw new AppError(
      'InvalidArgument',
      phrase`The base URL of the ${name} is not a URL. It looks like ${examples}.`,
      {
        cause: error,
      },
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AppError('InvalidArgument', phrase`The base URL of the ${name} must start with http:// or https://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError(
      'InvalidArgument',
      phrase`The base URL of the ${name} must not contain a user name or password. Use the API key or a header.`,
    );
  }
  const withoutSlashes = url.pathname.replace(/\/+$/u, '');
  // People paste the full address of the call; the client adds its last part itself.
  const path = (withoutSlashes.endsWith(`/${call}`) ? withoutSlashes.slice(0, -call.length) : withoutSlashes).replace(
    /\/+$/u,
    '',
  );
  return {
    baseUrl: `${url.origin}${path}${url.search}`,
    endpoint: `${url.origin}${path}`,
    host: url.host,
    isLocal: localHosts.test(url.hostname),
  };
}

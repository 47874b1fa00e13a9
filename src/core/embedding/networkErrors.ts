import { AppError, CancelledError, type ErrorCode } from '../../protocol/errors.ts';
import { type Phrase, phrase } from '../../protocol/phrase.ts';
import type { EndpointAddress } from './endpointProfile.ts';
import { type DescribedFailure, failureError, type RequestContext } from './failureContext.ts';

/** Programs that listen on these ports by default. */
const serversByPort: Readonly<Record<string, string>> = {
  '11434': 'Ollama',
  '1234': 'LM Studio',
  '8000': 'vLLM',
  '8080': 'llama.cpp or Text Embeddings Inference',
};

interface Cause {
  readonly code: ErrorCode;
  readonly text: Phrase;
  readonly retriable: boolean;
}

/**
 * A request that got no HTTP answer. The code is the operating system's, OpenSSL's or undici's, wherever in the chain of
 * causes it stands; certificate problems are the user's to solve and are not tried again.
 */
export function describeNetworkError(error: unknown, context: RequestContext): DescribedFailure {
  const chain = causes(error);
  const own = chain.find((cause) => cause instanceof AppError && !(cause instanceof CancelledError));
  if (own instanceof AppError) return { error: own, retriable: false };
  const networkCode = readNetworkCode(chain);
  const { code, text, retriable } = explain(networkCode, chain, context);
  return { error: failureError(code, text, context, { networkCode }), retriable };
}

/** Chromium's network stack, which VS Code may use, names its errors in the message alone. */
const chromiumCodes: Readonly<Record<string, string>> = {
  CONNECTION_REFUSED: 'ECONNREFUSED',
  CONNECTION_RESET: 'ECONNRESET',
  CONNECTION_CLOSED: 'ECONNRESET',
  EMPTY_RESPONSE: 'ECONNRESET',
  NAME_NOT_RESOLVED: 'ENOTFOUND',
  TIMED_OUT: 'ETIMEDOUT',
  CONNECTION_TIMED_OUT: 'ETIMEDOUT',
  INTERNET_DISCONNECTED: 'ENETDOWN',
  ADDRESS_UNREACHABLE: 'EHOSTUNREACH',
};

/** Empty when nothing in the chain has a name. */
function readNetworkCode(chain: readonly unknown[]): string {
  for (const cause of chain) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  for (const cause of chain) {
    const name = cause instanceof Error ? /net::ERR_([A-Z_]+)/u.exec(cause.message)?.[1] : undefined;
    if (name !== undefined) return chromiumCodes[name] ?? name;
  }
  return '';
}

function explain(networkCode: string, chain: readonly unknown[], { profile }: RequestContext): Cause {
  const { host, isLocal } = profile;
  const { hostname, port } = new URL(profile.endpoint);
  const unavailable = (text: Phrase): Cause => ({ code: 'ProviderUnavailable', text, retriable: true });
  switch (networkCode) {
    case 'ECONNREFUSED': {
      const proxy = readOtherAddress(chain, profile);
      if (proxy !== undefined) {
        return unavailable(
          phrase`The proxy ${proxy} refuses connections. Check the proxy settings (http.proxy, HTTPS_PROXY).`,
        );
      }
      const server = serversByPort[port];
      return unavailable(
        isLocal && server !== undefined
          ? phrase`Nothing listens on ${host}. Is ${server} running on ${hostname}? Start it, or change the base URL.`
          : phrase`${host} refuses connections. Is the server running there, and is the port right?`,
      );
    }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return unavailable(
        phrase`The name ${hostname} cannot be resolved. Check the base URL, the network and the proxy settings.`,
      );
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return {
        code: 'ProviderTimeout',
        text: phrase`${host} could not be reached in time. Check the network, the VPN and the proxy settings.`,
        retriable: true,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return unavailable(
        phrase`The connection to ${host} broke off. Try again; if it stays, check the proxy or the server's log.`,
      );
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ENETDOWN':
      return unavailable(phrase`${host} cannot be reached from here. Check the network and the VPN.`);
    default:
      return explainRare(networkCode, chain, host);
  }
}

function explainRare(networkCode: string, chain: readonly unknown[], host: string): Cause {
  if (/^(?:CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|SSL_)/u.test(networkCode)) {
    const text = phrase`The certificate of ${host} is not trusted (${networkCode}). Where a company proxy inspects traffic, add its certificate to the system (VS Code reads it there) or to NODE_EXTRA_CA_CERTS for the command line.`;
    return { code: 'ProviderRequest', text, retriable: false };
  }
  if (chain.some((cause) => cause instanceof TypeError && /ByteString|header/iu.test(cause.message))) {
    const text = phrase`The API key or a configured header has a character that HTTP headers cannot carry. Was a quotation mark or another sign copied along? Set it again.`;
    return { code: 'ProviderRequest', text, retriable: false };
  }
  const named = networkCode === '' ? '' : ` (${networkCode})`;
  return {
    code: 'ProviderUnavailable',
    text: phrase`The request to ${host} failed${named}. Check the network and the proxy settings.`,
    retriable: true,
  };
}

/** Where the refused connection went, when that is not the endpoint's port: a proxy. */
function readOtherAddress(chain: readonly unknown[], { endpoint }: EndpointAddress): string | undefined {
  const { port, protocol } = new URL(endpoint);
  const own = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  for (const cause of chain) {
    const { address, port: refused } = cause as { address?: unknown; port?: unknown };
    if (typeof address === 'string' && typeof refused === 'number' && refused !== own) return `${address}:${refused}`;
  }
  return undefined;
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && chain.length < 8) {
    chain.push(next);
    const { errors, cause } = next as { errors?: unknown; cause?: unknown };
    // Node tries every address of a name and reports them together.
    next = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return chain;
}

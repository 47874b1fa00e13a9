import { AppError, type ErrorCode } from '../../protocol/errors.ts';
import { type DescribedFailure, type FailureContext, failureError } from './failureContext.ts';

/** Programs that listen on these ports by default. */
const serversByPort: Readonly<Record<string, string>> = {
  '11434': 'Ollama',
  '1234': 'LM Studio',
  '8000': 'vLLM',
  '8080': 'llama.cpp or Text Embeddings Inference',
};

interface Cause {
  readonly code: ErrorCode;
  readonly text: string;
  readonly retriable: boolean;
}

/**
 * A request that got no HTTP answer. The code is the operating system's, OpenSSL's or undici's, wherever in the chain of
 * causes it stands; certificate problems are the user's to solve and are not tried again.
 */
export function describeNetworkError(error: unknown, context: FailureContext): DescribedFailure {
  const chain = causes(error);
  const own = chain.find((cause) => cause instanceof AppError);
  if (own !== undefined) return { error: own, retriable: false };
  const networkCode = chain.map((cause) => (cause as { code?: unknown }).code).find((code) => typeof code === 'string');
  const { code, text, retriable } = explain(networkCode ?? '', context);
  return { error: failureError(code, text, context, { networkCode: networkCode ?? 'unknown' }), retriable };
}

function explain(networkCode: string, { profile }: FailureContext): Cause {
  const { host, isLocal } = profile;
  const hostname = new URL(profile.endpoint).hostname;
  const unavailable = (text: string): Cause => ({ code: 'ProviderUnavailable', text, retriable: true });
  switch (networkCode) {
    case 'ECONNREFUSED': {
      const server = serversByPort[new URL(profile.endpoint).port];
      return unavailable(
        isLocal && server !== undefined
          ? `Nothing listens on ${host}. Is ${server} running on ${hostname}? Start it, or change the base URL.`
          : `${host} refuses connections. Is the server running there, and is the port right?`,
      );
    }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return unavailable(
        `The name ${hostname} cannot be resolved. Check the base URL, the network and the proxy settings.`,
      );
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return {
        code: 'ProviderTimeout',
        text: `${host} could not be reached in time. Check the network, the VPN and the proxy settings.`,
        retriable: true,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return unavailable(
        `The connection to ${host} broke off. Try again; if it stays, check the proxy or the server's log.`,
      );
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ENETDOWN':
      return unavailable(`${host} cannot be reached from here. Check the network and the VPN.`);
    default:
      if (/^(?:CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH)/u.test(networkCode)) {
        return {
          code: 'ProviderRequest',
          text:
            `The certificate of ${host} is not trusted (${networkCode}). ` +
            'Where a company proxy inspects traffic, add its certificate to the system (VS Code reads it there) or to NODE_EXTRA_CA_CERTS for the command line.',
          retriable: false,
        };
      }
      return unavailable(
        `The request to ${host} failed${networkCode === '' ? '' : ` (${networkCode})`}. Check the network and the proxy settings.`,
      );
  }
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

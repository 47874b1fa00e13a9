import type { FetchOutcome, FetchRequest, HostApi } from '../protocol/hostApi.ts';
import { transferring } from './transfer.ts';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;
type CallFetch = (request: FetchRequest, signal?: AbortSignal) => Promise<FetchOutcome>;

/** An answer larger than this is refused: no embedding endpoint sends one, and it would be held in memory whole. */
const maxAnswerBytes = 256 * 1_048_576;

const hiddenRedirectStatus = 302;

/** Statuses that must not have a body (Fetch standard, null body status). */
const nullBodyStatuses: ReadonlySet<number> = new Set([204, 205, 304]);

/** The side that has the network: answers requests with `fetch`. */
export function serveFetch(fetch: Fetch): HostApi['fetch'] {
  return async ({ url, method, headers, body, redirect }, signal) => {
    try {
      const response = await fetch(url, {
        method,
        redirect,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        ...(signal === undefined ? {} : { signal }),
      });
      const bytes = await readBody(response);
      const { statusText } = response;
      // A browser's fetch hides what a redirect said that it was told not to follow.
      const status = response.type === 'opaqueredirect' ? hiddenRedirectStatus : response.status;
      return transferring({ ok: true, status, statusText, headers: [...response.headers], body: bytes }, [
        bytes.buffer,
      ]);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      return { ok: false, ...describeFailure(error) };
    }
  };
}

/** The side without a network: a `fetch` whose requests are sent by `call`. Bodies are strings or bytes. */
export function connectFetch(call: CallFetch): Fetch {
  return async (url, init) => {
    const signal = init.signal ?? undefined;
    const outcome = await call(toRequest(url, init), signal).catch((error: unknown) => {
      // As the standard fetch does: the caller gets the reason of its own signal.
      signal?.throwIfAborted();
      throw error;
    });
    if (!outcome.ok) {
      const cause = Object.assign(new Error(outcome.message), outcome.code === undefined ? {} : { code: outcome.code });
      throw new TypeError('fetch failed', { cause });
    }
    const { status, statusText, headers, body } = outcome;
    return new Response(nullBodyStatuses.has(status) ? null : (body as Uint8Array<ArrayBuffer>), {
      status,
      statusText,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
  };
}

function toRequest(url: string, init: RequestInit): FetchRequest {
  const redirect = init.redirect === 'manual' ? ('manual' as const) : ('follow' as const);
  const request = { url, method: init.method ?? 'GET', headers: [...new Headers(init.headers)], redirect };
  const { body } = init;
  if (body === undefined || body === null) return request;
  if (typeof body === 'string') {
    const bytes = new TextEncoder().encode(body);
    return transferring({ ...request, body: bytes }, [bytes.buffer]);
  }
  // The caller's own bytes are copied: it may send them again in a retry.
  if (body instanceof Uint8Array) return { ...request, body };
  throw new TypeError('A request body must be a string or bytes.');
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxAnswerBytes) throw new Error(`The answer is larger than ${maxAnswerBytes} bytes.`);
  }
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Node's fetch says only `fetch failed`; what went wrong (ECONNREFUSED, certificates) is in its cause. */
function describeFailure(error: unknown): { message: string; code?: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return { message, ...(typeof code === 'string' ? { code } : {}) };
}

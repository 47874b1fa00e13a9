/** Why a request brought no usable HTTP answer. Not an error yet: some are retried, some change the batch. */
export type ExchangeFailure =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'network'; readonly error: unknown }
  /** The body is not JSON. `cutOff`: it ends in the middle. */
  | { readonly kind: 'malformed'; readonly cutOff: boolean; readonly contentType: string }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers: Headers;
      /** The endpoint's own words, raw: may repeat the key or the texts. */
      readonly message: string;
      readonly code: string;
    };

export type Exchange =
  | { readonly ok: true; readonly body: unknown; readonly headers: Headers }
  | { readonly ok: false; readonly failure: ExchangeFailure };

/** Of an error page; more is of no use to anyone. */
const maxMessageLength = 4_000;

/** An answer's body as JSON. */
export function parseBody(text: string, headers: Headers): Exchange {
  try {
    return { ok: true, body: JSON.parse(text) as unknown, headers };
  } catch {
    // Below.
  }
  const trimmed = text.trimEnd();
  try {
    // Python's JSON writes these words, which are not JSON. There is no text in an answer that could contain them.
    return { ok: true, body: JSON.parse(trimmed.replace(/-?\b(?:NaN|Infinity)\b/gu, 'null')) as unknown, headers };
  } catch {
    const contentType = headers.get('content-type') ?? '';
    const cutOff = /^(?:[{[]|$)/u.test(trimmed) && !/[}\]]$/u.test(trimmed);
    return { ok: false, failure: { kind: 'malformed', cutOff, contentType } };
  }
}

/** What the body of an error says: its words (`fallback` where it has none) and its code. */
export function readErrorBody(body: unknown, fallback: string): { readonly message: string; readonly code: string } {
  return { message: (readMessage(body) ?? fallback).slice(0, maxMessageLength), code: readCode(body) };
}

/** Error bodies in use: `{error: {message, code}}`, `{error: "…"}`, `{message}`, `{detail: "…" | [{msg}]}`. */
function readMessage(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (Array.isArray(body)) return readMessage(body[0]);
  if (typeof body !== 'object' || body === null) return undefined;
  const { message, detail, msg, error } = body as Record<string, unknown>;
  return readMessage(message) ?? readMessage(detail) ?? readMessage(msg) ?? readMessage(error);
}

function readCode(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { code, type, error } = body as Record<string, unknown>;
  const own = [code, type].filter((value) => typeof value === 'string' || typeof value === 'number').join(' ');
  return own === '' ? readCode(error) : own;
}

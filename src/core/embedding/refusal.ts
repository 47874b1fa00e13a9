import type { ExchangeFailure } from './exchange.ts';
import { readRetryAfter } from './rateHeaders.ts';

/** A refusal that a smaller request avoids. */
export type SizeRefusal =
  /** Too many inputs, too many tokens together, or too large for a reason not given. `limit`: what the text names. */
  | { readonly kind: 'tooManyInputs' | 'tooManyTokens' | 'tooLarge'; readonly limit: number | undefined }
  /** One of the inputs is longer than the model reads. */
  | { readonly kind: 'inputTooLong'; readonly limit: number | undefined };

/** A refusal that a smaller or plainer request avoids. */
export type Refusal = SizeRefusal | { readonly kind: 'encodingFormat' } | { readonly kind: 'dimensions' };

type StatusFailure = Extract<ExchangeFailure, { kind: 'status' }>;

/*
 * The wordings of the servers, each seen in a public report or in the server's source:
 * OpenAI   "Invalid 'input': array too long. Expected an array with maximum length 2048" · "Requested 309209 tokens, max
 *          300000 tokens per request" · "This model's maximum context length is 8192 tokens, however you requested …" ·
 *          "Invalid 'input[0]': maximum input length is 8192 tokens."
 * TEI, SiliconFlow "batch size 100 > maximum allowed batch size 32" · "`inputs` must have less than 512 tokens. Given: 600"
 * DashScope "batch size is invalid, it should not be larger than 10" · GitHub Models "Max batch size is 64"
 * Gemini   "at most 100 requests can be in one batch" · Cohere "total number of texts must be at most 96"
 * Voyage   "The batch size limit is 1000" · "The max allowed tokens per submitted batch is 120000. Your batch has 121138 tokens"
 * Mistral  "Too many tokens overall, split into more batches" · Ollama "the input length exceeds the context length"
 * llama.cpp "input is too large to process. increase the physical batch size" (status 500)
 */
const tooManyInputs = [
  /array too long/iu,
  /too many (?:inputs|texts|items|documents)/iu,
  /batch[ _]?size\b.*(?:>|larger|exceed|invalid|limit|max|at most)/iu,
  /max(?:imum)?(?: allowed)? batch[ _]?size/iu,
  /at most \d+ (?:requests|inputs|texts|items|documents)/iu,
  /number of (?:texts|inputs|documents).*(?:at most|exceed|max)/iu,
];
const tooManyTokens = [
  /max_tokens_per_request/iu,
  /tokens per (?:request|submitted batch|batch)/iu,
  /too many tokens (?:overall|in (?:the )?batch)/iu,
  /tokens in the batch/iu,
  /request too large .*tokens per min/iu,
];
const inputTooLong = [
  /maximum (?:context|input|sequence) length/iu,
  /(?:context|input|sequence)[ _](?:length|size)\b.*exceed/iu,
  /exceed.*(?:context|sequence)[ _](?:length|size|window)/iu,
  /must have (?:less|fewer) than \d+ tokens/iu,
  /input (?:\(\d+ tokens\) )?is too (?:large|long)/iu,
  /(?:text|string|prompt) (?:is )?too long/iu,
  /exceeding max \d+ tokens/iu,
  /string_above_max_length|context_length_exceeded|exceed_context_size/iu,
];
const complaint =
  /not (?:\w+ )?supported|unsupported|not support|invalid|unknown|unrecognized|unexpected|extra|not permitted|must be|only/iu;

/**
 * What kind of refusal an answer is; undefined = none that another request could avoid. Looked for in 400, 413 and 422
 * (where servers put them), in 429 only "request too large", and in 500 only llama.cpp's wording.
 */
export function readRefusal({ status, message, code }: StatusFailure, inputs: number): Refusal | undefined {
  const text = `${message} ${code}`;
  const says = (patterns: readonly RegExp[]): boolean => patterns.some((pattern) => pattern.test(text));
  if (status === 429) {
    return /request too large/iu.test(text) && says(tooManyTokens)
      ? { kind: 'tooManyTokens', limit: undefined }
      : undefined;
  }
  if (status === 500) {
    return /input (?:\(\d+ tokens\) )?is too (?:large|long)/iu.test(text)
      ? { kind: 'inputTooLong', limit: undefined }
      : undefined;
  }
  if (status !== 400 && status !== 413 && status !== 422) return undefined;
  if (says(tooManyInputs)) return { kind: 'tooManyInputs', limit: largestNumberBelow(message, inputs) };
  if (says(tooManyTokens)) return { kind: 'tooManyTokens', limit: undefined };
  if (says(inputTooLong)) return { kind: 'inputTooLong', limit: readTokenLimit(message) };
  if (status === 413) return { kind: 'tooLarge', limit: undefined };
  if (/encoding_?format|base64/iu.test(text) && complaint.test(text)) return { kind: 'encodingFormat' };
  if (/output_dimension|dimensions?\b|matryoshka/iu.test(text) && complaint.test(text)) return { kind: 'dimensions' };
  return undefined;
}

/** "batch size 100 > maximum allowed batch size 32" names both; the limit is the one below what was sent. */
function largestNumberBelow(message: string, bound: number): number | undefined {
  const numbers = [...message.matchAll(/\d+/gu)].map(Number).filter((number) => number >= 1 && number < bound);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function readTokenLimit(message: string): number | undefined {
  const found =
    /(?:context|input|sequence) length (?:is|of) (\d+)/iu.exec(message) ??
    /(?:less|fewer) than (\d+) tokens/iu.exec(message) ??
    /exceeding max (\d+) tokens/iu.exec(message);
  const limit = Number(found?.[1]);
  return Number.isInteger(limit) && limit >= 16 ? limit : undefined;
}

/** The endpoint asks for less traffic; other failures concern one request alone. */
export function isRateRefusal(failure: ExchangeFailure): boolean {
  return (
    failure.kind === 'status' &&
    (failure.status === 429 || (failure.status === 503 && failure.headers.has('retry-after')))
  );
}

/** How long the endpoint asks to wait, ms; undefined = it does not say. */
export function readImposedWait(failure: ExchangeFailure, nowMs: number): number | undefined {
  return failure.kind === 'status' ? readRetryAfter(failure.headers, failure.message, nowMs) : undefined;
}

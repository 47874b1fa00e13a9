import type { IncomingHttpHeaders } from 'node:http';

/** One embeddings request as the server got it. */
export interface RecordedRequest {
  readonly inputs: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  /** Path with query. */
  readonly path: string;
  /** Status it was answered with; undefined = not (yet) answered. */
  status?: number;
  /** The connection ended before the answer was complete. */
  closedEarly?: boolean;
}

/** What the server does wrong, with which requests. */
export interface Fault extends FaultEffect {
  /** How many requests (of those that `when` accepts); default 1. */
  readonly times?: number;
  readonly when?: (request: RecordedRequest) => boolean;
}

interface FaultEffect {
  /** Answer with this status instead; the body is an OpenAI error unless `body` is given. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly code?: string;
  /** Never answers. */
  readonly hang?: boolean;
  /** Destroys the connection before or in the middle of the answer. */
  readonly reset?: 'beforeAnswer' | 'midBody';
  /** A whole HTTP answer whose JSON ends in the middle. */
  readonly truncateJson?: boolean;
  /** Sends the answer in 64 pieces with this pause between them. */
  readonly dripMs?: number;
  readonly delayMs?: number;
  /** `lost`: in another order and without numbers. */
  readonly index?: 'shuffled' | 'missing' | 'lost' | 'firstMissing' | 'repeated' | 'outOfRange';
  /** Added to the number of embeddings. */
  readonly extraEmbeddings?: number;
  readonly dimensions?: number;
  /** Of the first embedding of the answer. */
  readonly firstValues?: 'NaN' | 'null' | 'zeros' | 'text' | 'badBase64';
  /** Of all embeddings. */
  readonly scale?: number;
  readonly withoutUsage?: boolean;
}

/** OpenAI's wording of the refusals that matter here. */
export const openAiWords = {
  inputTooLong: (limit: number, tokens: number) =>
    `This model's maximum context length is ${limit} tokens, however you requested ${tokens} tokens (${tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`,
  tooManyInputs: (limit: number, inputs: number) =>
    `Invalid 'input': array too long. Expected an array with maximum length ${limit}, but got an array with length ${inputs} instead.`,
  tooManyTokens: (limit: number, tokens: number) => `Requested ${tokens} tokens, max ${limit} tokens per request`,
  rateLimit: (kind: 'requests' | 'tokens', limit: number) =>
    `Rate limit reached for the model on ${kind} per min: Limit ${limit}. Please slow down.`,
} as const;

/** The same in other servers' words. */
export const refusalWords = {
  openai: openAiWords,
  /** Text Embeddings Inference. */
  tei: {
    inputTooLong: (limit: number, tokens: number) => `\`inputs\` must have less than ${limit} tokens. Given: ${tokens}`,
    tooManyInputs: (limit: number, inputs: number) => `batch size ${inputs} > maximum allowed batch size ${limit}`,
  },
  vllm: {
    inputTooLong: (limit: number, tokens: number) =>
      `This model's maximum context length is ${limit} tokens. However, you requested ${tokens} tokens in the input for embedding generation. Please reduce the length of the input.`,
    tooManyInputs: openAiWords.tooManyInputs,
  },
  /** Of no server that is known, and without numbers. */
  silent: {
    inputTooLong: () => 'Bad request.',
    tooManyInputs: () => 'Bad request.',
  },
} as const;

/** A proxy's page in place of the endpoint's answer. */
export const proxyPage: Fault = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>502</title><style>b{}</style></head><body><h1>Bad Gateway</h1></body></html>',
};

import { countTokens } from './contentVectors.ts';
import { openAiWords, type RecordedRequest, refusalWords } from './serverFaults.ts';

/** What a server refuses, whatever the minute. */
export interface RefusalOptions {
  /** Requests with another key get 401; default: none is asked for. */
  readonly apiKey?: string;
  /** Others get 404; default: every model. */
  readonly models?: readonly string[];
  readonly refusesDimensions?: boolean;
  /** Values of `encoding_format` that get 400. */
  readonly refusesEncodings?: readonly string[];
  readonly maxBatchInputs?: number;
  readonly maxBatchTokens?: number;
  readonly maxInputTokens?: number;
  /** Whose words refusals of sizes are in; default `openai`. */
  readonly words?: keyof typeof refusalWords;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The refusal of a request; undefined = it is answered. */
export function refuse({ inputs, body, headers }: RecordedRequest, options: RefusalOptions): Refusal | undefined {
  const { apiKey, models, refusesDimensions, refusesEncodings = [], words = 'openai' } = options;
  const { maxBatchInputs = Infinity, maxBatchTokens = Infinity, maxInputTokens = Infinity } = options;
  const model = String(body['model']);
  if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
    const key = headers.authorization?.slice('Bearer '.length) ?? '';
    return { status: 401, message: `Incorrect API key provided: ${key}.`, code: 'invalid_api_key' };
  }
  if (models !== undefined && !models.includes(model)) {
    return { status: 404, message: `The model \`${model}\` does not exist.`, code: 'model_not_found' };
  }
  if (refusesDimensions === true && body['dimensions'] !== undefined) {
    return { status: 400, message: 'This model does not support specifying dimensions.' };
  }
  const encoding = String(body['encoding_format']);
  if (refusesEncodings.includes(encoding)) {
    return { status: 400, message: `encoding_format ${encoding} is not supported.` };
  }
  if (inputs.some((input) => input === '')) return { status: 400, message: "'$.input' is invalid: empty string." };
  const tokens = inputs.map(countTokens);
  const total = tokens.reduce((sum, count) => sum + count, 0);
  const longest = Math.max(...tokens);
  if (inputs.length > maxBatchInputs) {
    return { status: 400, message: refusalWords[words].tooManyInputs(maxBatchInputs, inputs.length) };
  }
  if (longest > maxInputTokens) {
    return { status: 400, message: refusalWords[words].inputTooLong(maxInputTokens, longest) };
  }
  if (total > maxBatchTokens) {
    return { status: 400, message: openAiWords.tooManyTokens(maxBatchTokens, total), code: 'max_tokens_per_request' };
  }
  return undefined;
}

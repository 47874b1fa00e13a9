import assert from 'node:assert/strict';
import { readRefusal } from '../../../src/core/embedding/refusal.ts';

const inputs = 100;

describe('readRefusal', () => {
  for (const [status, message, kind, limit] of [
    [
      400,
      "Invalid 'input': array too long. Expected an array with maximum length 64, but got an array with length 100 instead.",
      'tooManyInputs',
      64,
    ],
    [413, 'batch size 100 > maximum allowed batch size 32', 'tooManyInputs', 32],
    [400, 'Value error, batch size is invalid, it should not be larger than 10.: input.contents', 'tooManyInputs', 10],
    [400, 'Too many inputs. Max batch size is 64', 'tooManyInputs', 64],
    [400, 'BatchEmbedContentsRequest: at most 96 requests can be in one batch', 'tooManyInputs', 96],
    [400, 'invalid request: total number of texts must be at most 96', 'tooManyInputs', 96],
    [400, 'Requested 309209 tokens, max 300000 tokens per request', 'tooManyTokens', undefined],
    [
      400,
      "Request to model 'voyage' failed. The max allowed tokens per submitted batch is 120000. Your batch has 121138 tokens after truncation. Please lower the number of tokens in the batch.",
      'tooManyTokens',
      undefined,
    ],
    [400, 'Too many tokens overall, split into more batches.', 'tooManyTokens', undefined],
    [
      429,
      'Request too large for text-embedding-3-small on tokens per min (TPM): Limit 40000, Requested 50000.',
      'tooManyTokens',
      undefined,
    ],
    [
      400,
      "This model's maximum context length is 8192 tokens, however you requested 9000 tokens (9000 in your prompt; 0 for the completion).",
      'inputTooLong',
      8192,
    ],
    [400, "Invalid 'input[3]': maximum input length is 8192 tokens.", 'inputTooLong', 8192],
    [413, 'Input validation error: `inputs` must have less than 512 tokens. Given: 600', 'inputTooLong', 512],
    [400, 'the input length exceeds the context length', 'inputTooLong', undefined],
    [500, 'input is too large to process. increase the physical batch size', 'inputTooLong', undefined],
    [
      500,
      'input (600 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
      'inputTooLong',
      undefined,
    ],
    [413, '', 'tooLarge', undefined],
    [413, '<html><h1>413 Request Entity Too Large</h1><hr>nginx/1.27</html>', 'tooLarge', undefined],
  ] as const) {
    it(`${status} "${message.slice(0, 60)}": ${kind}${limit === undefined ? '' : ` ${limit}`}`, () => {
      const refusal = readRefusal({ kind: 'status', status, message, code: '', headers: new Headers() }, inputs);
      assert.deepEqual(refusal, { kind, limit });
    });
  }

  for (const [status, message, kind] of [
    [400, 'This model does not support specifying dimensions.', 'dimensions'],
    [422, 'Extra inputs are not permitted: output_dimension', 'dimensions'],
    [
      400,
      'Model "x" does not support matryoshka representation, changing output dimensions will lead to poor results.',
      'dimensions',
    ],
    [400, "Invalid value for 'encoding_format' = float", 'encodingFormat'],
    [400, 'base64 encoding is not currently supported', 'encodingFormat'],
  ] as const) {
    it(`${status} "${message.slice(0, 60)}": ${kind}`, () => {
      const failure = { kind: 'status', status, message, code: '', headers: new Headers() } as const;
      assert.equal(readRefusal(failure, inputs)?.kind, kind);
    });
  }

  for (const [status, message] of [
    [400, 'Something else'],
    [401, 'batch size 100 > maximum allowed batch size 32'],
    [500, 'Internal error'],
    [429, 'Rate limit reached on tokens per min (TPM): Limit 40000, Used 39000, Requested 2000.'],
  ] as const) {
    it(`${status} "${message.slice(0, 60)}": none`, () => {
      const failure = { kind: 'status', status, message, code: '', headers: new Headers() } as const;
      assert.equal(readRefusal(failure, inputs), undefined);
    });
  }
});

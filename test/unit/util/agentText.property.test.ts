import assert from 'node:assert/strict';
import fc from 'fast-check';
import { estimateTokens } from '../../../src/core/chunking/tokens.ts';
import { renderForAgent, type TokenCounter } from '../../../src/util/agentText.ts';
import { resultWith } from '../../support/cliEngine.ts';

/** Counts as models might: by estimate, by characters, by words, and one that charges more for the whole than for its parts. */
const counters: readonly TokenCounter[] = [
  estimateTokens,
  (text) => text.length,
  async (text) => Promise.resolve(text.split(/\s+/u).filter(Boolean).length),
  (text) => Math.ceil(text.length ** 1.1),
];

const results = fc.array(
  fc
    .record({
      symbol: fc.constantFrom('', 'Retry.delay', 'parse'),
      lines: fc.array(fc.string({ maxLength: 90 }), { minLength: 1, maxLength: 40 }),
      startLine: fc.integer({ min: 1, max: 9_000 }),
    })
    .map(({ symbol, lines, startLine }) =>
      resultWith({ symbol, startLine, endLine: startLine + lines.length - 1, snippet: lines.join('\n') }),
    ),
  { maxLength: 25 },
);

describe('text for agents', () => {
  it('never has more tokens than allowed, as text and as JSON, and accounts for every result', async () => {
    await fc.assert(
      fc.asyncProperty(
        results,
        fc.integer({ min: 0, max: 4_000 }),
        fc.constantFrom(...counters),
        fc.constantFrom(undefined, 0, 60),
        async (found, maxTokens, countTokens, jsonFrameTokens) => {
          const notes = ['The index is still being made.'];
          const answer = await renderForAgent(found, {
            ...{ maxTokens, countTokens, notes },
            ...(jsonFrameTokens === undefined ? {} : { jsonFrameTokens }),
          });
          assert.ok((await countTokens(answer.text)) <= maxTokens);
          if (jsonFrameTokens !== undefined && answer.results.length > 0)
            assert.ok(jsonFrameTokens + (await countTokens(JSON.stringify(answer.results))) <= maxTokens);
          assert.equal(answer.results.length + answer.omitted, found.length);
          for (const [index, { path, code }] of answer.results.entries()) {
            assert.equal(path, found[index]?.path);
            assert.ok(found[index]?.snippet.startsWith(code));
            assert.ok(answer.text.includes(code));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { after, describe, it } from 'mocha';
import { languageOf } from '../../../src/core/chunking/languages.ts';
import { FileParser } from '../../../src/parser/fileParser.ts';
import { fixtureText, grammarSet, smallLimits } from '../../support/fixtureChunks.ts';

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  insert: fc.constantFrom(
    '',
    'x',
    '\n',
    '\r\n',
    ' ',
    '}',
    '{',
    '"',
    '// note\n',
    'value = 1;\n',
    'function f() {}\n',
    '🔥',
    '日本',
  ),
});

describe('An open document', () => {
  const parser = new FileParser(grammarSet());
  after(async () => parser.dispose());

  for (const name of [
    'queue.ts',
    'inventory.py',
    'matrix.hpp',
    'arena.rs',
    'Login.vue',
    'pipeline.yaml',
    'importer.rb',
  ]) {
    it(`gives after any edits of ${name} the chunks of a fresh parse`, async () => {
      const original = fixtureText(name);
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
          let text = original;
          for (const { at, remove, insert } of [{ at: 0, remove: 0, insert: '' }, ...edits]) {
            const start = Math.floor(at * text.length);
            text = text.slice(0, start) + insert + text.slice(start + remove);
            const request = { path: name, language: languageOf(name, text), text, ...smallLimits };
            const open = await parser.chunk({ request: { ...request, documentKey: 'open' }, timeoutMs: 60_000 });
            const closed = await parser.chunk({ request, timeoutMs: 60_000 });
            assert.deepEqual(open.file.chunks, closed.file.chunks);
            assert.equal(open.file.method, 'grammar');
          }
          parser.closeDocument('open');
        }),
        { numRuns: 8 },
      );
    });
  }
});

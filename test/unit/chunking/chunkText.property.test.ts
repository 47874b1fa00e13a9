import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { chunkText } from '../../../src/core/chunking/chunkText.ts';
import { languageOf } from '../../../src/core/chunking/languages.ts';
import { assertPartition } from '../../support/chunkInvariants.ts';
import { chunked, fixtureText } from '../../support/fixtureChunks.ts';

const fixtures = readdirSync(join(import.meta.dirname, '../../fixtures/chunking')).sort();

/** What texts are made of, each piece often enough to meet the others. */
const piece = fc.oneof(
  fc.constantFrom('\n', '\n\n', '\r\n', '\r', '  ', '\t', '    '),
  fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ':',
    ',',
    '"',
    "'",
    '`',
    '#',
    '//',
    '/*',
    '*/',
    '<',
    '>',
    '=',
    '$$',
  ),
  fc.constantFrom(
    'def f():',
    'class C {',
    'function g() {',
    'end',
    '# Title',
    '---',
    '```',
    'CREATE TABLE t (',
    '@attr',
  ),
  fc.constantFrom('word', 'x', '1234', 'ümläut', '日本語', '🔥', '\u2028', '\0', '\ufeff', '\ud83d'),
  fc.string({ maxLength: 12 }),
);
const randomText = fc.array(piece, { maxLength: 300 }).map((pieces) => pieces.join(''));
const limits = fc.record({ maxTokens: fc.integer({ min: 8, max: 500 }), minTokens: fc.integer({ min: 1, max: 60 }) });

/** A fixture with a few slices taken out, doubled, or replaced by random text. */
const mutation = fc.record({
  cuts: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat({ max: 200 }),
      insert: fc.oneof(fc.constant(''), fc.constant('twice'), randomText),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  limits,
});

function mutated(text: string, cuts: readonly { at: number; length: number; insert: string }[]): string {
  return cuts.reduce((current, { at, length, insert }) => {
    const start = Math.floor(at * current.length);
    const slice = current.slice(start, start + length);
    return current.slice(0, start) + (insert === 'twice' ? slice + slice : insert) + current.slice(start + length);
  }, text);
}

describe('chunkText, for any text', () => {
  it('puts every visible line into exactly one chunk, whatever the language', () => {
    const language = fc.constantFrom(
      'plaintext',
      'markdown',
      'restructuredtext',
      'sql',
      'swift',
      'dart',
      'perl',
      'json',
      'python',
      'vb',
    );
    fc.assert(
      fc.property(randomText, language, limits, (text, id, given) => {
        assertPartition(text, chunkText({ text, language: id, ...given }), given.maxTokens);
      }),
      { numRuns: 300 },
    );
  });

  for (const name of fixtures) {
    it(`does so for ${name} in any state of disrepair, and again the same`, async () => {
      const text = fixtureText(name);
      await fc.assert(
        fc.asyncProperty(mutation, async ({ cuts, limits: given }) => {
          const changed = mutated(text, cuts);
          const { chunks, method } = await chunked(name, changed, given);
          assertPartition(changed, chunks, given.maxTokens);
          assert.notEqual(method, 'fallback');
          assert.deepEqual((await chunked(name, changed, given)).chunks, chunks);
        }),
        { numRuns: 6 },
      );
    });
  }

  it('knows the language of every fixture', () => {
    for (const name of fixtures) assert.notEqual(languageOf(name, fixtureText(name)), 'plaintext', name);
  });
});

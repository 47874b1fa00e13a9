import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { contributionsOf } from '../../../src/highlight/contributions.ts';
import { Grammars, type TextGrammar } from '../../../src/highlight/grammars.ts';
import { loadOniguruma } from '../../../src/highlight/oniguruma.ts';
import { tokenize } from '../../../src/highlight/tokenize.ts';
import { toySources, wasmPath } from '../../support/syntaxFixture.ts';

describe('tokenizing', () => {
  let grammar: TextGrammar | undefined;

  before(async () => {
    const grammars = new Grammars(contributionsOf(toySources.extensions), loadOniguruma(wasmPath));
    grammars.setTheme({ settings: [{ settings: {} }, { scope: 'keyword', settings: { foreground: '#ff0000' } }] });
    grammar = await grammars.grammarOf({ path: 'a.toy', language: 'toy', text: '', isMember: false });
  });

  function runsOf(text: string, now: () => number): readonly (readonly number[])[] {
    assert.ok(grammar !== undefined);
    return tokenize(grammar, text, now);
  }

  it('names each run by its length and style, the plain end of a line left out', () => {
    const [[length, style, plainLength, plain, ...rest] = [], second] = runsOf('let a let b\n', () => 0);
    assert.deepEqual([length, plainLength, plain], [3, 3, 0]);
    assert.deepEqual(rest, [3, style]);
    assert.deepEqual(second, []);
  });

  it('leaves the rest of a text plain once it has taken too long', () => {
    let ms = 0;
    const runs = runsOf('let\nlet\nlet\nlet', () => (ms += 2_000));
    assert.deepEqual(
      runs.map((line) => line.length),
      [2, 2, 0, 0],
    );
  });
});

import assert from 'node:assert/strict';
import { Ansis } from 'ansis';
import { bestWindow, renderResponse } from '../../../src/cli/render.ts';
import type { SearchResult } from '../../../src/protocol/types.ts';
import { resultWith } from '../../support/cliEngine.ts';

describe('results for people', () => {
  function render(results: readonly SearchResult[], level: 0 | 1 = 0, query = 'delay'): string {
    const response = { results, mode: 'lexical' as const, cached: false, timings: { totalMs: 3.14 } };
    return renderResponse(response, query, 'index up to date in 0.2 s', new Ansis(level));
  }

  it('number the lines of the file, not of the chunk', () => {
    assert.match(render([resultWith({ startLine: 99, snippet: 'one\ntwo' })]), / 99 │ one\n {4}100 │ two\n/);
  });

  it('show the part of a long chunk where the words of the query are', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    lines[20] = 'const delay = 1';
    const text = render([resultWith({ startLine: 1, snippet: lines.join('\n') })]);
    assert.match(text, /21 │ const delay = 1/);
    assert.doesNotMatch(text, /line 0\b/);
  });

  it('cut lines that are too long for a screen', () => {
    const text = render([resultWith({ snippet: 'x'.repeat(5_000) })]);
    assert.ok(text.length < 400);
    assert.match(text, /x…/);
  });

  it('keep control characters of the code away from the terminal', () => {
    const text = render([resultWith({ path: 'a\u0007.ts', snippet: 'a\u001b]0;owned\u0007b\tc\r\nd' })]);
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f]/); // eslint-disable-line no-control-regex
    assert.match(text, /b\tc\n/);
  });

  it('are coloured when asked', () => {
    assert.match(render([resultWith({})], 1), /\u001b\[36m/); // eslint-disable-line no-control-regex
  });

  it('say that there are none, how long it took and why the mode is another one', () => {
    assert.equal(render([]), 'No results; index up to date in 0.2 s, searched in 3.1 ms (lexical)\n');
  });
});

describe('window of a snippet', () => {
  it('is the beginning when no word is found or the chunk is short', () => {
    assert.equal(bestWindow(['a', 'b'], ['b']), 0);
    assert.equal(
      bestWindow(
        Array.from({ length: 20 }, () => 'a'),
        ['zzz'],
      ),
      0,
    );
  });

  it('prefers different words over one word many times', () => {
    const lines = Array.from({ length: 20 }, () => 'nothing');
    lines.splice(0, 3, 'open', 'open', 'open');
    lines[15] = 'open socket';
    assert.equal(bestWindow(lines, ['open', 'socket']), 10);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchRanges, previewLines, queryTerms, snippetLines } from '../../../../webview/search/snippet.ts';

function marked(text: string, query: string): string[] {
  return matchRanges(text, queryTerms(query)).map(({ start, end }) => text.slice(start, end));
}

describe('matched terms', () => {
  it('marks words of the query, whatever their case', () => {
    assert.deepEqual(marked('const HTTP = http.get()', 'http client'), ['HTTP', 'http']);
  });

  it('looks into camelCase, snake_case and acronyms', () => {
    assert.deepEqual(marked('maxRetryCount, max_retry, XMLHttpRequest', 'retry http'), ['Retry', 'retry', 'Http']);
  });

  it('takes inflected words for the same', () => {
    assert.deepEqual(marked('retries retried retry retrying', 'retry'), ['retries', 'retried', 'retry', 'retrying']);
    assert.deepEqual(marked('parser parsing parsed', 'parse'), ['parser', 'parsing', 'parsed']);
  });

  it('leaves out words that say nothing about code, unless there are no others', () => {
    assert.deepEqual(marked('this is where requests are', 'where are the requests'), ['requests']);
    assert.deepEqual(marked('if it is', 'if'), ['if']);
  });

  it('does not mark parts of words', () => {
    assert.deepEqual(marked('category catalogue cat', 'cat'), ['cat']);
  });

  it('marks words of other scripts', () => {
    assert.deepEqual(marked('// größe der Datei', 'Größe'), ['größe']);
  });
});

describe('snippet lines', () => {
  it('lose the indentation they share and keep their numbers', () => {
    assert.deepEqual(snippetLines('    if (x) {\n\n      y();\n    }', 41), [
      { line: 41, text: 'if (x) {' },
      { line: 42, text: '' },
      { line: 43, text: '  y();' },
      { line: 44, text: '}' },
    ]);
  });

  it('count every kind of line end once', () => {
    assert.deepEqual(
      snippetLines('a\r\nb\rc\nd', 1).map(({ text }) => text),
      ['a', 'b', 'c', 'd'],
    );
  });

  it('are cut at a length that can be shown', () => {
    const [line] = snippetLines('x'.repeat(1_000_000), 1);
    assert.ok(line !== undefined && line.text.length < 500);
  });
});

describe('preview', () => {
  const lines = snippetLines('{\n  open();\n  // nothing\n  retryRequest();\n  close();\n}', 1);
  const texts = (query: string, columns = 80): string[] =>
    previewLines(lines, queryTerms(query), 2, columns).map(({ text }) => text);

  it('starts at the line with the most terms', () => {
    assert.deepEqual(texts('retry requests'), ['retryRequest();', 'close();']);
  });

  it('starts at the first line that says something when no term is found', () => {
    assert.deepEqual(texts('unrelated'), ['open();', '// nothing']);
  });

  it('still has as many lines as there are when the best line is the last', () => {
    assert.deepEqual(texts('close'), ['retryRequest();', 'close();']);
  });

  it('brings a match beyond the right edge into view', () => {
    const [far] = previewLines(snippetLines(`${'x'.repeat(100)} retry()`, 1), queryTerms('retry'), 1, 40);
    assert.equal(far?.text, `…${'x'.repeat(11)} retry()`);
  });

  it('is never longer than asked for, and only shows lines of the snippet', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(5), (snippet, query, count) => {
        const all = snippetLines(snippet, 1);
        const shown = previewLines(all, queryTerms(query), count, 40);
        assert.ok(shown.length <= count);
        for (const { line, text } of shown) assert.ok(all[line - 1]?.text.includes(text.replace(/^…/, '')));
      }),
    );
  });
});

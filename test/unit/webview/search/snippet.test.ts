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
      { line: 41, text: 'if (x) {', runs: [] },
      { line: 42, text: '', runs: [] },
      { line: 43, text: '  y();', runs: [] },
      { line: 44, text: '}', runs: [] },
    ]);
  });

  it('keep their colours in place when tabs become blanks and indentation goes', () => {
    const [first, second] = snippetLines('\t\tlet\tx', 1, [[1, 0, 2, 16, 3, 32, 1, 48]]).concat(snippetLines('let', 2));
    assert.deepEqual(first, { line: 1, text: 'let    x', runs: [1, 16, 6, 32, 1, 48] });
    assert.deepEqual(second?.runs, []);
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

  it('keeps the colours of what it shows, also of a line that starts at its match', () => {
    const [short] = previewLines(snippetLines('a\n  let x', 1, [[], [2, 0, 3, 16]]), queryTerms('x'), 1, 40);
    assert.deepEqual(short, { line: 2, text: 'let x', runs: [3, 16] });
    const text = `${'x'.repeat(100)} retry()`;
    const [far] = previewLines(snippetLines(text, 1, [[100, 16, 1, 0, 5, 32]]), queryTerms('retry'), 1, 40);
    assert.equal(far?.text, `…${'x'.repeat(11)} retry()`);
    assert.deepEqual(far.runs, [1, 0, 11, 16, 1, 0, 5, 32]);
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

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { searchStrings } from '../../../src/protocol/viewStrings.ts';
import { complete, queryCompletions, tokenExamples } from '../../../src/util/queryCompletion.ts';
import { parseQuery } from '../../../src/util/queryTokens.ts';

const languages = ['typescript', 'css', 'c', 'literate haskell'];

function offered(query: string, cursor = query.length): string[] {
  return queryCompletions(query, cursor, languages)?.items.map(({ text }) => text) ?? [];
}

/** The query after the first completion of its end. */
function completed(query: string): string | undefined {
  const found = queryCompletions(query, query.length, languages);
  const [first] = found?.items ?? [];
  return found && first && complete(query, found, first).query;
}

describe('completions of a query', () => {
  it('are names of tokens for what begins like one', () => {
    assert.deepEqual(offered('retry pa'), ['path:']);
    assert.deepEqual(offered('retry in:'), ['in:open', 'in:changed']);
    assert.deepEqual(offered('-'), ['-test', '-path:', '-lang:', '-kind:']);
    assert.deepEqual(offered('-ki'), ['-kind:']);
  });

  it('are values after a name, as they are to be written', () => {
    assert.deepEqual(offered('kind:me'), ['kind:method']);
    assert.deepEqual(offered('-kind:st'), ['-kind:struct']);
    assert.deepEqual(offered('lang:').length, languages.length);
    assert.deepEqual(offered('lang:"li'), ['lang:"literate haskell"']);
    assert.deepEqual(offered('path:'), []);
  });

  it('are none for words, within a quotation, and where the cursor is not at the end of a word', () => {
    for (const query of ['', 'p', 'where is', 'in', 'parse', '"pa', 'a "b kind:', 'path::', 'kind:method', 'a-te'])
      assert.deepEqual(offered(query), [], query);
    assert.deepEqual(offered('pa th', 1), []);
    assert.deepEqual(offered('pa th', 2), ['path:']);
  });

  it('are certain where the word is no text and no token yet', () => {
    const isCertain = (query: string): boolean | undefined =>
      queryCompletions(query, query.length, languages)?.isCertain;
    assert.equal(isCertain('kind:'), true);
    assert.equal(isCertain('in:o'), true);
    assert.equal(isCertain('lang:ty'), true);
    assert.equal(isCertain('pa'), false);
    assert.equal(isCertain('lang:c'), false);
    assert.equal(isCertain('kind:t'), true);
  });

  it('go on with what is missing: a value, or the next word', () => {
    assert.equal(completed('retry ki'), 'retry kind:');
    assert.equal(completed('retry kind:fu'), 'retry kind:function ');
    const within = 'lang:cs retry';
    const found = queryCompletions(within, 7, languages);
    assert.ok(found?.items[0]);
    assert.deepEqual(complete(within, found, found.items[0]), { query: 'lang:css retry', cursor: 8 });
  });

  it('are tokens, or become tokens with a value', () => {
    const query = fc.oneof(fc.string(), fc.constantFrom('x ki', 'kind:', '-lang:', 'la', '-', 'in:', 'is:t'));
    fc.assert(
      fc.property(query, (text) => {
        const found = queryCompletions(text, text.length, languages);
        for (const item of found?.items ?? []) {
          const value = item.text.endsWith('kind:') ? 'class' : 'go';
          assert.equal(parseQuery(item.text.endsWith(':') ? item.text + value : item.text).tokens, 1, item.text);
        }
      }),
    );
  });

  it('explain each token', () => {
    assert.deepEqual(tokenExamples.map(({ text, hint }) => `${text} ${searchStrings[hint]}`).slice(0, 4), [
      'path: only files that match',
      'lang: only this language',
      'kind: only this kind of symbol',
      'in:open only open editors',
    ]);
  });
});

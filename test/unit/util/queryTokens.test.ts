import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkKinds } from '../../../src/protocol/types.ts';
import { parseQuery, tokenValue, typingPause, valuePauseMs, type ParsedQuery } from '../../../src/util/queryTokens.ts';

/** A query of no tokens: its own text. */
function isText(query: string): void {
  assert.deepEqual(parseQuery(query), { text: query, filter: {}, scopes: [], tokens: 0 });
}

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const value = fc.stringMatching(/^[\w*{},./ -]*[\w*][\w*{},./ -]*$/).filter((text) => text.trim() === text);
const language = fc.constantFrom('typescript', 'ts', 'go', 'c++', 'literate haskell', 'objective-c');
const sign = fc.constantFrom('', '-');
const token = fc.oneof(
  fc.tuple(sign, value).map(([minus, text]) => `${minus}path:${tokenValue(text)}`),
  fc.tuple(sign, language).map(([minus, text]) => `${minus}lang:${tokenValue(text)}`),
  fc.tuple(sign, fc.constantFrom(...chunkKinds)).map(([minus, kind]) => `${minus}kind:${kind}`),
  fc.constantFrom('in:open', 'in:changed', 'is:test', '-test', '-is:test'),
);

describe('tokens of a query', () => {
  it('are taken out of the text, wherever they stand', () => {
    const expected: ParsedQuery = {
      text: 'retry the upload',
      filter: { languages: ['typescript'], excludePaths: ['**/vendor', '**/vendor/**'], tests: 'exclude' },
      scopes: ['changed'],
      tokens: 4,
    };
    assert.deepEqual(parseQuery('lang:ts retry the -path:vendor upload in:changed -test'), expected);
    assert.deepEqual(parseQuery('  retry the upload -test in:changed -path:vendor/ lang:typescript '), expected);
  });

  it('of one qualifier add up, those of several all hold', () => {
    const { filter } = parseQuery('kind:class kind:function lang:go lang:rs -kind:test -lang:md is:test x');
    assert.deepEqual(filter, {
      kinds: ['class', 'function'],
      languages: ['go', 'rust'],
      excludeKinds: ['test'],
      excludeLanguages: ['markdown'],
      tests: 'only',
    });
  });

  it('have globs as the path filter of the search view, quoted where they have spaces', () => {
    assert.deepEqual(parseQuery('path:./src').filter.paths, ['src', 'src/**']);
    assert.deepEqual(parseQuery('path:"my files/*.ts"').filter.paths, ['**/my files/*.ts', '**/my files/*.ts/**']);
    assert.deepEqual(parseQuery('path:src\\net').filter.paths, ['**/src/net', '**/src/net/**']);
  });

  it('know languages by the names that people call them', () => {
    const ids = ['py', 'RB', 'js', 'cpp', 'c#', 'cs', 'tsx', 'go', 'constructor'].map(
      (name) => parseQuery(`lang:${name}`).filter.languages?.[0],
    );
    assert.deepEqual(ids, [
      'python',
      'ruby',
      'javascript',
      'cpp',
      'csharp',
      'csharp',
      'typescriptreact',
      'go',
      'constructor',
    ]);
  });

  it('that leave tests out outdo one that asks for them', () => {
    assert.equal(parseQuery('is:test -test').filter.tests, 'exclude');
    assert.equal(parseQuery('-test is:test').filter.tests, 'exclude');
  });

  it('are nothing that code or prose looks like', () => {
    for (const query of [
      'path::join',
      'std::path::Path',
      'std::lang::Foo',
      'kind: what',
      'kind:what',
      'kind:',
      'kind:Class',
      'path:',
      'path:""',
      'path:./',
      'path:" "',
      'lang:',
      'lang:"',
      'lang:=5',
      'in:',
      'in:progress',
      '-in:open',
      'is:number',
      'a-test',
      '-testing',
      'test',
      '--test',
      'run(path:src)',
      'xpath:src',
      'f(x) { return path: src; }',
      '"a path:src b"',
      '"say \\" lang:go"',
      'an open "quotation path:src',
      'key="path:src x"',
      'path:src"x"',
      '  spaces stay  ',
    ]) {
      isText(query);
    }
  });

  it('leave a text without any as it is', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((query) => !query.includes(':') && !query.includes('-test'));
    fc.assert(fc.property(text, isText));
  });

  it('never fail to be read, and what is left has none', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(token, fc.string()), { maxLength: 8 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(anything, (query) => {
        const { text, tokens } = parseQuery(query);
        assert.equal(tokens === 0, text === query);
        if (!query.includes('"')) assert.equal(parseQuery(text).tokens, 0);
      }),
    );
  });

  it('mean the same in any order and between any words', () => {
    const shuffled = fc
      .tuple(fc.array(token), fc.array(word))
      .chain(([tokens, words]) =>
        fc.tuple(
          fc.constant({ tokens, words }),
          fc.shuffledSubarray(tokens, { minLength: tokens.length }),
          fc.array(fc.nat(words.length), { minLength: tokens.length, maxLength: tokens.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([{ tokens, words }, others, places]) => {
        const parts = words.map((text) => [text]);
        parts.push([]);
        others.forEach((text, index) => parts[places[index] ?? 0]?.unshift(text));
        const expected = { ...parseQuery(tokens.join(' ')), text: words.join(' ') };
        assert.equal(expected.tokens, tokens.length);
        assert.deepEqual(parseQuery(parts.flat().join(' ')), expected);
      }),
    );
  });
});

describe('the pause in typing', () => {
  it('is longer in the value of a token, of which half would leave out everything', () => {
    for (const query of ['lang:t', 'retry -path:"src or', 'retry kind:', 'retry in:op']) {
      assert.equal(typingPause(query, 0), valuePauseMs, query);
      assert.equal(typingPause(query, valuePauseMs + 1), valuePauseMs + 1, query);
    }
    for (const query of ['', 'retry', 'lang:go ', 'lang:go retry', '"lang:', 'path::join x', '-test']) {
      assert.equal(typingPause(query, 7), 7, query);
    }
  });
});

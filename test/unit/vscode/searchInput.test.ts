import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SearchFilter } from '../../../src/protocol/types.ts';
import { readFilter, readSearchRequest } from '../../../src/vscode/searchInput.ts';

/** Every part of a filter: the type makes a new one fail to compile until it is here. */
const whole: Required<SearchFilter> = {
  paths: ['src/**'],
  excludePaths: ['src/vendor/**'],
  languages: ['go'],
  excludeLanguages: ['markdown'],
  kinds: ['function'],
  excludeKinds: ['block'],
  tests: 'exclude',
  folders: ['file:///shop'],
  files: [{ folderId: 'file:///shop', path: 'src/cart.go' }],
  and: { paths: ['src/cart.go'] },
};

describe('requests of other extensions and language models', () => {
  it('keep every part of their filter', () => {
    assert.deepEqual(readFilter(whole), whole);
    assert.deepEqual(readSearchRequest({ query: 'cart', filter: whole }), { query: 'cart', filter: whole });
  });

  it('lose what is not known', () => {
    assert.deepEqual(readFilter({ paths: ['a'], secret: 1, files: [{ ...whole.files[0], more: 1 }] }), {
      paths: ['a'],
      files: whole.files,
    });
  });

  it('are refused with the name of what is wrong', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ excludePaths: 'src' }, /"excludePaths" must be an array of texts/u],
      [{ excludeKinds: ['thing'] }, /"excludeKinds" must be one of/u],
      [{ tests: true }, /"tests" must be one of only, exclude/u],
      [{ files: [{ folderId: 'f', path: '../x' }] }, /"files" must be an array of files/u],
      [{ and: { kinds: ['thing'] } }, /"kinds" must be one of/u],
    ];
    for (const [filter, message] of wrong) {
      assert.throws(() => readFilter(filter), { code: 'InvalidArgument', message });
    }
  });
});

import assert from 'node:assert/strict';
import { pathFilter } from '../../../src/core/search/pathFilter.ts';

describe('pathFilter', () => {
  const matches = (glob: string, path: string): boolean => pathFilter([glob])?.(path) ?? true;

  it('does not restrict without globs', () => {
    assert.equal(pathFilter(undefined), undefined);
    assert.equal(pathFilter(['', ' ']), undefined);
  });

  it('matches a name anywhere, a path from the folder, a directory with all below it', () => {
    assert(matches('*.ts', 'src/deep/a.ts'));
    assert(!matches('*.ts', 'src/a.js'));
    assert(matches('src/*.ts', 'src/a.ts'));
    assert(!matches('src/*.ts', 'lib/src/a.ts'));
    assert(matches('src', 'src/deep/a.ts'));
    assert(matches('src/', 'src/deep/a.ts'));
    assert(matches('./src/**', 'src/deep/a.ts'));
    assert(matches('src\\deep', 'src/deep/a.ts'));
  });

  it('sees hidden files, braces and several globs', () => {
    assert(matches('.github', '.github/workflows/ci.yml'));
    assert(matches('**/*.{ts,tsx}', 'a/b.tsx'));
    assert.equal(pathFilter(['*.py', '*.go'])?.('x/y.go'), true);
  });

  it('takes what other glob languages have for plain text', () => {
    // An agent may name any: as a regular expression this one would never end.
    assert(!matches('(a+)+b', `${'a'.repeat(200)}c`));
    assert(matches('app/(auth)', 'app/(auth)/page.ts'));
    assert(!matches('!(a)', 'b'));
  });
});

import assert from 'node:assert/strict';
import { toByteString } from '../../../src/core/discovery/byteString.ts';
import { Wildmatch } from '../../../src/core/discovery/wildmatch.ts';

const matches = (pattern: string, text: string, ignoreCase = false): boolean =>
  new Wildmatch(toByteString(pattern), ignoreCase).matches(toByteString(text));

// The comparison with the real git is in discovery.oracle.test.ts; here are the cases to read.
describe('wildmatch', () => {
  const cases: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
    ['a/*', ['a/b', 'a/'], ['a/b/c', 'a']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a']],
    ['**/a', ['a', 'b/a', 'b/c/a'], ['ba', 'a/b']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'ab', 'a/b/c']],
    ['a**b', ['ab', 'axb'], ['a/b', 'ax/yb']],
    ['a**/b', ['a/b', 'ax/b'], ['ab', 'ax/y/b']],
    ['**a/b', ['a/b', 'xa/b'], ['x/a/b']],
    ['**/*.ts', ['a.ts', 'x/y/a.ts'], ['a.tsx']],
    ['*/a/**/c*d', ['x/a/c-d', 'x/a/y/z/cd'], ['x/y/a/cd', 'x/a/c/d']],
    ['[a-c]?', ['ax', 'c.'], ['dx', 'a/', 'a']],
    ['[!a-c]', ['d', '['], ['a', '/']],
    ['[]-]x', [']x', '-x'], ['ax']],
    ['[[:digit:][:upper:]]', ['7', 'Q'], ['q', ':']],
    ['\\*\\?', ['*?'], ['ab', '\\*\\?']],
    ['??', ['é', 'ab'], ['ü!']],
    ['日*', ['日本'], ['本日']],
  ];
  for (const [pattern, matching, others] of cases) {
    it(`${pattern} matches ${matching.join(' ')}, not ${others.join(' ')}`, () => {
      for (const text of matching) assert.ok(matches(pattern, text), text);
      for (const text of others) assert.ok(!matches(pattern, text), text);
    });
  }

  it('lets a malformed pattern match nothing', () => {
    for (const pattern of ['[a', '[a-', '[', '[[:nothing:]]', 'a\\', '[\\']) {
      for (const text of ['a', '[a', '[', pattern]) assert.ok(!matches(pattern, text), `${pattern} ${text}`);
    }
  });

  it('folds ASCII alone when case does not count', () => {
    assert.ok(matches('READ*.[m]d', 'readme.MD', true));
    assert.ok(matches('[A-C]', 'b', true));
    assert.ok(!matches('[B]', 'b', true), 'git compares single characters of a class with the folded text');
    assert.ok(!matches('É', 'é', true));
    assert.ok(!matches('\\A', 'a', true), 'git does not fold what a backslash escapes');
    assert.ok(matches('\\a', 'A', true));
  });

  it('answers for patterns that make naive matchers run for ever', () => {
    assert.ok(!matches('*a'.repeat(40), `${'a'.repeat(200)}b`));
    assert.ok(!matches(`${'**/a*/'.repeat(30)}b`, 'a/'.repeat(300)));
    assert.ok(matches(`${'**/*a*/'.repeat(20)}b`, `${'xaxa/'.repeat(60)}b`));
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SettingsGlob } from '../../../src/core/discovery/settingsGlob.ts';

// Semantics as documented at https://code.visualstudio.com/docs/editor/glob-patterns.
describe('globs of the settings', () => {
  const cases: readonly (readonly [glob: string, matching: readonly string[], others: readonly string[]])[] = [
    ['**/node_modules', ['node_modules', 'a/b/node_modules'], ['node_modules/x', 'my_node_modules']],
    ['**/*.js', ['a.js', 'b/a.js', '.hidden/.a.js'], ['a.jsx', 'a.js/b']],
    ['*.js', ['a.js', '.a.js'], ['b/a.js']],
    ['src/**', ['src', 'src/a', 'src/a/b'], ['source', 'a/src']],
    ['src/**/test/*.ts', ['src/test/a.ts', 'src/x/y/test/a.ts'], ['src/test/x/a.ts']],
    ['**/{bin,obj}', ['bin', 'x/obj'], ['binary']],
    ['**/*.{ts,t{sx,xt}}', ['a.ts', 'b/a.tsx', 'a.txt'], ['a.t']],
    ['{a,b/c}/**', ['a/x', 'b/c/x'], ['b/x']],
    ['**', ['a', 'a/b'], []],
    ['file?.[0-9a]', ['file1.7', 'fileX.a'], ['file/.7', 'file1.b']],
    ['[!a-c]x', ['dx', '-x'], ['ax']],
    ['app/(auth)/**', ['app/(auth)/page.ts'], ['app/auth/page.ts']],
    ['a+b|c.$^', ['a+b|c.$^'], ['aab', 'c']],
    ['/dist/', ['dist'], ['x/dist']],
    ['./dist', ['dist'], []],
    ['{a', ['{a'], ['a']],
    ['[z-a]b', [], ['zb', 'ab', '-b']],
    ['', [], ['', 'a']],
  ];
  for (const [glob, matching, others] of cases) {
    it(`${glob || 'an empty glob'} matches ${matching.join(' ') || 'nothing'}`, () => {
      for (const path of matching) assert.ok(new SettingsGlob(glob).matches(path), path);
      for (const path of others) assert.ok(!new SettingsGlob(glob).matches(path), path);
    });
  }

  it('can be any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab{},[]!^-*?/\\().|$+'), maxLength: 30 }), (text) => {
        assert.equal(typeof new SettingsGlob(text).matches('a/b'), 'boolean');
      }),
    );
  });

  it('takes no longer for a glob that is made to take long', () => {
    // A backtracking regular expression would be at it for years.
    assert.ok(!new SettingsGlob(`${'*a'.repeat(25)}c`).matches(`${'a'.repeat(200)}b`));
    assert.ok(new SettingsGlob(`${'*a'.repeat(25)}b`).matches(`${'a'.repeat(200)}b`));
    assert.ok(!new SettingsGlob(`${'**/a/'.repeat(25)}z`).matches(`${'a/'.repeat(200)}b`));
    assert.ok(new SettingsGlob(`${'**/a/'.repeat(25)}b`).matches(`${'a/'.repeat(200)}b`));
  });

  it('takes braces with more alternatives than anybody means as plain text', () => {
    assert.ok(!new SettingsGlob('{a,b}'.repeat(40)).matches('a'.repeat(40)));
  });
});

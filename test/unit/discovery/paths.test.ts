import assert from 'node:assert/strict';
import { isAbsolutePath, parentDirectory, toRelativePath } from '../../../src/core/discovery/paths.ts';

describe('paths', () => {
  const relative: readonly (readonly [root: string, absolute: string, expected: string | undefined])[] = [
    ['/home/u/repo', '/home/u/repo/src/a.ts', 'src/a.ts'],
    ['/home/u/repo/', '/home/u/repo', ''],
    ['/home/u/repo', '/home/u/repository/a.ts', undefined],
    ['/home/u/repo', '/home/u', undefined],
    ['/home/u/repo', '/home/u/Repo/a.ts', undefined],
    ['/home/u/repo', '/home/u/repo/x/../a.ts', 'a.ts'],
    ['/repo', '/repo/a\\b.ts', 'a\\b.ts'],
    ['/', '/a/b', 'a/b'],
    ['C:\\Repo', 'c:\\repo\\Src\\A.ts', 'Src/A.ts'],
    ['c:/repo', 'C:\\repo\\a.ts', 'a.ts'],
    ['C:\\repo', 'D:\\repo\\a.ts', undefined],
    ['C:\\', 'c:\\a.ts', 'a.ts'],
    ['\\\\server\\share\\repo', '\\\\SERVER\\share\\repo\\a\\b.ts', 'a/b.ts'],
    ['\\\\server\\share\\repo', '\\\\other\\share\\repo\\a.ts', undefined],
    ['C:\\repo', '/repo/a.ts', undefined],
  ];
  for (const [root, absolute, expected] of relative) {
    it(`${absolute} is ${expected ?? 'outside'} in ${root}`, () => {
      assert.equal(toRelativePath(root, absolute), expected);
    });
  }

  const parents: readonly (readonly [path: string, parent: string | undefined])[] = [
    ['/a/b', '/a'],
    ['/a/', '/'],
    ['/', undefined],
    ['C:\\a\\b', 'C:\\a'],
    ['C:/a', 'C:/'],
    ['C:\\', undefined],
    ['\\\\server\\share\\a', '\\\\server\\share'],
    ['\\\\server\\share', undefined],
  ];
  for (const [path, parent] of parents) {
    it(`${path} lies in ${parent ?? 'nothing'}`, () => {
      assert.equal(parentDirectory(path), parent);
    });
  }

  it('knows absolute paths of both kinds', () => {
    for (const path of ['/a', 'C:\\a', 'c:/a', '\\\\server\\share']) assert.ok(isAbsolutePath(path), path);
    for (const path of ['a', '../a', 'C:a', '.git', '']) assert.ok(!isAbsolutePath(path), path);
  });
});

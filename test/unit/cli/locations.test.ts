import assert from 'node:assert/strict';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ancestorsOf, canonicalFile, defaultDataDir, indexDirOf, relativeWithin } from '../../../src/cli/locations.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('default data directory', () => {
  const home = '/home/ada';

  it('follows XDG on Linux', () => {
    const at = (variables: Record<string, string>) =>
      defaultDataDir({ platform: 'linux', homeDirectory: home, variables });
    assert.equal(at({}), '/home/ada/.cache/codeweaver');
    assert.equal(at({ XDG_CACHE_HOME: '/fast' }), '/fast/codeweaver');
    assert.equal(at({ XDG_CACHE_HOME: 'relative' }), '/home/ada/.cache/codeweaver');
    assert.equal(at({ XDG_CACHE_HOME: '' }), '/home/ada/.cache/codeweaver');
  });

  it('is in the caches of the user on macOS', () => {
    const directory = defaultDataDir({ platform: 'darwin', homeDirectory: home, variables: {} });
    assert.equal(directory, '/home/ada/Library/Caches/codeweaver');
  });

  it('is local application data on Windows', () => {
    const at = (variables: Record<string, string>) =>
      defaultDataDir({ platform: 'win32', homeDirectory: 'C:\\Users\\ada', variables });
    assert.equal(at({ LOCALAPPDATA: 'D:\\Local' }), 'D:\\Local\\codeweaver\\Cache');
    assert.equal(at({}), 'C:\\Users\\ada\\AppData\\Local\\codeweaver\\Cache');
  });
});

describe('index directory', () => {
  it('is another one for each folder, also of the same name', () => {
    assert.notEqual(indexDirOf('/data', '/a/project'), indexDirOf('/data', '/b/project'));
    assert.equal(indexDirOf('/data', '/a/project'), indexDirOf('/data', '/a/project'));
  });

  it('has a name that every file system takes', () => {
    for (const root of ['/', '/a/weird :*? name', '/a/日本', `/a/${'x'.repeat(300)}`]) {
      assert.match(indexDirOf('/data', root), /^\/data\/folders\/[\w.-]{18,60}$/);
    }
  });
});

describe('paths below a folder', () => {
  it('are relative with forward slashes', () => {
    assert.equal(relativeWithin('/repo', '/repo/src/a.ts', 'linux'), 'src/a.ts');
    assert.equal(relativeWithin('C:\\repo', 'C:\\repo\\src\\a.ts', 'win32'), 'src/a.ts');
    assert.equal(relativeWithin('C:\\repo', 'c:\\repo\\src\\a.ts', 'win32'), 'src/a.ts');
    assert.equal(relativeWithin('/repo', '/repo/..a.ts', 'linux'), '..a.ts');
  });

  it('are told from the folder itself and from what is outside', () => {
    assert.equal(relativeWithin('/repo', '/repo', 'linux'), undefined);
    assert.equal(relativeWithin('/repo', '/repository/a.ts', 'linux'), undefined);
    assert.equal(relativeWithin('/repo', '/', 'linux'), undefined);
    assert.equal(relativeWithin('C:\\repo', 'D:\\repo\\a.ts', 'win32'), undefined);
  });
});

describe('canonical path', () => {
  it('resolves the links of directories and keeps what does not exist', async () => {
    const directory = await realpath(await temporaryDirectory());
    await mkdir(join(directory, 'real'));
    await symlink(join(directory, 'real'), join(directory, 'link'));
    assert.equal(await canonicalFile('link/gone/a.ts', directory), join(directory, 'real/gone/a.ts'));
  });

  it('keeps a file that is itself a link', async () => {
    const directory = await realpath(await temporaryDirectory());
    await symlink('/nowhere', join(directory, 'link.ts'));
    assert.equal(await canonicalFile('link.ts', directory), join(directory, 'link.ts'));
  });
});

describe('directories above a path', () => {
  it('come nearest first and end at the root', () => {
    assert.deepEqual([...ancestorsOf('/a/b/c.ts')], ['/a/b', '/a', '/']);
  });
});

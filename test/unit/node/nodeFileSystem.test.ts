import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('NodeFileSystem', () => {
  const disk = new NodeFileSystem();

  it('tells files, directories and links apart, without following a final link', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'a.txt'), 'four');
    await symlink('a.txt', join(directory, 'link'));
    const entries = await disk.readDirectory(directory);
    assert.deepEqual(Object.fromEntries(entries?.map(({ name, kind }) => [name, kind]) ?? []), {
      'a.txt': 'file',
      link: 'symlink',
      sub: 'directory',
    });
    assert.equal((await disk.stat(join(directory, 'link')))?.kind, 'symlink');
    const stat = await disk.stat(join(directory, 'a.txt'));
    assert.deepEqual([stat?.kind, stat?.bytes], ['file', 4]);
    assert.equal(await disk.realPath(join(directory, 'link')), await disk.realPath(join(directory, 'a.txt')));
  });

  it('gives undefined for what is not there', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'file'), '');
    await symlink('loop', join(directory, 'loop'));
    for (const path of [join(directory, 'none'), join(directory, 'file', 'below')]) {
      assert.equal(await disk.stat(path), undefined);
      assert.equal(await disk.readDirectory(path), undefined);
      assert.equal(await disk.readFile(path), undefined);
      assert.equal(await disk.readHead(path, 10), undefined);
      assert.equal(await disk.realPath(path), undefined);
    }
    assert.equal(await disk.realPath(join(directory, 'loop')), undefined);
  });

  it('throws what else goes wrong', async () => {
    const directory = await temporaryDirectory();
    await assert.rejects(disk.readFile(directory), { code: 'EISDIR' });
  });

  it('reads whole files and heads', async () => {
    const path = join(await temporaryDirectory(), 'file');
    await writeFile(path, 'some text');
    assert.equal(Buffer.from((await disk.readFile(path)) ?? []).toString(), 'some text');
    assert.equal(Buffer.from((await disk.readHead(path, 4)) ?? []).toString(), 'some');
    assert.equal((await disk.readHead(path, 100))?.length, 9);
  });
});

describe('the user’s git excludes', () => {
  async function home(
    files: Readonly<Record<string, string>>,
  ): Promise<{ root: string; disk: NodeFileSystem; at: string }> {
    const at = await temporaryDirectory();
    for (const [path, content] of Object.entries({ 'repo/.git/HEAD': 'ref: refs/heads/main\n', ...files })) {
      await mkdir(join(at, path, '..'), { recursive: true });
      await writeFile(join(at, path), content);
    }
    await mkdir(join(at, 'repo/.git/objects'), { recursive: true });
    await mkdir(join(at, 'repo/.git/refs'), { recursive: true });
    return { at, root: join(at, 'repo'), disk: new NodeFileSystem({ HOME: at, GIT_CONFIG_NOSYSTEM: '1' }) };
  }

  it('lie in git’s default place', async () => {
    const { at, root, disk } = await home({ '.config/git/ignore': '*.tmp' });
    assert.equal(await disk.globalGitExcludes(root), join(at, '.config/git/ignore'));
  });

  it('are where core.excludesFile says: the user’s file, what it includes, the repository', async () => {
    const { at, root, disk } = await home({
      '.gitconfig': '[include]\n\tpath = shared.inc\n',
      'shared.inc': '[core]\n\texcludesFile = ~/mine\n',
      mine: '*.tmp',
      '.config/git/ignore': '*.log',
      '.config/git/config': '[core]\n\texcludesFile = ~/other\n',
    });
    assert.equal(await disk.globalGitExcludes(root), join(at, 'mine'));
    await writeFile(join(root, '.git/config'), '[core]\n\texcludesFile = own-rules\n');
    await writeFile(join(root, 'own-rules'), '');
    assert.equal(await disk.globalGitExcludes(root), join(root, 'own-rules'));
  });

  it('are none when the file is missing or the setting is empty', async () => {
    const { root, disk } = await home({ '.gitconfig': '[core]\n\texcludesFile = ~/missing\n' });
    assert.equal(await disk.globalGitExcludes(root), undefined);
    const emptied = await home({ '.gitconfig': '[core]\n\texcludesFile =\n', '.config/git/ignore': '*.log' });
    assert.equal(await emptied.disk.globalGitExcludes(emptied.root), undefined);
  });

  it('survive includes that go round in circles', async () => {
    const { root, disk } = await home({ '.gitconfig': '[include]\n\tpath = ~/.gitconfig\n' });
    assert.equal(await disk.globalGitExcludes(root), undefined);
  });
});

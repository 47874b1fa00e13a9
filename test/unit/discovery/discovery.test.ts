import assert from 'node:assert/strict';
import { Discovery } from '../../../src/core/discovery/discovery.ts';
import type { DirectoryEntry, FileSystem } from '../../../src/core/ports.ts';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';
import { AppError, CancelledError } from '../../../src/protocol/errors.ts';
import { english, phrase } from '../../../src/protocol/phrase.ts';
import { GitTree, pathsOf, skipsOf, wordOf } from '../../support/gitTree.ts';

/** A disk that does something else for some calls. */
function discoveryOn(tree: GitTree, changes: Partial<FileSystem>): Discovery {
  const fileSystem = Object.assign(new NodeFileSystem(tree.environment), changes);
  return new Discovery({
    root: tree.root,
    config: defaultConfig.files,
    fileSystem,
    logger: { log: (record) => void tree.log.push(record) },
  });
}

describe('what is listed but skipped', () => {
  it('records secrets, lock files, minified files, source maps, empty and large files', async () => {
    const tree = await GitTree.create({
      '.env': 'KEY=1',
      '.env.example': 'KEY=',
      'server.pem': '',
      'package-lock.json': '{}',
      'lib/jquery.min.js': 'x',
      'lib/app.js.map': '{}',
      'none.ts': '',
      'large.ts': 'x'.repeat(101),
      'fits.ts': 'x'.repeat(100),
    });
    assert.deepEqual(await skipsOf(tree.discovery({ maxFileBytes: 100 })), {
      '.env': 'secret',
      'large.ts': 'tooLarge',
      'lib/app.js.map': 'generated',
      'lib/jquery.min.js': 'minified',
      'none.ts': 'empty',
      'package-lock.json': 'lockFile',
      'server.pem': 'secret',
    });
    const verdict = await tree.discovery({ maxFileBytes: 100 }).classify('large.ts');
    assert.equal(verdict.state, 'skipped');
    assert.equal(
      english(verdict.file.skip.detail),
      '101 bytes are more than the limit of 100 bytes (files.maxFileBytes).',
    );
  });

  it('carries size and time of every file', async () => {
    const tree = await GitTree.create({ 'a.ts': 'four', '.env': 'three' });
    const files = [];
    for await (const file of tree.discovery().walk()) files.push(file);
    assert.deepEqual(
      files.map(({ bytes }) => bytes),
      [5, 4],
    );
    assert.ok(files.every(({ mtimeMs }) => Math.abs(mtimeMs - Date.now()) < 60_000));
  });

  it('lists links without following them, so that nothing is indexed twice and no loop is entered', async () => {
    const outside = await GitTree.create({ 'foreign.ts': 'x' });
    const tree = await GitTree.repository({ 'src/a.ts': 'x' });
    await tree.link('alias.ts', 'src/a.ts');
    await tree.link('source', 'src');
    await tree.link('src/loop', '..');
    await tree.link('self', 'self');
    await tree.link('nowhere', 'missing.ts');
    await tree.link('foreign', outside.root);
    await tree.link('foreign.ts', outside.path('foreign.ts'));
    const discovery = tree.discovery();
    assert.deepEqual(await pathsOf(discovery), await tree.listedByGit());
    assert.deepEqual(await skipsOf(discovery), {
      'alias.ts': 'symlink',
      foreign: 'symlinkOutside',
      'foreign.ts': 'symlinkOutside',
      nowhere: 'symlink',
      self: 'symlink',
      source: 'symlink',
      'src/loop': 'symlink',
    });
    const details = await Promise.all(['alias.ts', 'src/loop', 'nowhere'].map((path) => discovery.classify(path)));
    assert.deepEqual(
      details.map((verdict) => verdict.state === 'skipped' && english(verdict.file.skip.detail)),
      [
        'A symbolic link to src/a.ts, which counts there.',
        'A symbolic link to the folder itself, which counts there.',
        'A symbolic link that leads nowhere.',
      ],
    );
    assert.equal(wordOf(await discovery.classify('source/a.ts')), 'ignored', 'a path through a link');
    assert.deepEqual(await pathsOf(discovery, 'source'), ['source']);
  });

  it('goes on behind a directory that cannot be read', async () => {
    const tree = await GitTree.create({ 'a/1.ts': 'x', 'b/2.ts': 'x', 'c/3.ts': 'x' });
    const disk = new NodeFileSystem();
    const discovery = discoveryOn(tree, {
      readDirectory: async (path) => {
        if (path === tree.path('b')) throw new Error('EACCES: permission denied');
        return disk.readDirectory(path);
      },
    });
    assert.deepEqual(await pathsOf(discovery), ['a/1.ts', 'b', 'c/3.ts']);
    assert.deepEqual(await skipsOf(discovery), { b: 'unreadable' });
  });

  it('says so of a directory nothing in which can be looked at, and of paths below it', async () => {
    const tree = await GitTree.create({ 'locked/a.ts': 'x' });
    const disk = new NodeFileSystem();
    const deny = (path: string): void => {
      if (path.startsWith(tree.path('locked/'))) throw new Error('EACCES: permission denied');
    };
    const discovery = discoveryOn(tree, {
      stat: async (path) => (deny(path), disk.stat(path)),
      readDirectory: async (path) => (deny(`${path}/`), disk.readDirectory(path)),
    });
    assert.deepEqual(await pathsOf(discovery), ['locked']);
    assert.deepEqual(await pathsOf(discovery, 'locked'), ['locked']);
    assert.equal(wordOf(await discovery.classify('locked/a.ts')), 'unreadable');
  });

  it('skips a file that cannot be looked at', async () => {
    const tree = await GitTree.create({ 'a.ts': 'x', 'b.ts': 'x' });
    const disk = new NodeFileSystem();
    const discovery = discoveryOn(tree, {
      stat: async (path) => {
        if (path === tree.path('a.ts')) throw new Error('EIO: i/o error');
        return disk.stat(path);
      },
    });
    assert.deepEqual(await skipsOf(discovery), { 'a.ts': 'unreadable' });
    assert.equal(wordOf(await discovery.classify('a.ts')), 'unreadable');
  });

  it('treats an ignore file that cannot be read as missing, and says so', async () => {
    const tree = await GitTree.create({ '.gitignore': 'a.ts\n', 'a.ts': 'x' });
    const disk = new NodeFileSystem();
    const discovery = discoveryOn(tree, {
      readFile: async (path) => {
        if (path === tree.path('.gitignore')) throw new Error('EACCES: permission denied');
        return disk.readFile(path);
      },
    });
    assert.deepEqual(await pathsOf(discovery), ['.gitignore', 'a.ts']);
    assert.equal(tree.log[0]?.level, 'warn');
  });
});

describe('rules of strangers', () => {
  it('are never read from a device or a pipe', async () => {
    const tree = await GitTree.repository({ 'a.ts': 'x' });
    await tree.remove('.git/info/exclude');
    await tree.link('.git/info/exclude', '/dev/zero');
    assert.deepEqual(await tree.discovered(), ['a.ts']);
    assert.match(String(tree.log[0]?.fields?.['error']), /^other of/);
  });
});

describe('settings', () => {
  it('skips files an exclude glob matches and does not enter directories it matches', async () => {
    const tree = await GitTree.repository({
      'a.ts': 'x',
      'a.spec.ts': 'x',
      'node_modules/x/i.js': 'x',
      'src/b.ts': 'x',
    });
    await tree.git('add', '.');
    const discovery = tree.discovery({
      exclude: [
        { glob: '**/node_modules', source: 'search.exclude' },
        { glob: '*.{spec,test}.ts', source: 'codeweaver.files.exclude' },
      ],
    });
    assert.deepEqual(await pathsOf(discovery), ['a.spec.ts', 'a.ts', 'src/b.ts']);
    assert.deepEqual(await skipsOf(discovery), { 'a.spec.ts': 'excluded' });
    assert.deepEqual(await discovery.classify('node_modules/x/i.js'), {
      state: 'ignored',
      detail: phrase`The directory ${'node_modules'} is excluded by ${'**/node_modules'} (${'search.exclude'}).`,
    });
  });

  it('skips what no include glob matches; a directory includes everything below it', async () => {
    const tree = await GitTree.create({ 'src/a.ts': 'x', 'src/deep/b.py': 'x', 'docs/c.md': 'x', 'lib/d.rs': 'x' });
    const discovery = tree.discovery({ include: ['src', '**/*.rs'] });
    assert.deepEqual(await skipsOf(discovery), { 'docs/c.md': 'notIncluded' });
    assert.equal(wordOf(await discovery.classify('src/deep/b.py')), 'discovered');
  });
});

describe('.codeweaverignore', () => {
  it('ignores on top of git, in any directory, tracked files too', async () => {
    const tree = await GitTree.repository({
      '.codeweaverignore': '/fixtures/\n',
      'fixtures/a.ts': 'x',
      'src/.codeweaverignore': '*.snap\n!keep.snap\n',
      'src/b.snap': 'x',
      'src/keep.snap': 'x',
    });
    await tree.git('add', '.');
    const discovery = tree.discovery();
    assert.deepEqual(await pathsOf(discovery), ['.codeweaverignore', 'src/.codeweaverignore', 'src/keep.snap']);
    const verdict = await discovery.classify('src/b.snap');
    assert.equal(verdict.state, 'ignored');
    assert.deepEqual(verdict.rule, { pattern: '*.snap', source: 'src/.codeweaverignore', line: 1 });
  });

  it('takes back what git ignores', async () => {
    const tree = await GitTree.repository({
      '.gitignore': 'generated/\n*.log\n',
      '.codeweaverignore': '!/api/generated/\n',
      'api/generated/client.ts': 'x',
      'api/generated/build.log': 'x',
      'web/generated/page.ts': 'x',
    });
    assert.deepEqual(await tree.discovered(), ['.codeweaverignore', '.gitignore', 'api/generated/client.ts']);
  });
});

describe('walks', () => {
  it('list files in the order of their paths', async () => {
    const names = ['a', 'a-b/c', 'a.b', 'a/b', 'a/b.c', 'a0', 'B', 'é/z', 'z/y/x/w', '日/本'];
    const tree = await GitTree.create(
      Object.fromEntries(names.filter((name) => name !== 'a').map((name) => [name, 'x'])),
    );
    assert.deepEqual(await tree.discovered(), names.filter((name) => name !== 'a').sort());
  });

  it('read ahead, but only so far', async () => {
    const directories = Array.from({ length: 300 }, (_, index) => `d${String(index).padStart(3, '0')}`);
    const tree = await GitTree.create();
    let read = 0;
    const names = Array.from({ length: 100 }, (_, index) => ({ name: `f${index}`, kind: 'file' as const }));
    const discovery = discoveryOn(tree, {
      readDirectory: async (path): Promise<readonly DirectoryEntry[]> => {
        read++;
        return path === tree.root ? directories.map((name) => ({ name, kind: 'directory' as const })) : names;
      },
      stat: async (path) => {
        if (path === tree.root) return { kind: 'directory', bytes: 0, mtimeMs: 0 };
        return /f\d+$/.test(path) ? { kind: 'file', bytes: 1, mtimeMs: 0 } : undefined;
      },
    });
    let listed = 0;
    for await (const { path } of discovery.walk()) {
      if (listed++ === 500) assert.equal(path, 'd005/f0');
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(read * 100 - listed < 10_000, `${read} directories are read after ${listed} files`);
    }
    assert.equal(listed, 30_000);
  });

  it('list one directory or one file, with the rules above it', async () => {
    const tree = await GitTree.repository({
      '.gitignore': 'dist/\n',
      'src/.gitignore': '*.gen.ts\n',
      'src/deep/a.ts': 'x',
      'src/deep/b.gen.ts': 'x',
      'src/deep/dist/c.js': 'x',
      'dist/d.js': 'x',
    });
    const discovery = tree.discovery();
    assert.deepEqual(await pathsOf(discovery, 'src/deep'), ['src/deep/a.ts']);
    assert.deepEqual(await pathsOf(discovery, 'src/deep/a.ts'), ['src/deep/a.ts']);
    assert.deepEqual(await pathsOf(discovery, 'dist'), []);
    assert.deepEqual(await pathsOf(discovery, 'src/none'), []);
  });

  it('end with CancelledError when the signal fires', async () => {
    const tree = await GitTree.create({ 'a.ts': 'x', 'b/c.ts': 'x', 'd/e.ts': 'x' });
    const controller = new AbortController();
    const walk = tree.discovery().walk(controller.signal);
    assert.equal((await walk.next()).value?.path, 'a.ts');
    controller.abort();
    await assert.rejects(walk.next(), CancelledError);
  });

  it('of a missing folder say so', async () => {
    const tree = await GitTree.create();
    const expected = (error: unknown): boolean => error instanceof AppError && error.code === 'FolderNotFound';
    await assert.rejects(tree.discovered({}, 'none'), expected);
    await tree.write({ file: 'x' });
    await assert.rejects(tree.discovered({}, 'file'), expected);
  });

  it('fail when the folder itself cannot be read: nothing must look deleted', async () => {
    const tree = await GitTree.create({ 'a.ts': 'x' });
    const discovery = discoveryOn(tree, { readDirectory: () => Promise.reject(new Error('EIO: i/o error')) });
    await assert.rejects(pathsOf(discovery), /EIO/);
  });
});

describe('single paths', () => {
  it('are missing when nothing or no file is there', async () => {
    const tree = await GitTree.repository({ '.gitignore': '/dist/\n', 'src/a.ts': 'x', 'dist/b.js': 'x' });
    const discovery = tree.discovery();
    for (const path of ['none.ts', 'none/at/all.ts', 'src', 'src/a.ts/b']) {
      assert.equal(wordOf(await discovery.classify(path)), 'missing', path);
    }
    for (const path of ['dist', 'dist/b.js', 'dist/none', '.git', '.git/config']) {
      assert.equal(wordOf(await discovery.classify(path)), 'ignored', path);
    }
  });
});

describe('a directory that was missing', () => {
  it('is looked for again', async () => {
    const tree = await GitTree.create();
    const discovery = tree.discovery();
    assert.equal(wordOf(await discovery.classify('new/a.ts')), 'missing');
    await tree.write({ 'new/a.ts': 'x' });
    assert.equal(wordOf(await discovery.classify('new/a.ts')), 'discovered');
  });
});

describe('affectedBy', () => {
  const affected = (discovery: Discovery, ...paths: string[]): readonly string[] =>
    discovery.affectedBy(paths.map((path) => ({ type: 'changed', path }))).prefixes;

  it('names the directories of changed ignore files, without those below another', async () => {
    const discovery = (await GitTree.repository()).discovery();
    assert.deepEqual(affected(discovery, 'src/a.ts', 'README.md'), []);
    assert.deepEqual(affected(discovery, 'src/.gitignore', 'src/a.ts'), ['src']);
    assert.deepEqual(affected(discovery, 'a/b/.gitignore', 'ab/.gitignore', 'a/.codeweaverignore'), ['ab', 'a']);
    assert.deepEqual(affected(discovery, 'a/.gitignore', '.gitignore'), ['']);
    assert.deepEqual(affected(discovery, '.git/info/exclude'), ['']);
    assert.deepEqual(affected(discovery, '.git/objects/ab/cdef', '.git/index.lock', '.git/COMMIT_EDITMSG'), []);
  });

  it('makes the next answers follow the new rules', async () => {
    const tree = await GitTree.repository({ 'src/a.ts': 'x', 'src/b.ts': 'x' });
    const discovery = tree.discovery();
    assert.equal(wordOf(await discovery.classify('src/a.ts')), 'discovered');
    await tree.write({ 'src/.gitignore': 'a.ts\n' });
    for (const prefix of affected(discovery, 'src/.gitignore')) {
      assert.deepEqual(await pathsOf(discovery, prefix), ['src/.gitignore', 'src/b.ts']);
    }
    assert.equal(wordOf(await discovery.classify('src/a.ts')), 'ignored');
    await tree.remove('src/.gitignore');
    affected(discovery, 'src/.gitignore');
    assert.equal(wordOf(await discovery.classify('src/a.ts')), 'discovered');
  });

  it('forgets a directory that was replaced', async () => {
    const tree = await GitTree.create({ 'src/.gitignore': 'a.ts\n', 'src/deep/a.ts': 'x' });
    const discovery = tree.discovery();
    assert.equal(wordOf(await discovery.classify('src/deep/a.ts')), 'ignored');
    await tree.remove('src');
    await tree.write({ 'src/deep/a.ts': 'x' });
    assert.deepEqual(affected(discovery, 'src'), []);
    assert.equal(wordOf(await discovery.classify('src/deep/a.ts')), 'discovered');
  });

  it('names what a changed index can change: the entries that git’s rules match', async () => {
    const tree = await GitTree.repository({
      '.gitignore': 'dist/\n*.log\n',
      'dist/a.js': 'x',
      'b.log': 'x',
      'src/c.ts': 'x',
    });
    const discovery = tree.discovery();
    assert.deepEqual(await pathsOf(discovery), ['.gitignore', 'src/c.ts']);
    await tree.git('add', '-f', 'dist/a.js');
    const prefixes = affected(discovery, '.git/index');
    assert.deepEqual([...prefixes].sort(), ['b.log', 'dist']);
    const walked = await Promise.all(prefixes.map((prefix) => pathsOf(discovery, prefix)));
    assert.deepEqual(walked.flat(), ['dist/a.js']);
  });

  it('has everything walked again when a repository comes or goes, not when a branch is switched', async () => {
    const tree = await GitTree.create({ 'lib/a.ts': 'x' });
    const discovery = tree.discovery();
    await pathsOf(discovery);
    await tree.git('init', '--quiet', '.');
    assert.deepEqual(affected(discovery, '.git/HEAD'), ['']);
    await pathsOf(discovery);
    assert.deepEqual(affected(discovery, '.git/HEAD'), []);
    await tree.git('init', '--quiet', 'lib');
    assert.deepEqual(affected(discovery, 'lib/.git/HEAD'), ['lib']);
    assert.deepEqual(await pathsOf(discovery, 'lib'), []);
    assert.deepEqual(discovery.affectedBy([{ type: 'deleted', path: 'lib/.git' }]).prefixes, ['lib']);
  });
});

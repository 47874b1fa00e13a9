import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toRelativePath } from '../../../src/core/discovery/paths.ts';
import { phrase } from '../../../src/protocol/phrase.ts';
import { GitTree, wordOf } from '../../support/gitTree.ts';

/** Everything a walk must agree on with git, with the tree as it is. */
async function agreesWithGit(tree: GitTree, directory = ''): Promise<string[]> {
  const discovered = await tree.discovered({}, directory);
  assert.deepEqual(discovered, await tree.listedByGit(directory));
  return discovered;
}

describe('discovery in a repository', () => {
  it('lists hidden files and directories, but never .git', async () => {
    const tree = await GitTree.repository({
      '.github/workflows/ci.yml': 'on: push',
      '.editorconfig': 'x',
      'a.ts': 'x',
    });
    assert.deepEqual(await agreesWithGit(tree), ['.editorconfig', '.github/workflows/ci.yml', 'a.ts']);
  });

  it('applies an anchored pattern to its own directory alone', async () => {
    const tree = await GitTree.repository({
      '.gitignore': '/coverage\n',
      'coverage/a.ts': 'x',
      'src/coverage/b.ts': 'x',
    });
    assert.deepEqual(await agreesWithGit(tree), ['.gitignore', 'src/coverage/b.ts']);
  });

  it('reads escapes, trailing spaces, comments and line ends as git does', async () => {
    const tree = await GitTree.repository({
      '.gitignore':
        '\uFEFF#a\n\\#b\n#c\n\\!d\ne   \nf\\ \ng\\  \nh\\\\ \ni\t\n  j\nk\r\nl \r\nm\\*\n[n\no\\\n\\p\n q\nr/\n!r/s\nt/u/\nv\0w\n\n/\n!\nlast',
    });
    const names = [
      ...[
        '#a',
        '#b',
        '#c',
        '!d',
        'd',
        'e',
        'e ',
        'f',
        'f ',
        'g',
        'g ',
        'g  ',
        'h\\',
        'h\\ ',
        'i',
        'i\t',
        'j',
        '  j',
        'k',
      ],
      ...['l', 'l ', 'm*', 'mx', '[n', 'o', 'o\\', 'p', 'q', ' q', 'r/s', 't/u', 'v', 'w', 'vw', 'last', 'lastly'],
    ];
    await tree.write(Object.fromEntries(names.map((name) => [name, 'x'])));
    const listed = await agreesWithGit(tree);
    assert.deepEqual(
      names.filter((name) => !listed.includes(name)),
      ['#b', '!d', 'e', 'f ', 'g ', 'h\\', 'i\t', '  j', 'k', 'l', 'm*', 'p', ' q', 'r/s', 'v', 'last'],
    );
  });

  it('cannot take back a file of an ignored directory, only the directory', async () => {
    const tree = await GitTree.repository({
      '.gitignore': 'build\n!build/keep.ts\nout/*\n!out/keep.ts\n',
      'build/keep.ts': 'x',
      'out/keep.ts': 'x',
      'out/gone.ts': 'x',
      'build/.gitignore': '!keep.ts\n',
    });
    assert.deepEqual(await agreesWithGit(tree), ['.gitignore', 'out/keep.ts']);
  });

  it('reads info/exclude and the user’s excludes, which yield to .gitignore files', async () => {
    const tree = await GitTree.repository({
      '.gitignore': '!both.log\n',
      'both.log': 'x',
      'local.ts': 'x',
      'personal.tmp': 'x',
      'a.ts': 'x',
    });
    await writeFile(tree.path('.git/info/exclude'), 'local.ts\n!kept.tmp\n');
    await mkdir(join(tree.home, '.config/git'), { recursive: true });
    await writeFile(join(tree.home, '.config/git/ignore'), '*.log\n*.tmp\n');
    await tree.write({ 'kept.tmp': 'x' });
    assert.deepEqual(await agreesWithGit(tree), ['.gitignore', 'a.ts', 'both.log', 'kept.tmp']);
    const verdict = await tree.discovery().classify('personal.tmp');
    assert.equal(verdict.state, 'ignored');
    assert.deepEqual(verdict.rule, { pattern: '*.tmp', source: join(tree.home, '.config/git/ignore'), line: 2 });
  });

  it('does not read a .gitignore that is a link', async () => {
    const tree = await GitTree.repository({ 'rules.txt': 'a.ts\n', 'a.ts': 'x' });
    await tree.link('.gitignore', 'rules.txt');
    assert.deepEqual(await agreesWithGit(tree), ['.gitignore', 'a.ts', 'rules.txt']);
  });

  it('lists tracked files that a rule ignores, and nothing else of their directories', async () => {
    const tree = await GitTree.repository({
      '.gitignore': 'dist/\n*.log\n',
      'dist/tracked/a.js': 'x',
      'dist/tracked/b.js': 'x',
      'dist/other/c.js': 'x',
      'kept.log': 'x',
      'gone.log': 'x',
    });
    await tree.git('add', '-f', 'dist/tracked/a.js', 'kept.log');
    assert.deepEqual(await agreesWithGit(tree), ['.gitignore', 'dist/tracked/a.js', 'kept.log']);
  });

  for (const [name, prepare] of [
    ['version 2', ['config', 'index.version', '2']],
    ['version 3 (extended flags)', ['update-index', '--skip-worktree', 'a.ts']],
    ['version 4 (shortened names)', ['update-index', '--index-version', '4']],
    ['two parts', ['update-index', '--split-index']],
  ] as const) {
    it(`reads an index of ${name}`, async () => {
      const tree = await GitTree.repository({
        '.gitignore': '*.gen\n',
        'a.ts': 'x',
        'deep/down/first.gen': 'x',
        'deep/down/second.gen': 'x',
        'deep/untracked.gen': 'x',
        [`${['n', 'm', 'o', 'p'].map((letter) => letter.repeat(250)).join('/')}.gen`]: 'x',
        'z/behind-the-long-name.gen': 'x',
      });
      await tree.git('add', '-f', '--all', ':!deep/untracked.gen');
      await tree.git(...prepare);
      await tree.write({ 'later.gen': 'x' });
      await tree.git('add', '-f', 'later.gen');
      const listed = await agreesWithGit(tree);
      assert.equal(listed.filter((path) => path.endsWith('.gen')).length, 5);
    });
  }

  it('reads the index of a SHA-256 repository', async () => {
    const tree = await GitTree.create({ '.gitignore': '*.gen\n', 'a.gen': 'x', 'b.gen': 'x' });
    await tree.git('init', '--quiet', '--object-format=sha256', '.');
    await tree.git('add', '-f', 'b.gen');
    assert.deepEqual(await agreesWithGit(tree), ['.gitignore', 'b.gen']);
  });

  it('takes a damaged index for an empty one', async () => {
    const tree = await GitTree.repository({ '.gitignore': '*.gen\n', 'a.ts': 'x', 'b.gen': 'x' });
    await tree.git('add', '-f', '.');
    await writeFile(tree.path('.git/index'), 'DIRC and then nonsense that is long enough to be looked at');
    assert.deepEqual(await tree.discovered(), ['.gitignore', 'a.ts']);
    assert.match(tree.log[0]?.message ?? '', /index is damaged/);
  });

  it('does not descend into nested repositories and submodules, checked out or not', async () => {
    const inner = await GitTree.repository({ 'inside.ts': 'x' });
    await inner.git('add', '.');
    await inner.git('commit', '--quiet', '-m', 'inside');
    const tree = await GitTree.repository({ 'a.ts': 'x', 'nested/b.ts': 'x' });
    await tree.git('init', '--quiet', 'nested');
    await tree.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
    await tree.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'bare');
    await tree.git('submodule', '--quiet', 'deinit', '-f', 'bare');
    await tree.write({ 'bare/left.ts': 'x' });
    assert.deepEqual(await agreesWithGit(tree), ['.gitmodules', 'a.ts']);
    const discovery = tree.discovery();
    for (const path of ['nested/b.ts', 'sub/inside.ts', 'bare/left.ts']) {
      assert.equal(wordOf(await discovery.classify(path)), 'ignored', path);
    }
    assert.deepEqual(await agreesWithGit(tree, 'sub'), ['inside.ts'], 'a submodule opened as folder is a repository');
  });

  it('takes a directory with something that only looks like a repository for a directory', async () => {
    const tree = await GitTree.repository({
      'broken/.git': 'gitdir: /nowhere/at/all\n',
      'broken/a.ts': 'x',
      'empty/.git/notes.txt': 'x',
      'empty/b.ts': 'x',
    });
    assert.deepEqual(await agreesWithGit(tree), ['broken/a.ts', 'empty/b.ts']);
  });

  it('lists a directory with tracked files even where a repository was created inside', async () => {
    const tree = await GitTree.repository({ 'lib/a.ts': 'x' });
    await tree.git('add', '.');
    await tree.git('init', '--quiet', 'lib');
    await tree.write({ 'lib/b.ts': 'x' });
    assert.deepEqual(await agreesWithGit(tree), ['lib/a.ts', 'lib/b.ts']);
  });

  it('works in a linked worktree, where .git is a file and info/exclude is shared', async () => {
    const tree = await GitTree.repository({ '.gitignore': '*.gen\n', 'a.ts': 'x', 'b.gen': 'x' });
    await tree.git('add', '-f', '.');
    await tree.git('commit', '--quiet', '-m', 'first');
    await writeFile(tree.path('.git/info/exclude'), 'private.ts\n');
    await tree.git('worktree', 'add', '--quiet', '../linked');
    await tree.write({ '../linked/private.ts': 'x', '../linked/c.gen': 'x', '../linked/d.ts': 'x' });
    assert.deepEqual(await agreesWithGit(tree, '../linked'), ['.gitignore', 'a.ts', 'b.gen', 'd.ts']);
  });

  it('honours the rules of the repository around a folder that is a subdirectory', async () => {
    const tree = await GitTree.repository({
      '.gitignore': '*.log\n/packages/*/dist/\n/app\n',
      'packages/.gitignore': 'secret-*\n',
      'packages/one/dist/a.js': 'x',
      'packages/one/src/dist/b.js': 'x',
      'packages/one/src/app/c.js': 'x',
      'packages/one/debug.log': 'x',
      'packages/one/tracked.log': 'x',
      'packages/one/secret-plan.md': 'x',
    });
    await tree.git('add', '-f', 'packages/one/tracked.log');
    const listed = await agreesWithGit(tree, 'packages/one');
    assert.deepEqual(listed, ['src/app/c.js', 'src/dist/b.js', 'tracked.log']);
    const verdict = await tree.discovery({}, 'packages/one').classify('debug.log');
    assert.deepEqual(verdict, {
      state: 'ignored',
      detail: phrase`Ignored by ${'*.log'} (${tree.path('.gitignore')}, line ${1}).`,
      rule: { pattern: '*.log', source: tree.path('.gitignore'), line: 1 },
    });
  });

  it('indexes a folder that its repository ignores: it was opened on purpose', async () => {
    const tree = await GitTree.repository({
      '.gitignore': '*\n',
      'notes/.gitignore': 'drafts\n',
      'notes/drafts/a.md': 'x',
      'notes/b.md': 'x',
    });
    assert.deepEqual(await tree.listedByGit('notes'), []);
    assert.deepEqual(await tree.discovered({}, 'notes'), ['.gitignore', 'b.md']);
    assert.equal(tree.log[0]?.level, 'info');
  });

  it('opens a folder through a link as the folder itself', async () => {
    const tree = await GitTree.repository({ '.gitignore': '*.log\n', 'src/a.ts': 'x', 'src/b.log': 'x' });
    await tree.link('../alias', tree.path('src'));
    assert.deepEqual(await tree.discovered({}, '../alias'), ['a.ts']);
  });
});

describe('discovery in a folder without git', () => {
  it('honours .gitignore files all the same', async () => {
    const tree = await GitTree.create({
      '.gitignore': 'node_modules/\n',
      'node_modules/x/index.js': 'x',
      'src/.gitignore': '/gen\n',
      'src/gen/a.ts': 'x',
      'src/b.ts': 'x',
    });
    assert.deepEqual(await tree.discovered(), ['.gitignore', 'src/.gitignore', 'src/b.ts']);
  });

  it('lists the repositories in it, each by its own rules', async () => {
    const tree = await GitTree.create({
      'one/.gitignore': '*.gen\n',
      'one/tracked.gen': 'x',
      'one/other.gen': 'x',
      'two/excluded.ts': 'x',
      'two/other.gen': 'x',
      'two/inner/a.ts': 'x',
    });
    for (const repository of ['one', 'two', 'two/inner']) await tree.git('init', '--quiet', repository);
    await tree.git('-C', 'one', 'add', '-f', 'tracked.gen');
    await writeFile(tree.path('two/.git/info/exclude'), 'excluded.ts\n');
    const expected = ['one', 'two'].map(async (name) =>
      (await tree.listedByGit(name)).map((path) => `${name}/${path}`),
    );
    const discovered = await tree.discovered();
    assert.deepEqual(discovered, (await Promise.all(expected)).flat());
    assert.deepEqual(discovered, ['one/.gitignore', 'one/tracked.gen', 'two/other.gen']);
  });
});

describe('one set of rules', () => {
  it('classifies every path of a tree as the walk does', async () => {
    const tree = await GitTree.repository({
      '.gitignore': 'dist/\n*.log\n!keep.log\n',
      '.codeweaverignore': 'fixtures/\n!dist/\n',
      'dist/a.js': 'x',
      'fixtures/b.ts': 'x',
      'keep.log': 'x',
      'no.log': 'x',
      'vendor/lib/c.ts': 'x',
      'src/d.ts': 'x',
      'src/e.min.js': 'x',
      '.env': 'x',
      'empty.ts': '',
      'large.ts': 'x'.repeat(3_000),
      'yarn.lock': 'x',
    });
    await tree.link('link.ts', 'src/d.ts');
    await tree.git('add', '-f', 'dist/a.js');
    const config = { maxFileBytes: 2_000, exclude: [{ glob: '**/vendor', source: 'search.exclude' }] };
    const walked = new Map<string, string>();
    for await (const { path, skip } of tree.discovery(config).walk()) walked.set(path, skip?.reason ?? 'discovered');
    const discovery = tree.discovery(config);
    const entries = await readdir(tree.root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    assert.ok(files.length > 20, 'the tree is looked at with its .git directory');
    for (const path of files.map((file) => toRelativePath(tree.root, file) ?? '')) {
      assert.equal(wordOf(await discovery.classify(path)), walked.get(path) ?? 'ignored', path);
    }
  });
});

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import fc from 'fast-check';
import type { Files } from '../../support/gitTree.ts';
import { GitTree, pathsOf } from '../../support/gitTree.ts';

/** Trees a run compares; each costs a few file writes, and one git call answers for all trees of a run. */
const treesPerRun = 12;
const runs = Number(process.env['DISCOVERY_ORACLE_RUNS'] ?? 20);

/** Few and short names, so that patterns meet them; with every character that means something in a pattern. */
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'ab', 'ba', 'A', '.a', 'a.b') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('é', 'a b', 'a ', ' a', '#a', '!a', 'a*', '[a]', '\\a', 'a\\', '-', ']', '日本'),
  },
);
const filePath = fc.array(name, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));

const patternPart = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'ab', 'A', '.', '/') },
  { weight: 5, arbitrary: fc.constantFrom('*', '**', '?', '/**/', '**/', '/**', '***') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('[ab]', '[!a]', '[^b]', '[a-b]', '[]a]', '[!]b]', '[a-', '[', ']', '[[:alpha:]]'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[[:upper:]-b]', '[[:x:]]', '[\\a-b]', '[--0]', '[[:alpha:b]', '[[:]a]', '[é]'),
  },
  { weight: 2, arbitrary: fc.constantFrom('\\a', '\\*', '\\', '\\\\', ' ', '\\ ', '#', '!', 'é', '日', '\t', '-') },
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '!', '/', '!/'),
    fc.array(patternPart, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', '', '/', ' ', '\\ ', '\r', '  '),
  )
  .map(([start, parts, end]) => start + parts.join('') + end)
  .filter((text) => !differsBetweenGitVersions(text));
const ignoreFile = fc
  .tuple(fc.array(pattern, { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, newline, isTerminated]) => lines.join(newline) + (isTerminated ? newline : ''));

const randomTree = fc.record({
  files: fc.uniqueArray(filePath, { minLength: 1, maxLength: 10 }),
  ignoreFiles: fc.dictionary(fc.constantFrom('', 'a/', 'b/', 'a/b/', 'ab/'), ignoreFile, { maxKeys: 3 }),
  /** How many of the files are added to the index, ignored or not. */
  tracked: fc.nat({ max: 3 }),
});

/** Stars right behind a literal start of a path count as one star, as documented; git 2.39 for one takes two for more. */
function differsBetweenGitVersions(text: string): boolean {
  return /^!?\/?[^*?[\\]*[^*?[\\/]\*\*/.test(text);
}

/** The files of a tree below `prefix`, without those whose place is taken by a directory of another. */
function filesOf(prefix: string, paths: readonly string[], ignoreFiles: Readonly<Record<string, string>>): Files {
  const files = new Map(paths.map((path) => [path, 'x']));
  for (const [directory, content] of Object.entries(ignoreFiles)) files.set(`${directory}.gitignore`, content);
  return Object.fromEntries(
    [...files]
      .filter(([path]) => ![...files.keys()].some((other) => other.startsWith(`${path}/`)))
      .map(([path, content]) => [`${prefix}/${path}`, content]),
  );
}

describe('discovery compared with the real git', () => {
  it('lists what git lists, and names the rule git names, for random trees, patterns and indexes', async function () {
    this.timeout(600_000);
    const repository = await GitTree.repository();
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomTree, { minLength: 1, maxLength: treesPerRun }),
        fc.boolean(),
        async (trees, ignoreCase) => {
          await repository.git('config', 'core.ignoreCase', String(ignoreCase));
          await repository.git('rm', '-rq', '--cached', '--ignore-unmatch', '.');
          await repository.remove('work');
          await mkdir(repository.path('work'));
          const everything: string[] = [];
          for (const [index, { files, ignoreFiles, tracked }] of trees.entries()) {
            const written = filesOf(`work/${index}`, files, ignoreFiles);
            await repository.write(written);
            everything.push(...Object.keys(written));
            // With core.ignoreCase git looks names up in the index without case, which this disk tells apart.
            const added = ignoreCase ? [] : Object.keys(written).slice(0, tracked);
            if (added.length > 0) await repository.git('--literal-pathspecs', 'add', '-f', '--', ...added);
          }

          const discovery = repository.discovery();
          const discovered = await pathsOf(discovery);
          assert.deepEqual(discovered, await repository.listedByGit());

          for (const path of everything) {
            const { state } = await discovery.classify(path);
            assert.equal(state !== 'ignored', discovered.includes(path), `${path} alone is judged as in the walk`);
          }
          const ignored = everything.filter((path) => !discovered.includes(path));
          if (ignored.length === 0) return;
          const explained = await repository.explain(ignored);
          for (const path of ignored) {
            const verdict = await discovery.classify(path);
            assert.equal(verdict.state, 'ignored');
            assert.deepEqual({ ...verdict.rule }, explained.get(path));
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

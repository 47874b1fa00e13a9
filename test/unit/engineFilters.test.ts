import assert from 'node:assert/strict';
import type { SearchFilter } from '../../src/protocol/types.ts';
import { EngineFixture, folderId } from '../support/engineFixture.ts';

const more = {
  'src/upload.test.ts': "it('retries the upload of a session', async () => {\n  await retryUpload(file);\n});\n",
  'vendor/session.go': 'package vendor\n\nfunc OpenSession(upload string) error {\n\treturn nil\n}\n',
};

describe('Engine with a filter', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  before(async () => {
    fixture = await EngineFixture.create();
    for (const [path, text] of Object.entries(more)) await fixture.workspace.write(path, text);
    await fixture.engine.index(folderId);
  });

  after(async () => fixture.close());

  /** Paths of what each way to search finds, which is the same files in any order. */
  async function only(filter: SearchFilter): Promise<string[]> {
    const byMode = await Promise.all(
      (['lexical', 'semantic'] as const).map(async (mode) => {
        const { results } = await fixture.engine.search({ query: 'session upload', mode, filter });
        return [...new Set(results.map(({ path }) => path))].sort();
      }),
    );
    assert.deepEqual(byMode[0], byMode[1]);
    return byMode[0] ?? [];
  }

  const all = ['README.md', 'src/session.py', 'src/upload.test.ts', 'src/upload.ts', 'vendor/session.go'];

  it('leaves out paths, languages and kinds', async () => {
    assert.deepEqual(await only({}), all);
    assert.deepEqual(await only({ excludePaths: ['vendor', '*.md'] }), all.slice(1, 4));
    assert.deepEqual(await only({ excludeLanguages: ['typescript', 'markdown'] }), [
      'src/session.py',
      'vendor/session.go',
    ]);
    assert.deepEqual(await only({ paths: ['src'], excludePaths: ['*.test.ts'] }), ['src/session.py', 'src/upload.ts']);
    const kinds = (await fixture.engine.search({ query: 'session upload', filter: { excludeKinds: ['function'] } }))
      .results;
    assert.ok(kinds.length > 0 && kinds.every(({ kind }) => kind !== 'function'));
  });

  it('tells tests by their path', async () => {
    assert.deepEqual(await only({ tests: 'only' }), ['src/upload.test.ts']);
    assert.deepEqual(
      await only({ tests: 'exclude' }),
      all.filter((path) => path !== 'src/upload.test.ts'),
    );
  });

  it('keeps to the files it is given, of the folder it is given', async () => {
    const file = (path: string): { folderId: string; path: string } => ({ folderId, path });
    assert.deepEqual(await only({ files: [file('src/session.py'), file('gone.ts')] }), ['src/session.py']);
    assert.deepEqual(await only({ files: [{ folderId: 'other', path: 'src/session.py' }] }), []);
    assert.deepEqual(await only({ files: [] }), []);
  });

  it('holds a second filter as well', async () => {
    assert.deepEqual(await only({ paths: ['src'], and: { paths: ['*.ts'], and: { tests: 'exclude' } } }), [
      'src/upload.ts',
    ]);
    assert.deepEqual(await only({ and: { folders: ['other'] } }), []);
  });

  it('remembers answers apart', async () => {
    const ask = async (filter: SearchFilter): Promise<boolean> =>
      (await fixture.engine.search({ query: 'open a session', filter })).cached;
    const filters: SearchFilter[] = [
      { tests: 'only' },
      { tests: 'exclude' },
      { excludePaths: ['vendor'] },
      { files: [{ folderId, path: 'src/session.py' }] },
      { and: { paths: ['vendor'] } },
    ];
    for (const filter of filters) assert.equal(await ask(filter), false, JSON.stringify(filter));
    for (const filter of filters) assert.equal(await ask(filter), true, JSON.stringify(filter));
  });

  it('looks again when the index has changed', async () => {
    const paths = async (query: string): Promise<string[]> =>
      (await fixture.engine.search({ query, filter: { paths: ['late'] } })).results.map(({ path }) => path);
    assert.deepEqual(await paths('session'), []);
    await fixture.workspace.write('late/session.go', 'package late\n\nfunc CloseSession() error {\n\treturn nil\n}\n');
    await fixture.engine.index(folderId);
    assert.deepEqual(await paths('close a session'), ['late/session.go']);
    await fixture.workspace.remove('late/session.go');
    await fixture.engine.index(folderId);
    assert.deepEqual(await paths('session that closes'), []);
  });

  it('looks for similar code within it', async () => {
    const place = { folderId, path: 'src/upload.ts', line: 2 };
    const similar = async (filter: SearchFilter): Promise<Set<string>> =>
      new Set((await fixture.engine.findSimilar({ ...place, filter })).results.map(({ path }) => path));
    assert.deepEqual(await similar({ tests: 'only' }), new Set(['src/upload.test.ts']));
    assert.deepEqual(
      await similar({ excludeLanguages: ['typescript'], tests: 'exclude', paths: ['src'] }),
      new Set(['src/session.py']),
    );
  });

  it('tells its languages, the most frequent first', async () => {
    assert.deepEqual((await fixture.folderStatus()).languages, ['typescript', 'go', 'markdown', 'python']);
  });
});

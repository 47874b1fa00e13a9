import assert from 'node:assert/strict';
import { rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultConfig } from '../../src/protocol/config.ts';
import type { SearchRequest } from '../../src/protocol/types.ts';
import { EngineFixture, files, folderId, rejects } from '../support/engineFixture.ts';

describe('Engine', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
  });

  afterEach(async () => fixture.close());

  it('indexes a folder and finds functions by what they do', async () => {
    const report = await fixture.engine.index(folderId);
    assert.deepEqual(report.counts, { discovered: 3, indexed: 3, pending: 0, failed: 0, skipped: 0 });
    assert.equal((await fixture.found('where do we retry failed uploads?'))[0], 'src/upload.ts#retryUpload');
    assert.equal((await fixture.found('expire sessions'))[0], 'src/session.py#SessionStore');
  });

  it('finds what has a phrase as it stands before what is called after its words', async () => {
    const { workspace, engine } = fixture;
    await workspace.write(
      'src/desk.ts',
      `export function open() {\n  throw new Error('Parcel was returned to sender.');\n}\n`,
    );
    for (const name of ['Parcel', 'ReturnedParcel', 'ParcelSender'])
      await workspace.write(`src/parcel/${name}.ts`, `export class ${name} {\n  sender = 'returned';\n}\n`);
    await engine.index(folderId);
    assert.equal((await fixture.found('Parcel was returned to sender'))[0], 'src/desk.ts#open');
    assert.notEqual((await fixture.found('sender returned parcel'))[0], 'src/desk.ts#open');
  });

  it('finds a word that is in one chunk only, however alike others are called', async () => {
    const { workspace, engine } = fixture;
    await workspace.write('src/desk.ts', '/** Known as zebrafish. */\nexport function open() {\n  return desk;\n}\n');
    for (const name of ['RetryRules', 'RulesOfRetry', 'RuleBook'])
      await workspace.write(`src/rules/${name}.ts`, `export class ${name} {\n  rules = 'of retry';\n}\n`);
    await engine.index(folderId);
    assert.equal((await fixture.found('zebrafish rules'))[0], 'src/desk.ts#open');
    assert.notEqual((await fixture.found('rules'))[0], 'src/desk.ts#open');
  });

  it('gives the lines a result stands on', async () => {
    await fixture.engine.index(folderId);
    const { results } = await fixture.engine.search({ query: 'retryUpload', k: 1 });
    const [result] = results;
    assert.equal(result?.startLine, 1);
    assert.equal(result.endLine, 7);
    assert.equal(result.language, 'typescript');
    assert.equal(result.kind, 'function');
    assert.match(result.snippet, /^export async function retryUpload/);
  });

  it('looks only at what changed in a second pass', async () => {
    await fixture.engine.index(folderId);
    for (const path of Object.keys(files))
      await utimes(join(fixture.workspace.root, path), 1_700_000_000, 1_700_000_000);
    await fixture.engine.index(folderId);
    const again = await fixture.engine.index(folderId);
    assert.deepEqual([again.filesChunked, again.filesUnchanged, again.chunksAdded], [0, 0, 0]);
  });

  it('re-reads a touched file but keeps its chunks when the content is the same', async () => {
    await fixture.engine.index(folderId);
    await utimes(join(fixture.workspace.root, 'README.md'), 1_800_000_000, 1_800_000_000);
    const report = await fixture.engine.index(folderId);
    assert.equal(report.filesChunked, 0);
    assert(report.filesUnchanged >= 1);
  });

  it('notices an edit that kept size and time within the resolution of the clock', async () => {
    await fixture.engine.index(folderId);
    const path = join(fixture.workspace.root, 'README.md');
    const { mtimeMs } = await stat(path);
    await writeFile(path, files['README.md'].replace('Uploads', 'Encodes'));
    await utimes(path, mtimeMs / 1_000, mtimeMs / 1_000);
    await fixture.engine.index(folderId);
    assert.equal((await fixture.found('encodes'))[0]?.startsWith('README.md'), true);
  });

  it('follows created, edited and deleted files', async () => {
    await fixture.engine.index(folderId);
    await fixture.workspace.write(
      'src/mail.ts',
      'export function deliverNewsletter() {\n  return queue.push(letter);\n}\n',
    );
    await fixture.workspace.write(
      'src/upload.ts',
      'export function resumeTransfer() {\n  return transfer.resume();\n}\n',
    );
    await fixture.workspace.remove('src/session.py');
    await fixture.engine.applyChanges(folderId, [
      { type: 'changed', path: 'src/mail.ts' },
      { type: 'changed', path: 'src/upload.ts' },
      { type: 'deleted', path: 'src/session.py' },
    ]);
    assert.equal((await fixture.found('deliver newsletter'))[0], 'src/mail.ts#deliverNewsletter');
    assert.equal((await fixture.found('resume transfer'))[0], 'src/upload.ts#resumeTransfer');
    assert.deepEqual(
      (await fixture.found('expire sessions')).filter((hit) => hit.startsWith('src/session.py')),
      [],
    );
  });

  it('follows a deleted and a new directory', async () => {
    await fixture.engine.index(folderId);
    await rename(join(fixture.workspace.root, 'src'), join(fixture.workspace.root, 'lib'));
    await fixture.engine.applyChanges(folderId, [
      { type: 'deleted', path: 'src' },
      { type: 'changed', path: 'lib' },
    ]);
    assert.equal((await fixture.found('retry upload'))[0], 'lib/upload.ts#retryUpload');
    assert.equal((await fixture.folderStatus()).counts.discovered, 3);
  });

  it('drops what a new ignore rule covers and takes it back when the rule goes', async () => {
    await fixture.engine.index(folderId);
    await fixture.workspace.write('.gitignore', '/src/\n');
    await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: '.gitignore' }]);
    assert.deepEqual(
      (await fixture.found('retry upload')).filter((hit) => hit.startsWith('src/')),
      [],
    );
    assert.equal((await fixture.engine.why(folderId, 'src/upload.ts')).state, 'ignored');
    await fixture.workspace.remove('.gitignore');
    await fixture.engine.applyChanges(folderId, [{ type: 'deleted', path: '.gitignore' }]);
    assert.equal((await fixture.found('retry upload'))[0], 'src/upload.ts#retryUpload');
  });

  it('finds unsaved text and returns to the disk when the editor lets go of it', async () => {
    await fixture.engine.index(folderId);
    await fixture.engine.updateDocument(folderId, {
      path: 'src/upload.ts',
      text: 'export function compressArchive() {\n  return zip();\n}\n',
    });
    const { results } = await fixture.engine.search({ query: 'compress archive', k: 1 });
    assert.equal(results[0]?.symbol, 'compressArchive');
    assert.equal(results[0].unsaved, true);
    await fixture.engine.updateDocument(folderId, { path: 'src/upload.ts' });
    assert.equal((await fixture.found('retry upload'))[0], 'src/upload.ts#retryUpload');
    assert.deepEqual(
      (await fixture.found('compress archive')).filter((hit) => hit.includes('compressArchive')),
      [],
    );
  });

  it('forgets unsaved text with the process', async () => {
    await fixture.engine.index(folderId);
    await fixture.engine.updateDocument(folderId, {
      path: 'src/upload.ts',
      text: 'export function compressArchive() {}\n',
    });
    await fixture.reopen();
    await fixture.engine.index(folderId);
    assert.deepEqual(
      (await fixture.found('compress archive')).filter((hit) => hit.includes('compressArchive')),
      [],
    );
  });

  it('answers from the stored index after a restart, before any pass', async () => {
    await fixture.engine.index(folderId);
    await fixture.reopen();
    assert.equal((await fixture.found('retry upload'))[0], 'src/upload.ts#retryUpload');
    assert.equal((await fixture.folderStatus()).counts.indexed, 3);
  });

  it('answers a repeated query from the cache until the index changes', async () => {
    await fixture.engine.index(folderId);
    await fixture.engine.search({ query: 'upload' });
    assert.equal((await fixture.engine.search({ query: 'upload' })).cached, true);
    await fixture.workspace.write('src/extra.ts', 'export function uploadExtra() {}\n');
    await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/extra.ts' }]);
    const response = await fixture.engine.search({ query: 'upload' });
    assert.equal(response.cached, false);
    assert(response.results.some(({ symbol }) => symbol === 'uploadExtra'));
  });

  it('filters by path, language and kind', async () => {
    await fixture.engine.index(folderId);
    const only = async (filter: SearchRequest['filter']): Promise<string[]> =>
      (
        await fixture.engine.search({ query: 'session upload', ...(filter === undefined ? {} : { filter }) })
      ).results.map(({ path }) => path);
    assert.deepEqual(new Set(await only({ languages: ['python'] })), new Set(['src/session.py']));
    assert.deepEqual(new Set(await only({ paths: ['*.md'] })), new Set(['README.md']));
    assert.deepEqual(new Set(await only({ kinds: ['function'] })), new Set(['src/upload.ts']));
  });

  it('records skipped files with a reason that sums', async () => {
    await fixture.workspace.write('logo.bin', new Uint8Array(100));
    await fixture.workspace.write('.env', 'SECRET=1\n');
    await fixture.workspace.write('package-lock.json', '{"lockfileVersion": 3}\n');
    await fixture.engine.index(folderId);
    const status = await fixture.folderStatus();
    assert.deepEqual(status.counts, { discovered: 6, indexed: 3, pending: 0, failed: 0, skipped: 3 });
    assert.deepEqual(status.skippedByReason, { binary: 1, secret: 1, lockFile: 1 });
    assert.equal((await fixture.engine.why(folderId, '.env')).reason, 'secret');
    assert.equal((await fixture.engine.why(folderId, 'logo.bin')).reason, 'binary');
    assert.equal((await fixture.engine.why(folderId, 'nowhere.ts')).state, 'missing');
    assert.equal((await fixture.engine.why(folderId, 'README.md')).state, 'indexed');
  });

  it('stops when asked and resumes where it stopped', async () => {
    for (let n = 0; n < 60; n++)
      await fixture.workspace.write(`many/file${n}.ts`, `export function task${n}() {\n  return ${n};\n}\n`);
    const abort = new AbortController();
    fixture.engine.on('progress', ({ phase, done }) => {
      if (phase === 'chunking' && done === 0) abort.abort();
    });
    await rejects(fixture.engine.index(folderId, abort.signal), 'Cancelled');
    const stopped = await fixture.folderStatus();
    assert(stopped.counts.pending > 0);
    assert.equal(stopped.counts.discovered, 63);
    const report = await fixture.engine.index(folderId);
    assert.equal(report.counts.indexed, 63);
  });

  it('refuses a folder that is gone and keeps its index', async () => {
    await fixture.engine.index(folderId);
    await rename(fixture.workspace.root, `${fixture.workspace.root}-away`);
    await rejects(fixture.engine.index(folderId), 'FolderNotFound');
    await rename(`${fixture.workspace.root}-away`, fixture.workspace.root);
    assert.equal((await fixture.found('retry upload'))[0], 'src/upload.ts#retryUpload');
  });

  it('lets one process write and another read, and the reader takes over', async () => {
    await fixture.engine.index(folderId);
    const reader = await fixture.open();
    try {
      const { results } = await reader.search({ query: 'retry upload' });
      assert.equal(results[0]?.symbol, 'retryUpload');
      await rejects(reader.index(folderId), 'IndexLocked');
      await fixture.workspace.write('src/late.ts', 'export function lateArrival() {}\n');
      await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/late.ts' }]);
      assert.equal((await reader.search({ query: 'late arrival' })).results[0]?.symbol, 'lateArrival');
      await fixture.engine.close();
      assert.equal((await reader.index(folderId)).counts.indexed, 4);
    } finally {
      await reader.close();
    }
  });

  it('answers with nothing of what was cleared, though the same was asked before', async () => {
    await fixture.engine.index(folderId);
    await fixture.reopen();
    assert.ok((await fixture.engine.search({ query: 'retry upload' })).results.length > 0);
    await fixture.engine.clear(folderId);
    const { results, cached } = await fixture.engine.search({ query: 'retry upload' });
    assert.deepEqual([results, cached], [[], false]);
  });

  it('clears the index and builds it again', async () => {
    await fixture.engine.index(folderId);
    await fixture.engine.clear(folderId);
    assert.equal((await fixture.folderStatus()).counts.discovered, 0);
    assert.deepEqual(await fixture.found('retry upload'), []);
    assert.equal((await fixture.engine.index(folderId)).counts.indexed, 3);
  });

  it('refuses an empty query and a wrong k', async () => {
    await rejects(fixture.engine.search({ query: '  ' }), 'InvalidArgument');
    await rejects(fixture.engine.search({ query: 'x', k: 0 }), 'InvalidArgument');
    await rejects(fixture.engine.search({ query: 'x', k: 1.5 }), 'InvalidArgument');
  });

  it('chunks everything again when the chunk size changes', async () => {
    await fixture.engine.index(folderId);
    await fixture.reopen({ ...defaultConfig, chunking: { maxTokens: 60, minTokens: 10 } });
    assert.equal((await fixture.engine.index(folderId)).filesChunked, 3);
  });
});

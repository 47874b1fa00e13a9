import assert from 'node:assert/strict';
import { rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine } from '../../src/core/engine.ts';
import { NodeStorage } from '../../src/node/nodeStorage.ts';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import { AppError, type ErrorCode } from '../../src/protocol/errors.ts';
import type { FolderStatus, SearchRequest } from '../../src/protocol/types.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';
import { createTestPlatform } from '../support/platform.ts';
import { Workspace } from '../support/workspace.ts';

const folderId = 'folder';
const files = {
  'src/upload.ts': `export async function retryUpload(file: File): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await sendFile(file)) return;
    await waitBeforeNextAttempt(attempt);
  }
  throw new Error('The upload failed after five attempts.');
}
`,
  'src/session.py': `class SessionStore:
    """Keeps the sessions of signed-in users."""

    def expire_sessions(self, now):
        for key in [k for k, s in self.sessions.items() if s.deadline < now]:
            del self.sessions[key]

    def open_session(self, user, deadline):
        self.sessions[user.id] = Session(user, deadline)
`,
  'README.md': '# Sample\n\nUploads files and keeps sessions.\n',
};

describe('Engine', function () {
  this.timeout(20_000);

  let workspace: Workspace;
  let engine: Engine;
  let server: EmbeddingServer | undefined;

  beforeEach(async () => {
    workspace = await Workspace.create(files);
    engine = await open();
  });

  afterEach(async () => {
    await engine.close();
    await server?.close();
    server = undefined;
  });

  async function open(config: EngineConfig = defaultConfig, trusted = true): Promise<Engine> {
    const opened = new Engine(createTestPlatform(), { cacheDir: workspace.cacheDir });
    await opened.configure(config, { apiKey: 'test-key' }, { remoteProvider: trusted });
    await opened.openFolder({ folderId, root: workspace.root, indexDir: workspace.indexDir });
    return opened;
  }

  async function reopen(config?: EngineConfig, trusted?: boolean): Promise<void> {
    await engine.close();
    engine = await open(config, trusted);
  }

  async function remoteConfig(model = 'test-model'): Promise<EngineConfig> {
    server ??= await startEmbeddingServer({ dimensions: 64 });
    return {
      ...defaultConfig,
      embedding: { ...defaultConfig.embedding, provider: 'openai', baseUrl: server.url, model, maxRetries: 1 },
    };
  }

  async function found(query: string, request: Partial<SearchRequest> = {}): Promise<string[]> {
    const { results } = await engine.search({ query, ...request });
    return results.map(({ path, symbol }) => (symbol === '' ? path : `${path}#${symbol}`));
  }

  async function folderStatus(): Promise<FolderStatus> {
    const [folder] = (await engine.status()).folders;
    assert(folder);
    return folder;
  }

  async function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
    await assert.rejects(promise, (error) => error instanceof AppError && error.code === code);
  }

  describe('without a provider', () => {
    it('indexes a folder and finds functions by what they do', async () => {
      const report = await engine.index(folderId);
      assert.deepEqual(report.counts, { discovered: 3, indexed: 3, pending: 0, failed: 0, skipped: 0 });
      assert.equal((await found('where do we retry failed uploads?'))[0], 'src/upload.ts#retryUpload');
      assert.equal((await found('expire sessions'))[0], 'src/session.py#SessionStore');
    });

    it('says that hybrid results are lexical, and why', async () => {
      await engine.index(folderId);
      const response = await engine.search({ query: 'upload' });
      assert.equal(response.mode, 'lexical');
      assert.equal(response.degraded?.code, 'NoProvider');
      assert.equal(response.results[0]?.sources.lexical?.rank, 1);
    });

    it('gives the lines a result stands on', async () => {
      await engine.index(folderId);
      const { results } = await engine.search({ query: 'retryUpload', k: 1 });
      const [result] = results;
      assert.equal(result?.startLine, 1);
      assert.equal(result.endLine, 7);
      assert.equal(result.language, 'typescript');
      assert.equal(result.kind, 'function');
      assert.match(result.snippet, /^export async function retryUpload/);
    });

    it('looks only at what changed in a second pass', async () => {
      await engine.index(folderId);
      for (const path of Object.keys(files)) await utimes(join(workspace.root, path), 1_700_000_000, 1_700_000_000);
      await engine.index(folderId);
      const again = await engine.index(folderId);
      assert.deepEqual([again.filesChunked, again.filesUnchanged, again.chunksAdded], [0, 0, 0]);
    });

    it('re-reads a touched file but keeps its chunks when the content is the same', async () => {
      await engine.index(folderId);
      await utimes(join(workspace.root, 'README.md'), 1_800_000_000, 1_800_000_000);
      const report = await engine.index(folderId);
      assert.equal(report.filesChunked, 0);
      assert(report.filesUnchanged >= 1);
    });

    it('notices an edit that kept size and time within the resolution of the clock', async () => {
      await engine.index(folderId);
      const path = join(workspace.root, 'README.md');
      const { mtimeMs } = await stat(path);
      await writeFile(path, files['README.md'].replace('Uploads', 'Encodes'));
      await utimes(path, mtimeMs / 1_000, mtimeMs / 1_000);
      await engine.index(folderId);
      assert.equal((await found('encodes'))[0]?.startsWith('README.md'), true);
    });

    it('follows created, edited and deleted files', async () => {
      await engine.index(folderId);
      await workspace.write('src/mail.ts', 'export function deliverNewsletter() {\n  return queue.push(letter);\n}\n');
      await workspace.write('src/upload.ts', 'export function resumeTransfer() {\n  return transfer.resume();\n}\n');
      await workspace.remove('src/session.py');
      await engine.applyChanges(folderId, [
        { type: 'changed', path: 'src/mail.ts' },
        { type: 'changed', path: 'src/upload.ts' },
        { type: 'deleted', path: 'src/session.py' },
      ]);
      assert.equal((await found('deliver newsletter'))[0], 'src/mail.ts#deliverNewsletter');
      assert.equal((await found('resume transfer'))[0], 'src/upload.ts#resumeTransfer');
      assert.deepEqual(
        (await found('expire sessions')).filter((hit) => hit.startsWith('src/session.py')),
        [],
      );
    });

    it('follows a deleted and a new directory', async () => {
      await engine.index(folderId);
      await rename(join(workspace.root, 'src'), join(workspace.root, 'lib'));
      await engine.applyChanges(folderId, [
        { type: 'deleted', path: 'src' },
        { type: 'changed', path: 'lib' },
      ]);
      assert.equal((await found('retry upload'))[0], 'lib/upload.ts#retryUpload');
      assert.equal((await folderStatus()).counts.discovered, 3);
    });

    it('drops what a new ignore rule covers and takes it back when the rule goes', async () => {
      await engine.index(folderId);
      await workspace.write('.gitignore', '/src/\n');
      await engine.applyChanges(folderId, [{ type: 'changed', path: '.gitignore' }]);
      assert.deepEqual(
        (await found('retry upload')).filter((hit) => hit.startsWith('src/')),
        [],
      );
      assert.equal((await engine.why(folderId, 'src/upload.ts')).state, 'ignored');
      await workspace.remove('.gitignore');
      await engine.applyChanges(folderId, [{ type: 'deleted', path: '.gitignore' }]);
      assert.equal((await found('retry upload'))[0], 'src/upload.ts#retryUpload');
    });

    it('finds unsaved text and returns to the disk when the editor lets go of it', async () => {
      await engine.index(folderId);
      await engine.updateDocument(folderId, {
        path: 'src/upload.ts',
        text: 'export function compressArchive() {\n  return zip();\n}\n',
      });
      const { results } = await engine.search({ query: 'compress archive', k: 1 });
      assert.equal(results[0]?.symbol, 'compressArchive');
      assert.equal(results[0].unsaved, true);
      await engine.updateDocument(folderId, { path: 'src/upload.ts' });
      assert.equal((await found('retry upload'))[0], 'src/upload.ts#retryUpload');
      assert.deepEqual(
        (await found('compress archive')).filter((hit) => hit.includes('compressArchive')),
        [],
      );
    });

    it('forgets unsaved text with the process', async () => {
      await engine.index(folderId);
      await engine.updateDocument(folderId, { path: 'src/upload.ts', text: 'export function compressArchive() {}\n' });
      await reopen();
      await engine.index(folderId);
      assert.deepEqual(
        (await found('compress archive')).filter((hit) => hit.includes('compressArchive')),
        [],
      );
    });

    it('answers from the stored index after a restart, before any pass', async () => {
      await engine.index(folderId);
      await reopen();
      assert.equal((await found('retry upload'))[0], 'src/upload.ts#retryUpload');
      assert.equal((await folderStatus()).counts.indexed, 3);
    });

    it('answers a repeated query from the cache until the index changes', async () => {
      await engine.index(folderId);
      await engine.search({ query: 'upload' });
      assert.equal((await engine.search({ query: 'upload' })).cached, true);
      await workspace.write('src/extra.ts', 'export function uploadExtra() {}\n');
      await engine.applyChanges(folderId, [{ type: 'changed', path: 'src/extra.ts' }]);
      const response = await engine.search({ query: 'upload' });
      assert.equal(response.cached, false);
      assert(response.results.some(({ symbol }) => symbol === 'uploadExtra'));
    });

    it('filters by path, language and kind', async () => {
      await engine.index(folderId);
      const only = async (filter: SearchRequest['filter']): Promise<string[]> =>
        (await engine.search({ query: 'session upload', ...(filter === undefined ? {} : { filter }) })).results.map(
          ({ path }) => path,
        );
      assert.deepEqual(new Set(await only({ languages: ['python'] })), new Set(['src/session.py']));
      assert.deepEqual(new Set(await only({ paths: ['*.md'] })), new Set(['README.md']));
      assert.deepEqual(new Set(await only({ kinds: ['function'] })), new Set(['src/upload.ts']));
    });

    it('records skipped files with a reason that sums', async () => {
      await workspace.write('logo.bin', new Uint8Array(100));
      await workspace.write('.env', 'SECRET=1\n');
      await workspace.write('package-lock.json', '{"lockfileVersion": 3}\n');
      await engine.index(folderId);
      const status = await folderStatus();
      assert.deepEqual(status.counts, { discovered: 6, indexed: 3, pending: 0, failed: 0, skipped: 3 });
      assert.deepEqual(status.skippedByReason, { binary: 1, secret: 1, lockFile: 1 });
      assert.equal((await engine.why(folderId, '.env')).reason, 'secret');
      assert.equal((await engine.why(folderId, 'logo.bin')).reason, 'binary');
      assert.equal((await engine.why(folderId, 'nowhere.ts')).state, 'missing');
      assert.equal((await engine.why(folderId, 'README.md')).state, 'indexed');
    });

    it('stops when asked and resumes where it stopped', async () => {
      for (let n = 0; n < 60; n++)
        await workspace.write(`many/file${n}.ts`, `export function task${n}() {\n  return ${n};\n}\n`);
      const abort = new AbortController();
      engine.on('progress', ({ phase, done }) => {
        if (phase === 'chunking' && done === 0) abort.abort();
      });
      await rejects(engine.index(folderId, abort.signal), 'Cancelled');
      const stopped = await folderStatus();
      assert(stopped.counts.pending > 0);
      assert.equal(stopped.counts.discovered, 63);
      const report = await engine.index(folderId);
      assert.equal(report.counts.indexed, 63);
    });

    it('refuses a folder that is gone and keeps its index', async () => {
      await engine.index(folderId);
      await rename(workspace.root, `${workspace.root}-away`);
      await rejects(engine.index(folderId), 'FolderNotFound');
      await rename(`${workspace.root}-away`, workspace.root);
      assert.equal((await found('retry upload'))[0], 'src/upload.ts#retryUpload');
    });

    it('lets one process write and another read, and the reader takes over', async () => {
      await engine.index(folderId);
      const reader = await open();
      try {
        const { results } = await reader.search({ query: 'retry upload' });
        assert.equal(results[0]?.symbol, 'retryUpload');
        await rejects(reader.index(folderId), 'IndexLocked');
        await workspace.write('src/late.ts', 'export function lateArrival() {}\n');
        await engine.applyChanges(folderId, [{ type: 'changed', path: 'src/late.ts' }]);
        assert.equal((await reader.search({ query: 'late arrival' })).results[0]?.symbol, 'lateArrival');
        await engine.close();
        assert.equal((await reader.index(folderId)).counts.indexed, 4);
      } finally {
        await reader.close();
      }
    });

    it('clears the index and builds it again', async () => {
      await engine.index(folderId);
      await engine.clear(folderId);
      assert.equal((await folderStatus()).counts.discovered, 0);
      assert.deepEqual(await found('retry upload'), []);
      assert.equal((await engine.index(folderId)).counts.indexed, 3);
    });

    it('refuses an empty query and a wrong k', async () => {
      await rejects(engine.search({ query: '  ' }), 'InvalidArgument');
      await rejects(engine.search({ query: 'x', k: 0 }), 'InvalidArgument');
      await rejects(engine.search({ query: 'x', k: 1.5 }), 'InvalidArgument');
    });

    it('chunks everything again when the chunk size changes', async () => {
      await engine.index(folderId);
      await reopen({ ...defaultConfig, chunking: { maxTokens: 60, minTokens: 10 } });
      assert.equal((await engine.index(folderId)).filesChunked, 3);
    });
  });

  describe('with a provider', () => {
    it('embeds every chunk once and finds by meaning and words', async () => {
      await reopen(await remoteConfig());
      const report = await engine.index(folderId);
      assert.equal(report.counts.indexed, 3);
      const status = await folderStatus();
      assert.equal(status.vectors, status.chunks);
      assert.equal(status.space?.dimensions, 64);
      assert.equal(status.spent.requests, report.requests);
      const response = await engine.search({ query: 'retry upload attempt' });
      assert.equal(response.mode, 'hybrid');
      assert.equal(response.degraded, undefined);
      assert.equal(response.results[0]?.symbol, 'retryUpload');
      assert(response.results[0].sources.semantic);
    });

    it('sends nothing for an unchanged folder, after a restart, a clear, a rename', async () => {
      const config = await remoteConfig();
      await reopen(config);
      await engine.index(folderId);
      const spent = server?.requests.length;
      await reopen(config);
      await engine.index(folderId);
      await engine.clear(folderId);
      await engine.index(folderId);
      await rename(join(workspace.root, 'src'), join(workspace.root, 'source'));
      await engine.index(folderId);
      assert.equal(server?.requests.length, spent);
      const status = await folderStatus();
      assert.equal(status.vectors, status.chunks);
    });

    it('embeds only the chunks whose text changed', async () => {
      const config = await remoteConfig();
      await reopen(config);
      await engine.index(folderId);
      await workspace.write('src/session.py', files['src/session.py'].replace('deadline < now', 'deadline <= now'));
      const report = await engine.applyChanges(folderId, [{ type: 'changed', path: 'src/session.py' }]);
      assert.equal(report.chunksEmbedded, 1);
    });

    it('answers lexically, and says so, when the provider is down; the rest is embedded later', async () => {
      const config = await remoteConfig();
      server?.script({ status: 503, times: 1_000 });
      await reopen(config);
      const report = await engine.index(folderId);
      assert.match(report.error?.code ?? '', /^Provider/);
      assert.equal(report.counts.pending, 3);
      const response = await engine.search({ query: 'retry upload' });
      assert.equal(response.mode, 'lexical');
      assert.equal(response.results[0]?.symbol, 'retryUpload');
      assert.equal((await folderStatus()).phase, 'error');
      server?.script(undefined);
      const again = await engine.index(folderId);
      assert.equal(again.error, undefined);
      assert.equal(again.counts.indexed, 3);
    });

    it('the old model answers until the new one is complete', async () => {
      await reopen(await remoteConfig('old'));
      await engine.index(folderId);
      const next = await remoteConfig('new');
      await engine.configure(next, { apiKey: 'k' }, { remoteProvider: true });
      const before = await engine.search({ query: 'retry upload', mode: 'semantic' });
      assert.equal(before.degraded, undefined);
      assert.equal((await folderStatus()).counts.pending, 3);
      await engine.index(folderId);
      const status = await folderStatus();
      assert.equal(status.space?.model, 'new');
      assert.equal(status.counts.indexed, 3);
      assert.equal(
        (await engine.search({ query: 'retry upload', mode: 'semantic' })).results[0]?.symbol,
        'retryUpload',
      );
    });

    it('finds similar code from the stored vector without a request', async () => {
      await workspace.write('src/download.ts', files['src/upload.ts'].replace('retryUpload', 'retryDownload'));
      await reopen(await remoteConfig());
      await engine.index(folderId);
      const spent = server?.requests.length;
      const { results, mode } = await engine.findSimilar({ folderId, path: 'src/upload.ts', line: 3 });
      assert.equal(mode, 'semantic');
      assert.equal(results[0]?.symbol, 'retryDownload');
      assert.equal(server?.requests.length, spent);
      await rejects(engine.findSimilar({ folderId, path: 'nowhere.ts', line: 1 }), 'NotFound');
    });

    it('sends nothing from an untrusted workspace', async () => {
      await reopen(await remoteConfig(), false);
      await engine.index(folderId);
      const response = await engine.search({ query: 'retry upload' });
      assert.equal(response.degraded?.code, 'WorkspaceUntrusted');
      assert.equal(response.results[0]?.symbol, 'retryUpload');
      assert.equal(server?.requests.length, 0);
    });

    for (const [what, damage] of [
      ['missing', (path: string) => new NodeStorage().remove(path)],
      ['damaged', (path: string) => writeFile(path, 'not a snapshot')],
    ] as const) {
      it(`fills the vectors from the cache when the snapshot is ${what}`, async () => {
        const config = await remoteConfig();
        await reopen(config);
        await engine.index(folderId);
        await engine.close();
        const spent = server?.requests.length;
        const names = await new NodeStorage().list(workspace.indexDir);
        const snapshot = names.find((name) => name.startsWith('vectors-'));
        assert(snapshot);
        await damage(join(workspace.indexDir, snapshot));
        engine = await open(config);
        assert.equal(
          (await engine.search({ query: 'retry upload', mode: 'semantic' })).results[0]?.symbol,
          'retryUpload',
        );
        assert.equal((await engine.index(folderId)).requests, 0);
        assert((server?.requests.length ?? 0) - (spent ?? 0) <= 1);
      });
    }
  });
});

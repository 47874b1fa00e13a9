import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeStorage } from '../../src/node/nodeStorage.ts';
import { EngineFixture, files, folderId, rejects } from '../support/engineFixture.ts';
import { Workspace } from '../support/workspace.ts';

describe('Engine with a provider', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
  });

  afterEach(async () => fixture.close());

  it('embeds every chunk once and finds by meaning and words', async () => {
    await fixture.reopen(await fixture.remoteConfig());
    const report = await fixture.engine.index(folderId);
    assert.equal(report.counts.indexed, 3);
    const status = await fixture.folderStatus();
    assert.equal(status.vectors, status.chunks);
    assert.equal(status.space?.dimensions, 64);
    assert.equal(status.spent.requests, report.requests);
    const response = await fixture.engine.search({ query: 'retry upload attempt' });
    assert.equal(response.mode, 'hybrid');
    assert.equal(response.degraded, undefined);
    assert.equal(response.results[0]?.symbol, 'retryUpload');
    assert(response.results[0].sources.semantic);
  });

  it('sends nothing for an unchanged folder, after a restart, a clear, a rename', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    const spent = fixture.requests;
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    await fixture.engine.clear(folderId);
    await fixture.engine.index(folderId);
    await rename(join(fixture.workspace.root, 'src'), join(fixture.workspace.root, 'source'));
    await fixture.engine.index(folderId);
    assert.equal(fixture.requests, spent);
    const status = await fixture.folderStatus();
    assert.equal(status.vectors, status.chunks);
  });

  it('counts what the cache saved', async () => {
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const { counters: before } = await fixture.engine.metrics();
    assert.deepEqual([before.cacheSavedRequests, before.cacheSavedTokens], [0, 0]);
    await fixture.engine.clear(folderId);
    await fixture.engine.index(folderId);
    const { counters } = await fixture.engine.metrics();
    const { chunks } = await fixture.folderStatus();
    assert.equal(counters.cacheHits, chunks);
    assert.equal(counters.cacheSavedRequests, before.embedRequests);
    assert.ok(counters.cacheSavedTokens > 0);
    assert.equal(counters.vectorsAdded, 2 * chunks);
  });

  it('embeds only the chunks whose text changed', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    await fixture.workspace.write(
      'src/session.py',
      files['src/session.py'].replace('deadline < now', 'deadline <= now'),
    );
    const report = await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/session.py' }]);
    assert.equal(report.chunksEmbedded, 1);
  });

  it('is idle again once the text of an open editor is embedded', async () => {
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const phases: string[] = [];
    fixture.engine.on('progress', ({ phase }) => phases.push(phase));
    const text = files['src/upload.ts'].replace('five attempts', 'all attempts');
    await fixture.engine.updateDocument(folderId, { path: 'src/upload.ts', text });
    assert.equal((await fixture.folderStatus()).phase, 'idle');
    assert.deepEqual([phases.includes('embedding'), phases.at(-1)], [true, 'idle']);
  });

  it('answers lexically, and says so, when the provider is down; the rest is embedded later', async () => {
    const config = await fixture.remoteConfig();
    fixture.server?.script({ status: 503, times: 1_000 });
    await fixture.reopen(config);
    const report = await fixture.engine.index(folderId);
    assert.match(report.error?.code ?? '', /^Provider/);
    assert.equal(report.counts.pending, 3);
    const response = await fixture.engine.search({ query: 'retry upload' });
    assert.equal(response.mode, 'lexical');
    assert.equal(response.results[0]?.symbol, 'retryUpload');
    assert.equal((await fixture.folderStatus()).phase, 'error');
    fixture.server?.script(undefined);
    const again = await fixture.engine.index(folderId);
    assert.equal(again.error, undefined);
    assert.equal(again.counts.indexed, 3);
  });

  it('leaves out a folder that is closed while a search waits for the provider, and asks no second time', async () => {
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const other = await Workspace.create({ 'again.ts': files['src/upload.ts'] });
    await fixture.engine.openFolder({ folderId: 'other', root: other.root, indexDir: other.indexDir });
    await fixture.engine.index('other');
    const asked = fixture.requests;
    fixture.server?.script({ delayMs: 300 });
    const searching = fixture.engine.search({ query: 'retry upload attempt' });
    while (fixture.requests === asked) await new Promise(setImmediate);
    await fixture.engine.closeFolder('other');
    const { results, degraded, mode } = await searching;
    assert.deepEqual([degraded, mode], [undefined, 'hybrid']);
    assert.equal(results[0]?.symbol, 'retryUpload');
    assert.deepEqual([...new Set(results.map((result) => result.folderId))], [folderId]);
    assert.equal(fixture.requests, asked + 1);
  });

  it('ends a search that waits for the provider when the engine closes', async () => {
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const asked = fixture.requests;
    fixture.server?.script({ hang: true });
    const searching = fixture.engine.search({ query: 'retry upload attempt' });
    const ended = rejects(searching, 'ChannelClosed');
    while (fixture.requests === asked) await new Promise(setImmediate);
    await fixture.engine.close();
    await ended;
  });

  it('forgets the failure of a provider that is not to be asked any more', async () => {
    const config = await fixture.remoteConfig();
    fixture.server?.script({ status: 503, times: 1_000 });
    await fixture.reopen(config);
    assert.match((await fixture.engine.index(folderId)).error?.code ?? '', /^Provider/);
    await fixture.engine.configure(config, {}, { remoteProvider: false });
    assert.equal((await fixture.engine.index(folderId)).error, undefined);
    assert.equal((await fixture.folderStatus()).phase, 'idle');
  });

  it('the old model answers until the new one is complete', async () => {
    await fixture.reopen(await fixture.remoteConfig('old'));
    await fixture.engine.index(folderId);
    const next = await fixture.remoteConfig('new');
    await fixture.engine.configure(next, { apiKey: 'k' }, { remoteProvider: true });
    const before = await fixture.engine.search({ query: 'retry upload', mode: 'semantic' });
    assert.equal(before.degraded, undefined);
    assert.equal((await fixture.folderStatus()).counts.pending, 3);
    await fixture.engine.index(folderId);
    const status = await fixture.folderStatus();
    assert.equal(status.space?.model, 'new');
    assert.equal(status.counts.indexed, 3);
    assert.equal(
      (await fixture.engine.search({ query: 'retry upload', mode: 'semantic' })).results[0]?.symbol,
      'retryUpload',
    );
  });

  it('finds similar code from the stored vector without a request', async () => {
    await fixture.workspace.write('src/download.ts', files['src/upload.ts'].replace('retryUpload', 'retryDownload'));
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const spent = fixture.requests;
    const { results, mode } = await fixture.engine.findSimilar({ folderId, path: 'src/upload.ts', line: 3 });
    assert.equal(mode, 'semantic');
    assert.equal(results[0]?.symbol, 'retryDownload');
    assert.equal(fixture.requests, spent);
    await rejects(fixture.engine.findSimilar({ folderId, path: 'nowhere.ts', line: 1 }), 'NotFound');
  });

  it('a reader that was there before the first vector finds by meaning once the writer has embedded', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen();
    await fixture.engine.index(folderId);
    const reader = await fixture.open(config);
    try {
      assert.equal((await reader.search({ query: 'retry upload' })).degraded?.code, 'NoVectors');
      await fixture.engine.configure(config, { apiKey: 'k' }, { remoteProvider: true });
      await fixture.engine.index(folderId);
      const { results, degraded } = await reader.search({ query: 'retry upload', mode: 'semantic' });
      assert.equal(degraded, undefined);
      assert.equal(results[0]?.symbol, 'retryUpload');
    } finally {
      await reader.close();
    }
  });

  it('sends nothing from an untrusted workspace', async () => {
    await fixture.reopen(await fixture.remoteConfig(), false);
    await fixture.engine.index(folderId);
    const response = await fixture.engine.search({ query: 'retry upload' });
    assert.equal(response.degraded?.code, 'WorkspaceUntrusted');
    assert.equal(response.results[0]?.symbol, 'retryUpload');
    assert.equal(fixture.requests, 0);
  });

  for (const [what, damage] of [
    ['missing', (path: string) => new NodeStorage().remove(path)],
    ['damaged', (path: string) => writeFile(path, 'not a snapshot')],
  ] as const) {
    it(`fills the vectors from the cache when the snapshot is ${what}`, async () => {
      const config = await fixture.remoteConfig();
      await fixture.reopen(config);
      await fixture.engine.index(folderId);
      await fixture.engine.close();
      const spent = fixture.requests;
      const names = await new NodeStorage().list(fixture.workspace.indexDir);
      const snapshot = names.find((name) => name.startsWith('vectors-'));
      assert(snapshot);
      await damage(join(fixture.workspace.indexDir, snapshot));
      fixture.engine = await fixture.open(config);
      assert.equal(
        (await fixture.engine.search({ query: 'retry upload', mode: 'semantic' })).results[0]?.symbol,
        'retryUpload',
      );
      assert.equal((await fixture.engine.index(folderId)).requests, 0);
      assert(fixture.requests - spent <= 1);
    });
  }
});

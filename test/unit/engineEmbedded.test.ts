import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { damagedModel } from '../../src/core/embedding/local/modelFile.ts';
import { Engine } from '../../src/core/engine.ts';
import type { Platform } from '../../src/core/ports.ts';
import { NodeStorage } from '../../src/node/nodeStorage.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import { EngineFixture, files, folderId, rejects } from '../support/engineFixture.ts';
import { createTestPlatform } from '../support/platform.ts';
import { syntheticModel } from '../support/syntheticModel.ts';

describe('Engine with the embedded model', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
  });

  afterEach(async () => fixture.close());

  /** Ends the engine and starts another one on a platform with other parts. */
  async function reopenWith(parts: Partial<Platform>): Promise<void> {
    await fixture.engine.close();
    fixture.engine = await openWith(parts);
  }

  async function openWith(parts: Partial<Platform>): Promise<Engine> {
    const { cacheDir, root, indexDir } = fixture.workspace;
    const engine = new Engine({ ...createTestPlatform(), ...parts }, { cacheDir });
    await engine.configure(defaultConfig, {}, { remoteProvider: false });
    await engine.openFolder({ folderId, root, indexDir });
    return engine;
  }

  const withoutModel: Partial<Platform> = { loadModel: async () => Promise.reject(damagedModel('no such file')) };

  async function semantic(query: string, engine = fixture.engine): Promise<string | undefined> {
    const { results, degraded } = await engine.search({ query, mode: 'semantic' });
    assert.equal(degraded, undefined);
    return results[0]?.symbol;
  }

  async function snapshotPath(): Promise<string> {
    const names = await new NodeStorage().list(fixture.workspace.indexDir);
    return join(fixture.workspace.indexDir, names.find((name) => name.startsWith('vectors-')) ?? '');
  }

  it('finds by meaning and words without any configuration', async () => {
    const report = await fixture.engine.index(folderId);
    assert.deepEqual(report.counts, { discovered: 3, indexed: 3, pending: 0, failed: 0, skipped: 0 });
    assert.equal(report.chunksEmbedded, report.chunksAdded);
    assert.equal(report.requests, 0);
    const response = await fixture.engine.search({ query: 'retry upload attempt' });
    assert.equal(response.mode, 'hybrid');
    assert.equal(response.degraded, undefined);
    assert.equal(response.results[0]?.symbol, 'retryUpload');
    assert(response.results[0].sources.semantic);
    assert.equal(await semantic('sessions that expire'), 'SessionStore');
  });

  it('says which model it is, that it asks nobody, and that all have vectors', async () => {
    await fixture.engine.index(folderId);
    const { folders, provider } = await fixture.engine.status();
    const [folder] = folders;
    assert.deepEqual(folder?.space, {
      provider: 'embedded',
      endpoint: '',
      model: 'synthetic 00000001',
      dimensions: 64,
    });
    assert.equal(folder.vectors, folder.chunks);
    assert.deepEqual(folder.spent, { requests: 0, tokens: 0 });
    assert.deepEqual([provider.id, provider.state, provider.requests], ['embedded', 'ok', 0]);
    assert(provider.tokens > 0);
    const { gauges, counters } = await fixture.engine.metrics();
    assert.equal(counters.embedTokens, provider.tokens);
    assert((gauges.wasmBytes ?? 0) > (folder.vectorIndex?.bytes ?? Infinity));
  });

  it('keeps no vector of a chunk in the embedding cache', async () => {
    await fixture.engine.index(folderId);
    assert.equal((await fixture.engine.status()).cache.entries, 0);
  });

  it('embeds a file that was moved with its new path', async () => {
    await fixture.engine.index(folderId);
    await rename(join(fixture.workspace.root, 'src/upload.ts'), join(fixture.workspace.root, 'src/deadline.ts'));
    const report = await fixture.engine.applyChanges(folderId, [
      { type: 'deleted', path: 'src/upload.ts' },
      { type: 'changed', path: 'src/deadline.ts' },
    ]);
    assert.equal(report.chunksEmbedded, 1);
    const score = async (query: string): Promise<number | undefined> =>
      (await fixture.engine.search({ query, mode: 'semantic', filter: { paths: ['src/deadline.ts'] } })).results[0]
        ?.sources.semantic?.score;
    await fixture.workspace.write('src/other.ts', files['src/upload.ts']);
    await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/other.ts' }]);
    const elsewhere = await fixture.engine.search({
      query: 'deadline',
      mode: 'semantic',
      filter: { paths: ['src/other.ts'] },
    });
    assert(((await score('deadline')) ?? 0) > (elsewhere.results[0]?.sources.semantic?.score ?? 1) + 0.05);
  });

  it('follows edits and deletions', async () => {
    await fixture.engine.index(folderId);
    await fixture.workspace.write('src/upload.ts', 'export function parseUser() {\n  return read(user);\n}\n');
    await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/upload.ts' }]);
    assert.equal(await semantic('parse user'), 'parseUser');
    await fixture.workspace.remove('src/upload.ts');
    await fixture.engine.applyChanges(folderId, [{ type: 'deleted', path: 'src/upload.ts' }]);
    assert.notEqual(await semantic('parse user'), 'parseUser');
    const status = await fixture.folderStatus();
    assert.equal(status.vectors, status.chunks);
  });

  it('makes vectors while other files are still being parsed, and counts them all', async () => {
    for (let n = 0; n < 900; n++)
      await fixture.workspace.write(`many/file${n}.ts`, `export function task${n}() {\n  return ${n};\n}\n`);
    const vectors: number[] = [];
    fixture.engine.on('progress', ({ phase }) => {
      if (phase !== 'chunking') return;
      void fixture.engine.status().then(({ folders }) => vectors.push(folders[0]?.vectors ?? 0));
    });
    const report = await fixture.engine.index(folderId);
    assert(vectors.some((count) => count > 0 && count < report.chunksAdded));
    assert.equal(report.chunksEmbedded, report.chunksAdded);
    assert.equal((await fixture.folderStatus()).vectors, report.chunksAdded);
    assert.equal(await semantic('task 899'), 'task899');
  });

  it('goes on where a pass was stopped in the middle', async () => {
    for (let n = 0; n < 900; n++)
      await fixture.workspace.write(`many/file${n}.ts`, `export function task${n}() {\n  return ${n};\n}\n`);
    const stop = new AbortController();
    fixture.engine.on('progress', ({ phase, done }) => {
      if (phase === 'chunking' && done > 500) stop.abort();
    });
    await rejects(fixture.engine.index(folderId, stop.signal), 'Cancelled');
    assert((await fixture.folderStatus()).counts.pending > 0);
    await fixture.engine.index(folderId);
    const status = await fixture.folderStatus();
    assert.equal(status.counts.indexed, 903);
    assert.equal(status.vectors, status.chunks);
    assert.equal(status.vectorIndex?.count, status.chunks);
  });

  it('finds similar code', async () => {
    await fixture.workspace.write('src/download.ts', files['src/upload.ts'].replace('retryUpload', 'retryDownload'));
    await fixture.engine.index(folderId);
    const { results, mode } = await fixture.engine.findSimilar({ folderId, path: 'src/upload.ts', line: 3 });
    assert.equal(mode, 'semantic');
    assert.equal(results[0]?.symbol, 'retryDownload');
  });

  it('gives an index made by words alone its vectors with the next pass', async () => {
    await reopenWith(withoutModel);
    await fixture.engine.index(folderId);
    assert.equal((await fixture.folderStatus()).vectors, 0);
    await fixture.reopen();
    const report = await fixture.engine.index(folderId);
    assert.equal(report.filesChunked, 0);
    assert(report.chunksEmbedded > 0);
    assert.equal(await semantic('retry upload'), 'retryUpload');
  });

  it('makes the vectors of a new version of the model with the next pass, and answers by words until then', async () => {
    await fixture.engine.index(folderId);
    await reopenWith({ loadModel: async () => Promise.resolve(syntheticModel({ version: '00000002' })) });
    const before = await fixture.folderStatus();
    assert.equal(before.space?.model, 'synthetic 00000002');
    const response = await fixture.engine.search({ query: 'retry upload' });
    assert.equal(response.degraded?.code, 'NoVectors');
    assert.equal(response.results[0]?.symbol, 'retryUpload');
    const report = await fixture.engine.index(folderId);
    assert.deepEqual([report.filesChunked, report.chunksEmbedded], [0, before.chunks]);
    assert.equal(await semantic('retry upload'), 'retryUpload');
    const names = await new NodeStorage().list(fixture.workspace.indexDir);
    assert.equal(names.filter((name) => name.startsWith('vectors-')).length, 1);
  });

  for (const [what, damage] of [
    ['missing', (path: string) => new NodeStorage().remove(path)],
    ['damaged', (path: string) => writeFile(path, 'not a snapshot')],
  ] as const) {
    it(`makes the vectors again by itself when the snapshot is ${what}, also in a window that only reads`, async () => {
      await fixture.engine.index(folderId);
      await fixture.engine.close();
      await damage(await snapshotPath());
      fixture.engine = await fixture.open();
      assert.equal(await semantic('retry upload'), 'retryUpload');
      const reader = await fixture.open();
      try {
        assert.equal(await semantic('sessions that expire', reader), 'SessionStore');
      } finally {
        await reader.close();
      }
    });
  }

  it('a window that reads follows what the writing one embeds', async () => {
    await fixture.engine.index(folderId);
    const reader = await fixture.open();
    try {
      await fixture.workspace.write('src/parse.ts', 'export function parseUser() {\n  return read(user);\n}\n');
      await fixture.engine.applyChanges(folderId, [{ type: 'changed', path: 'src/parse.ts' }]);
      assert.equal(await semantic('parse user', reader), 'parseUser');
    } finally {
      await reader.close();
    }
  });

  it('searches by words when the model is missing, and says what to do', async () => {
    await reopenWith(withoutModel);
    const report = await fixture.engine.index(folderId);
    assert.equal(report.error?.code, 'ProviderInstallation');
    assert.equal(report.counts.indexed, 3);
    const response = await fixture.engine.search({ query: 'retry upload' });
    assert.equal(response.mode, 'lexical');
    assert.equal(response.results[0]?.symbol, 'retryUpload');
    assert.equal(response.degraded?.code, 'ProviderInstallation');
    assert.match(response.degraded.message, /no such file.*Install CodeWeaver Search again/u);
    const { provider } = await fixture.engine.status();
    assert.deepEqual([provider.id, provider.state], ['embedded', 'error']);
    assert.match(provider.message ?? '', /Install CodeWeaver Search again/u);
  });

  it('reads the model once, however often it is configured', async () => {
    let reads = 0;
    await reopenWith({ loadModel: async () => Promise.resolve((reads++, syntheticModel())) });
    for (const k of [10, 30])
      await fixture.engine.configure(
        { ...defaultConfig, search: { ...defaultConfig.search, k } },
        {},
        { remoteProvider: false },
      );
    await fixture.engine.index(folderId);
    assert.equal(await semantic('retry upload'), 'retryUpload');
    assert.equal(reads, 1);
  });

  it('changes to a remote model and back', async () => {
    await fixture.engine.index(folderId);
    const remote = await fixture.remoteConfig();
    await fixture.engine.configure(remote, { apiKey: 'k' }, { remoteProvider: true });
    assert.equal(await semantic('retry upload'), 'retryUpload');
    assert.equal(fixture.requests, 0);
    await fixture.engine.index(folderId);
    assert.equal((await fixture.folderStatus()).space?.provider, 'openai');
    await fixture.engine.configure(defaultConfig, {}, { remoteProvider: true });
    await fixture.engine.index(folderId);
    assert.equal((await fixture.folderStatus()).space?.provider, 'embedded');
    assert.equal(await semantic('retry upload'), 'retryUpload');
  });
});

import assert from 'node:assert/strict';
import { english } from '../../src/protocol/phrase.ts';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine } from '../../src/core/engine.ts';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import { AppError, CancelledError } from '../../src/protocol/errors.ts';
import type { EngineEvents } from '../../src/protocol/engineApi.ts';
import { type EmbeddingServer, startEmbeddingServer } from '../support/embeddingServer.ts';
import { createTestPlatform } from '../support/platform.ts';
import { rejects } from '../support/engineFixture.ts';
import { Workspace } from '../support/workspace.ts';

const folderId = 'folder';

describe('Engine, probing', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  let server: EmbeddingServer;
  let engine: Engine;
  let config: EngineConfig;

  beforeEach(async () => {
    workspace = await Workspace.create(
      Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`src/file${index}.ts`, `export const value${index} = ${index};\n`]),
      ),
    );
    server = await startEmbeddingServer({ dimensions: 64, maxBatchInputs: 5, apiKey: 'right' });
    const { embedding } = defaultConfig;
    config = {
      ...defaultConfig,
      embedding: {
        ...{ ...embedding, provider: 'openai', baseUrl: server.url, model: 'test' },
        ...{ maxRetries: 0, maxInputTokens: 256, maxConcurrentRequests: 1 },
      },
    };
    engine = createEngine();
  });

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  const createEngine = (): Engine => new Engine(createTestPlatform(), { cacheDir: workspace.cacheDir });

  async function configure(apiKey = 'right', remoteProvider = true): Promise<void> {
    await engine.configure(config, { apiKey }, { remoteProvider });
  }

  async function open(): Promise<void> {
    await engine.openFolder({ folderId, root: workspace.root, indexDir: workspace.indexDir });
  }

  const sizesSince = (from: number): number[] => server.requests.slice(from).map(({ inputs }) => inputs.length);

  it('keeps to what it found at once and after a restart', async () => {
    await configure();
    await open();
    assert.equal((await engine.status()).provider.profile, undefined);
    const found = await engine.probe();
    assert.deepEqual(found.maxBatchInputs, { accepted: 5, by: 'named' });
    assert.deepEqual((await engine.status()).provider.profile, found);
    const probing = server.requests.length;
    await engine.index(folderId);
    assert.deepEqual(sizesSince(probing), [5, 5, 2]);

    await engine.close();
    engine = createEngine();
    await configure();
    assert.deepEqual((await engine.status()).provider.profile, found);
  });

  it('says what it does, step by step', async () => {
    await configure();
    const activities: EngineEvents['activity'][] = [];
    engine.on('activity', (activity) => activities.push(activity));
    await engine.probe();
    assert(activities.length >= 6);
    assert(activities.every(({ call }) => call === 'probe'));
    assert.match(english(activities[0]!.step), /at most [\d,]+ tokens$/u);
  });

  it('goes on without a profile that was damaged', async () => {
    await configure();
    await engine.probe();
    const stored = (await readdir(workspace.cacheDir)).find((name) => name.startsWith('endpoint-'));
    assert(stored);
    await writeFile(join(workspace.cacheDir, stored), '{"version": 1, "probe": {"maxBatchInputs"');
    await engine.close();
    engine = createEngine();
    await configure();
    await open();
    assert.equal((await engine.status()).provider.profile, undefined);
    assert.equal((await engine.index(folderId)).counts.indexed, 12);
  });

  it('stores nothing when it is cancelled or refused', async () => {
    await configure('wrong');
    await rejects(engine.probe(), 'ProviderAuth');
    await configure();
    server.script({ hang: true, when: ({ inputs }) => inputs.length > 1 });
    const cancel = new AbortController();
    engine.on('activity', ({ step }) => {
      if (english(step).startsWith('a batch')) cancel.abort();
    });
    await assert.rejects(engine.probe(cancel.signal), CancelledError);
    assert.equal((await engine.status()).provider.profile, undefined);
    const names = await readdir(workspace.cacheDir);
    assert(names.every((name) => !name.startsWith('endpoint-')));
  });

  it('has nothing to probe with the embedded model', async () => {
    config = defaultConfig;
    await configure();
    await assert.rejects(engine.probe(), (error) => {
      assert(error instanceof AppError && error.code === 'InvalidArgument');
      assert.match(error.message, /nothing to probe/u);
      return true;
    });
  });

  it('sends nothing from an untrusted workspace', async () => {
    await configure('right', false);
    await rejects(engine.probe(), 'WorkspaceUntrusted');
    assert.equal(server.requests.length, 0);
  });

  it('sends made-up words and nothing else where that alone is allowed', async () => {
    await engine.configure(config, { apiKey: 'right' }, { remoteProvider: false, probe: true });
    await open();
    const found = await engine.probe();
    const probing = server.requests.length;
    assert.ok(probing > 0);
    const report = await engine.index(folderId);
    assert.equal(report.counts.indexed, 12);
    assert.equal((await engine.search({ query: 'value3' })).degraded?.code, 'WorkspaceUntrusted');
    assert.equal(server.requests.length, probing);
    assert.ok([...server.texts.keys()].every((text) => !text.includes('value')));
    await configure();
    assert.deepEqual((await engine.status()).provider.profile, found);
  });

  it('does not interrupt indexing', async () => {
    await configure();
    await open();
    server.script({ delayMs: 1_000, when: ({ inputs }) => inputs.some((input) => input.includes('value')) });
    const indexing = engine.index(folderId);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.probe();
    const report = await indexing;
    assert.equal(report.error, undefined);
    assert.equal(report.counts.indexed, 12);
  });

  it('does not interrupt a folder whose turn comes after another has ended', async () => {
    await configure();
    await open();
    const other = await Workspace.create({ 'other.ts': 'export const other = 1;\n' });
    await engine.openFolder({ folderId: 'other', root: other.root, indexDir: other.indexDir });
    server.script({ delayMs: 500, when: ({ inputs }) => inputs.some((input) => input.includes('value')) });
    const both = Promise.all([engine.index(folderId), engine.index('other')]);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.probe();
    const [, { error, counts }] = await both;
    assert.equal(error, undefined);
    assert.equal(counts.indexed, 1);
  });
});

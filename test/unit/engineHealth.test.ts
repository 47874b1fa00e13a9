import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { Engine } from '../../src/core/engine.ts';
import type { VectorIndex, VectorIndexOptions } from '../../src/core/ports.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import type { HealthReport } from '../../src/protocol/types.ts';
import { EngineFixture, folderId } from '../support/engineFixture.ts';
import { createTestPlatform } from '../support/platform.ts';

describe('health', () => {
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    await fixture.engine.index(folderId);
  });
  afterEach(async () => fixture.close());

  const wrong = ({ checks }: HealthReport): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name);

  it('is good when everything works, and looks at every part', async () => {
    const report = await fixture.engine.health();
    assert.deepEqual(wrong(report), []);
    assert.equal(report.ok, true);
    assert.deepEqual(
      report.checks.map(({ name }) => name),
      ['engine', 'provider', 'database', 'index', 'disk'],
    );
  });

  it('is good in a window that only reads', async () => {
    const reader = await fixture.open();
    try {
      const report = await reader.health();
      assert.equal(report.ok, true);
      assert.match(report.checks.find(({ name }) => name === 'database')?.detail ?? '', /another process writes/);
    } finally {
      await reader.close();
    }
  });

  it('says what is wrong when the index directory is gone', async () => {
    await rm(fixture.workspace.indexDir, { recursive: true, force: true });
    const report = await fixture.engine.health();
    assert.equal(report.ok, false);
    assert.ok(wrong(report).includes('disk'), JSON.stringify(report.checks));
  });

  it('notices vectors that the index has lost; indexing puts them back', async () => {
    await fixture.engine.close();
    const platform = createTestPlatform();
    let index: VectorIndex | undefined;
    const open = async (options: VectorIndexOptions): Promise<VectorIndex> =>
      (index = await platform.vectorIndexes.open(options));
    const engine = new Engine({ ...platform, vectorIndexes: { open } }, { cacheDir: fixture.workspace.cacheDir });
    try {
      const { root, indexDir } = fixture.workspace;
      await engine.configure(defaultConfig, {}, { remoteProvider: true });
      await engine.openFolder({ folderId, root, indexDir });
      assert.deepEqual(wrong(await engine.health()), []);
      const [lost] = (await index?.ids()) ?? [];
      assert(index !== undefined && lost !== undefined);
      await index.remove([lost]);
      const report = await engine.health();
      assert.deepEqual(wrong(report), ['index']);
      const { count } = index;
      assert.equal(
        report.checks.find(({ name }) => name === 'index')?.detail,
        `Only ${count} of ${count + 1} vectors are in the index. Index the folder to put the others back.`,
      );
      await engine.index(folderId);
      assert.deepEqual(wrong(await engine.health()), []);
    } finally {
      await engine.close();
    }
  });

  it('says what is wrong when the provider failed', async () => {
    const config = await fixture.remoteConfig();
    fixture.server?.script([{ status: 401, times: 1_000 }]);
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    const report = await fixture.engine.health();
    assert.deepEqual(wrong(report), ['provider']);
  });
});

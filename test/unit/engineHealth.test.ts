import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { HealthReport } from '../../src/protocol/types.ts';
import { EngineFixture, folderId } from '../support/engineFixture.ts';

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

  it('says what is wrong when the provider failed', async () => {
    const config = await fixture.remoteConfig();
    fixture.server?.script([{ status: 401, times: 1_000 }]);
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    const report = await fixture.engine.health();
    assert.deepEqual(wrong(report), ['provider']);
  });
});

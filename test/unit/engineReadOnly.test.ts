import assert from 'node:assert/strict';
import { Engine } from '../../src/core/engine.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import { EngineFixture, folderId, rejects } from '../support/engineFixture.ts';
import { createTestPlatform } from '../support/platform.ts';

describe('Engine that may only read a folder', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;
  let reader: Engine;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    await fixture.engine.index(folderId);
    const { root, indexDir, cacheDir } = fixture.workspace;
    reader = new Engine(createTestPlatform(), { cacheDir });
    await reader.configure(defaultConfig, {}, { remoteProvider: true });
    await reader.openFolder({ folderId, root, indexDir, readOnly: true });
  });

  afterEach(async () => {
    await reader.close();
    await fixture.close();
  });

  const best = async (query: string): Promise<string | undefined> =>
    (await reader.search({ query, k: 1 })).results[0]?.path;

  it('answers from the index and follows its writer', async () => {
    assert.equal(await best('retry failed uploads'), 'src/upload.ts');
    await fixture.workspace.write('src/fish.ts', '/** Feeds the zebrafish. */\nexport function feed() {}\n');
    await fixture.engine.index(folderId);
    assert.equal(await best('zebrafish'), 'src/fish.ts');
  });

  it('never takes the place of its writer, so that the next one finds it free', async () => {
    await fixture.engine.closeFolder(folderId);
    await rejects(reader.index(folderId), 'IndexLocked');
    await rejects(reader.applyChanges(folderId, []), 'IndexLocked');
    assert.equal(await best('retry failed uploads'), 'src/upload.ts');
    const { root, indexDir } = fixture.workspace;
    await fixture.engine.openFolder({ folderId, root, indexDir });
    const { folders } = await fixture.engine.status();
    assert.equal(folders[0]?.leader, true);
    assert.equal((await reader.status()).folders[0]?.leader, false);
  });
});

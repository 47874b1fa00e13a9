import assert from 'node:assert/strict';
import { EngineFixture, folderId } from '../support/engineFixture.ts';

describe('OpenFolders', function () {
  this.timeout(60_000);

  it('takes over once when several calls find the writer gone', async () => {
    const fixture = await EngineFixture.create();
    await fixture.engine.index(folderId);
    const reader = await fixture.open();
    await fixture.engine.close();
    fixture.engine = reader;
    const update = (text: string): Promise<void> =>
      reader.updateDocument(folderId, { path: 'src/upload.ts', text: `export const ${text} = 1;\n` });
    await Promise.all([update('first'), reader.index(folderId), reader.applyChanges(folderId, []), update('second')]);
    assert.equal((await fixture.folderStatus()).leader, true);
    await reader.index(folderId);
    await fixture.close();
  });

  it('opens a folder once when it is asked for twice at the same time', async () => {
    const fixture = await EngineFixture.create();
    const { root, indexDir } = fixture.workspace;
    await fixture.engine.closeFolder(folderId);
    const spec = { folderId, root, indexDir };
    await Promise.all([fixture.engine.openFolder(spec), fixture.engine.openFolder(spec)]);
    assert.equal((await fixture.folderStatus()).leader, true);
    await fixture.close();
  });
});

import assert from 'node:assert/strict';
import { Engine } from '../../../src/core/engine.ts';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';
import { createTestPlatform } from '../../support/platform.ts';
import { Workspace } from '../../support/workspace.ts';

const folderId = 'folder';
const count = 200;

class CountingFileSystem extends NodeFileSystem {
  most = 0;
  #reading = 0;

  override async readFile(path: string): Promise<Uint8Array | undefined> {
    this.most = Math.max(this.most, ++this.#reading);
    try {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return await super.readFile(path);
    } finally {
      this.#reading--;
    }
  }
}

describe('files on their way through the engine', () => {
  let workspace: Workspace;
  let engine: Engine;
  let fileSystem: CountingFileSystem;
  let bound: number;

  beforeEach(async () => {
    workspace = await Workspace.create({ 'first.ts': 'export const first = 1;\n' });
    const platform = createTestPlatform();
    // Parse processes, and files read ahead for them.
    bound = platform.chunker.parallelism + 8;
    fileSystem = new CountingFileSystem();
    engine = new Engine({ ...platform, fileSystem }, { cacheDir: workspace.cacheDir });
    await engine.configure(defaultConfig, {}, { remoteProvider: false });
    await engine.openFolder({ folderId, root: workspace.root, indexDir: workspace.indexDir });
    await engine.index(folderId);
    for (let n = 0; n < count; n++) await workspace.write(`file${n}.ts`, `export const value${n} = ${n};\n`);
    fileSystem.most = 0;
  });
  afterEach(async () => engine.close());

  it('are few at once, however many there are to index', async () => {
    const { counts } = await engine.index(folderId);
    assert.equal(counts.indexed, count + 1);
    assert.ok(fileSystem.most > 1 && fileSystem.most <= bound, `${fileSystem.most} at once`);
  });

  it('are few at once, however many have changed', async () => {
    const changes = Array.from({ length: count }, (_, n) => ({ type: 'changed' as const, path: `file${n}.ts` }));
    const { counts } = await engine.applyChanges(folderId, changes);
    assert.equal(counts.indexed, count + 1);
    assert.ok(fileSystem.most > 1 && fileSystem.most <= bound, `${fileSystem.most} at once`);
  });
});

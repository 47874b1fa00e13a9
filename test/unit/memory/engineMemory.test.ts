import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src/protocol/errors.ts';
import { defaultConfig, type MemoryConfig } from '../../../src/protocol/config.ts';
import { Engine } from '../../../src/core/engine.ts';
import { createTestPlatform } from '../../support/platform.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const folderId = 'folder';
const files = 60;

describe('Engine, when memory is short', () => {
  let engine: Engine;
  let root: string;

  beforeEach(async () => {
    root = await temporaryDirectory();
    for (let n = 0; n < files; n++) {
      await writeFile(join(root, `file${n}.ts`), `export function parcel${n}() {\n  return 'parcel number ${n}';\n}\n`);
    }
    engine = new Engine(createTestPlatform(), { cacheDir: await temporaryDirectory() });
    await engine.openFolder({ folderId, root, indexDir: await temporaryDirectory() });
  });

  afterEach(async () => engine.close());

  async function configure(memory: Partial<MemoryConfig>): Promise<void> {
    const config = { ...defaultConfig, memory: { ...defaultConfig.memory, ...memory } };
    await engine.configure(config, {}, { remoteProvider: false });
  }

  it('measures what it holds', async () => {
    await configure({});
    const { memory } = await engine.status();
    assert.equal(memory.state, 'normal');
    assert.equal(memory.totalBytes, 90e6);
    assert.ok(memory.workingBytes > 0 && memory.workingBytes < memory.totalBytes, JSON.stringify(memory));
  });

  it('indexes everything above the soft limit, too, in smaller steps', async () => {
    await configure({ softLimitBytes: 1 });
    const { counts } = await engine.index(folderId);
    assert.equal(counts.indexed, files);
    assert.equal((await engine.status()).memory.state, 'soft');
  });

  it('stops for file events as well, with what happened still pending', async function () {
    this.timeout(60_000);
    await configure({});
    await engine.index(folderId);
    await configure({ criticalLimitBytes: 1 });
    const paths = Array.from({ length: 30 }, (_, n) => `new${n}.ts`);
    for (const path of paths) await writeFile(join(root, path), `export const ${path.slice(0, -3)} = 1;\n`);
    const changes = paths.map((path) => ({ type: 'changed' as const, path }));
    await assert.rejects(
      engine.applyChanges(folderId, changes),
      (error) => error instanceof AppError && error.code === 'MemoryLimit',
    );
    const [stopped] = (await engine.status()).folders;
    assert.equal(stopped?.phase, 'error');
    assert.equal(stopped.error?.code, 'MemoryLimit');
    assert.equal(stopped.counts.pending, paths.length);
    await configure({});
    const { counts } = await engine.index(folderId);
    assert.equal(counts.indexed, files + paths.length);
    assert.equal((await engine.status()).folders[0]?.phase, 'idle');
  });

  it('stops above the critical limit, says why, and goes on where it stopped when there is room', async function () {
    this.timeout(60_000);
    await configure({ criticalLimitBytes: 1 });
    await assert.rejects(engine.index(folderId), (error) => error instanceof AppError && error.code === 'MemoryLimit');
    const stopped = await engine.status();
    assert.equal(stopped.memory.state, 'critical');
    assert.equal(stopped.folders[0]?.error?.code, 'MemoryLimit');
    assert.equal(stopped.folders[0].counts.pending, files);

    await configure({});
    const { counts, chunksAdded, chunksEmbedded } = await engine.index(folderId);
    assert.equal(counts.indexed, files);
    assert.equal(chunksAdded, files);
    assert.equal(chunksEmbedded, files);
    const { folders, memory } = await engine.status();
    assert.equal(memory.state, 'normal');
    assert.equal(folders[0]?.error, undefined);
    const { results } = await engine.search({ query: 'parcel7' });
    assert.equal(results[0]?.path, 'file7.ts');
  });
});

import assert from 'node:assert/strict';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import { CancelledError } from '../../src/protocol/errors.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { EngineFixture, folderId, rejects } from '../support/engineFixture.ts';

const idleMs = 10_000;

describe('recall of the index in the engine', () => {
  let fixture: EngineFixture;
  let clock: FakeClock;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    clock = new FakeClock();
  });
  afterEach(async () => fixture.close());

  async function reopen(checksRecall: boolean, config?: EngineConfig): Promise<void> {
    await fixture.reopenAt(clock, { checksRecall }, config);
  }

  async function pass(ms: number): Promise<void> {
    await clock.advance(ms);
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  }

  const recall = async () => (await fixture.folderStatus()).vectorIndex?.recall;

  it('is checked on idle after indexing and after opening, and is part of the status', async () => {
    await reopen(true);
    await fixture.engine.index(folderId);
    let said = 0;
    fixture.engine.on('statusChanged', () => said++);
    await pass(idleMs - 1);
    assert.equal(await recall(), undefined);
    await pass(1);
    const found = await recall();
    assert.deepEqual([found?.at10, found?.goal, found?.effort, found?.action], [1, 0.95, 1, 'none']);
    assert.equal(said, 1);
    await reopen(true);
    assert.equal(await recall(), undefined);
    await pass(idleMs);
    assert.equal((await recall())?.at10, 1);
  });

  it('waits for the last search and the last change', async () => {
    await reopen(true);
    await fixture.engine.index(folderId);
    await pass(idleMs - 1);
    await fixture.engine.search({ query: 'retry upload' });
    await pass(idleMs - 1);
    await fixture.engine.updateDocument(folderId, { path: 'README.md', text: '# Another sample\n' });
    await pass(idleMs - 1);
    assert.equal(await recall(), undefined);
    await pass(1);
    assert.equal((await recall())?.at10, 1);
  });

  it('is checked for another goal or engine, after some minutes', async () => {
    await reopen(true);
    await fixture.engine.index(folderId);
    await pass(idleMs);
    for (const index of [
      { ...defaultConfig.index, recallGoal: 0.8 },
      { ...defaultConfig.index, recallGoal: 0.8, engine: 'exact' as const },
    ]) {
      await fixture.engine.configure({ ...defaultConfig, index }, {}, { remoteProvider: false });
      await pass(300_000);
      // What was found for another engine is gone at once.
      assert.equal((await recall())?.goal, 0.8);
    }
  });

  it('is never checked by itself in a process that does not stay', async () => {
    await reopen(false);
    await fixture.engine.index(folderId);
    await fixture.engine.search({ query: 'retry upload' });
    assert.equal(clock.sleeping, 0);
    await pass(60 * idleMs);
    assert.equal(await recall(), undefined);
  });

  it('is checked when asked for', async () => {
    await fixture.engine.index(folderId);
    const found = await fixture.engine.checkRecall(folderId);
    assert(found);
    assert.deepEqual(await recall(), found);
    const { vectors } = await fixture.folderStatus();
    assert.deepEqual([found.at10, found.samples], [1, vectors]);
    await rejects(fixture.engine.checkRecall('another'), 'FolderNotOpen');
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(fixture.engine.checkRecall(folderId, controller.signal), CancelledError);
  });

  it('cannot be told without vectors', async () => {
    assert.equal(await fixture.engine.checkRecall(folderId), undefined);
  });

  it('keeps nobody from closing, while it waits or in its middle', async () => {
    await reopen(true);
    await fixture.engine.index(folderId);
    await clock.quiet();
    assert.equal(clock.sleeping, 1);
    await fixture.engine.close();
    assert.equal(clock.sleeping, 0);
    await reopen(true);
    const checking = assert.rejects(fixture.engine.checkRecall(folderId), CancelledError);
    await fixture.engine.close();
    await checking;
    assert.equal(clock.sleeping, 0);
  });
});

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AppError, CancelledError } from '../../../src/protocol/errors.ts';
import type { FileChange, IndexReport } from '../../../src/protocol/types.ts';
import { Indexer, type IndexerEvent } from '../../../src/vscode/indexer.ts';
import { emptyReport } from '../../support/recordingEngine.ts';

interface Pass {
  readonly folderId: string;
  readonly signal: AbortSignal | undefined;
  finish(report?: IndexReport): void;
  fail(error: Error): void;
}

const changed = (path: string): FileChange => ({ type: 'changed', path });

describe('indexer', () => {
  let passes: Pass[];
  let batches: { paths: string[]; finish: () => void; fail: (error: Error) => void }[];
  let finished: IndexerEvent[];
  let automatic: boolean;
  let indexer: Indexer;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    passes = [];
    batches = [];
    finished = [];
    automatic = true;
    indexer = new Indexer({
      engine: {
        index: async (folderId, signal) =>
          new Promise<IndexReport>((resolve, reject) => {
            signal?.addEventListener('abort', () => reject(new CancelledError()));
            passes.push({ folderId, signal, finish: (report = emptyReport) => resolve(report), fail: reject });
          }),
        applyChanges: async (_folderId, changes) =>
          new Promise<IndexReport>((resolve, reject) =>
            batches.push({ paths: changes.map(({ path }) => path), finish: () => resolve(emptyReport), fail: reject }),
          ),
      },
      isAutomatic: () => automatic,
    });
    indexer.onDidFinish((event) => finished.push(event));
    indexer.addFolder('a');
  });

  afterEach(() => {
    indexer.dispose();
    mock.timers.reset();
  });

  const turn = async () => new Promise(setImmediate);
  const transient = (code: 'ChannelClosed' | 'IndexLocked') => new AppError(code, 'For now.');

  it('runs one pass per folder at a time, shared by its callers', async () => {
    const first = indexer.index('a');
    const second = indexer.index('a');
    assert.equal(passes.length, 1);
    assert.equal(indexer.isIndexing, true);
    passes[0]?.finish();
    assert.equal(await first, await second);
    await turn();
    assert.equal(indexer.isIndexing, false);
    assert.equal(finished.length, 1);
  });

  it('runs a second pass when settings changed during the first', async () => {
    const done = indexer.index('a');
    indexer.invalidate();
    passes[0]?.finish();
    await turn();
    assert.equal(passes.length, 2);
    passes[1]?.finish();
    await done;
    assert.equal(finished.length, 1);
  });

  it('runs another pass when the engine ended one because of what has changed', async () => {
    const done = indexer.index('a');
    passes[0]?.fail(new CancelledError());
    await turn();
    indexer.invalidate();
    passes[1]?.fail(new CancelledError());
    await turn();
    assert.equal(passes.length, 3);
    passes[2]?.finish();
    await done;
  });

  it('applies file events while a pass runs, in order, one batch at a time', async () => {
    void indexer.index('a');
    indexer.apply('a', [changed('1')]);
    indexer.apply('a', [changed('2')]);
    indexer.apply('a', [changed('3')]);
    batches[0]?.finish();
    await turn();
    assert.deepEqual(
      batches.map(({ paths }) => paths),
      [['1'], ['2', '3']],
    );
  });

  it('ignores file events when it is not automatic', () => {
    automatic = false;
    indexer.apply('a', [changed('1')]);
    assert.equal(batches.length, 0);
  });

  it('cancels the pass and tells nobody of a failure', async () => {
    const done = indexer.index('a');
    indexer.cancel();
    await assert.rejects(done, CancelledError);
    await turn();
    assert.equal(indexer.isIndexing, false);
    assert.deepEqual(finished, []);
    mock.timers.tick(600_000);
    assert.equal(passes.length, 1);
  });

  it('starts anew when it joined a pass that was cancelled before', async () => {
    const done = indexer.index('a');
    passes[0]?.fail(new CancelledError());
    await turn();
    passes[1]?.finish();
    assert.equal(await done, emptyReport);
  });

  it('tries again after a passing failure, waiting longer each time', async () => {
    indexer.indexAll();
    passes[0]?.fail(transient('ChannelClosed'));
    await turn();
    mock.timers.tick(1_999);
    assert.equal(passes.length, 1);
    mock.timers.tick(1);
    assert.equal(passes.length, 2);
    passes[1]?.fail(transient('ChannelClosed'));
    await turn();
    mock.timers.tick(9_999);
    assert.equal(passes.length, 2);
    mock.timers.tick(1);
    assert.equal(passes.length, 3);
  });

  it('looks every 30 s whether another window still has the index', async () => {
    indexer.indexAll();
    for (let round = 1; round <= 3; round++) {
      passes.at(-1)?.fail(transient('IndexLocked'));
      await turn();
      mock.timers.tick(30_000);
      assert.equal(passes.length, round + 1);
    }
  });

  it('does not try again what the user has to solve', async () => {
    indexer.indexAll();
    passes[0]?.fail(new AppError('DiskFull', 'The disk is full.'));
    await turn();
    mock.timers.tick(600_000);
    assert.equal(passes.length, 1);
    assert.equal(finished.length, 1);
  });

  it('goes on embedding later when a pass ended with the provider down', async () => {
    indexer.indexAll();
    passes[0]?.finish({ ...emptyReport, error: { code: 'ProviderUnavailable', message: 'Down.' } });
    await turn();
    mock.timers.tick(2_000);
    assert.equal(passes.length, 2);
  });

  it('makes up for lost file events with a whole pass', async () => {
    indexer.apply('a', [changed('1')]);
    batches[0]?.fail(transient('ChannelClosed'));
    await turn();
    mock.timers.tick(2_000);
    assert.equal(passes.length, 1);
    indexer.apply('a', [changed('2')]);
    assert.deepEqual(batches[1]?.paths, ['2']);
  });

  it('stops everything while paused and catches up afterwards', async () => {
    indexer.indexAll();
    indexer.pause();
    await turn();
    assert.equal(passes[0]?.signal?.aborted, true);
    indexer.apply('a', [changed('1')]);
    indexer.indexAll();
    assert.equal(batches.length, 0);
    assert.equal(passes.length, 1);
    indexer.resume();
    assert.equal(passes.length, 2);
  });

  it('forgets a folder that was closed', async () => {
    indexer.indexAll();
    indexer.removeFolder('a');
    await turn();
    assert.equal(passes[0]?.signal?.aborted, true);
    assert.deepEqual(finished, []);
    await assert.rejects(indexer.index('a'), (error: AppError) => error.code === 'FolderNotOpen');
  });
});

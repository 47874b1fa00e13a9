import assert from 'node:assert/strict';
import { RecentQueries } from '../../../src/vscode/recentQueries.ts';
import { MemoryState } from '../../support/memoryState.ts';

describe('recent queries', () => {
  it('are the newest first, each once, fifty at most', async () => {
    const recent = new RecentQueries(new MemoryState());
    for (let index = 0; index < 60; index++) await recent.add(`q${index}`);
    await recent.add(' q30 ');
    assert.equal(recent.all.length, 50);
    assert.deepEqual(recent.all.slice(0, 3), ['q30', 'q59', 'q58']);
  });

  it('have no blank one, and tell of changes alone', async () => {
    const recent = new RecentQueries(new MemoryState());
    let changes = 0;
    recent.onDidChange(() => changes++);
    for (const query of ['a', 'a', ' ', 'b']) await recent.add(query);
    assert.deepEqual([recent.all, changes], [['b', 'a'], 2]);
    await recent.clear();
    assert.deepEqual([recent.all, changes], [[], 3]);
  });

  it('leave out what is no query in what was stored', async () => {
    const state = new MemoryState();
    await state.update('codeweaver.recentQueries', ['a', 1, null, 'b']);
    assert.deepEqual(new RecentQueries(state).all, ['a', 'b']);
    await state.update('codeweaver.recentQueries', { a: 1 });
    assert.deepEqual(new RecentQueries(state).all, []);
  });
});

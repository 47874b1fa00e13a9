import assert from 'node:assert/strict';
import type { SearchInput } from '../../../src/protocol/savedSearches.ts';
import { maxSavedSearches, SavedSearches } from '../../../src/vscode/savedSearches.ts';
import { MemoryState } from '../../support/memoryState.ts';

const inputOf = (query: string): SearchInput => ({ query, mode: 'hybrid', paths: '', languages: '', filter: {} });

describe('saved searches', () => {
  let state: MemoryState;
  let saved: SavedSearches;

  beforeEach(() => {
    state = new MemoryState();
    saved = new SavedSearches(state);
  });

  const names = (): string[] => saved.all.map(({ name }) => name);
  const idOf = (query: string): string => saved.find(inputOf(query))?.id ?? assert.fail(query);

  async function save(...queries: readonly string[]): Promise<void> {
    for (const query of queries) assert.equal(await saved.add(inputOf(query)), true);
  }

  it('are the newest first, pinned ones above all', async () => {
    await save('a', 'b', 'c');
    assert.deepEqual(names(), ['c', 'b', 'a']);
    await saved.setPinned(idOf('a'), true);
    assert.deepEqual(names(), ['a', 'c', 'b']);
    await saved.setPinned(idOf('a'), false);
    assert.deepEqual(names(), ['c', 'b', 'a']);
  });

  it('are kept once, whatever is around the query', async () => {
    await save('a', ' a ');
    assert.equal(saved.all.length, 1);
    await saved.add({ ...inputOf('a'), mode: 'lexical' });
    await saved.add({ ...inputOf('a'), filter: { kinds: ['class'] } });
    assert.equal(saved.all.length, 3);
  });

  it('take no more than there is room for, and lose none for it', async () => {
    await save(...Array.from({ length: maxSavedSearches }, (_, index) => `q${index}`));
    assert.equal(await saved.add(inputOf('one more')), false);
    assert.equal(saved.all.length, maxSavedSearches);
  });

  it('have the name they are given; without one they are called by their query', async () => {
    await save('a');
    await saved.rename(idOf('a'), '  Name ');
    assert.deepEqual(names(), ['Name']);
    await saved.rename(idOf('a'), ' ');
    assert.deepEqual(names(), ['a']);
  });

  it('come back to their place when their removal is undone, until something else has changed', async () => {
    await save('a', 'b', 'c');
    await saved.setPinned(idOf('b'), true);
    await saved.remove(idOf('c'));
    assert.equal(saved.removed?.name, 'c');
    await saved.undoRemove();
    assert.deepEqual(names(), ['b', 'c', 'a']);
    assert.equal(saved.removed, undefined);
    await saved.remove(idOf('c'));
    await save('d');
    await saved.undoRemove();
    assert.deepEqual(names(), ['b', 'd', 'a']);
  });

  it('tell of every change', async () => {
    let changes = 0;
    const listening = saved.onDidChange(() => changes++);
    await save('a');
    await saved.remove(idOf('a'));
    await saved.undoRemove();
    assert.equal(changes, 3);
    listening.dispose();
  });

  it('leave out what another version stored in another form', async () => {
    await save('a');
    const [search] = saved.all;
    const wrong = [
      null,
      'x',
      {},
      { ...search, query: '' },
      { ...search, id: 1 },
      { ...search, filter: { paths: 'x' } },
    ];
    await state.update('codeweaver.savedSearches', [...wrong, { ...search, extra: 1, pinned: 'yes' }]);
    assert.deepEqual(saved.all, [search]);
    await state.update('codeweaver.savedSearches', 'x');
    assert.deepEqual(saved.all, []);
  });
});

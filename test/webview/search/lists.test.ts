import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { SavedSearch } from '../../../src/protocol/savedSearches.ts';
import { parseSearchViewMessage } from '../../../src/protocol/views.ts';
import { pages } from '../../support/pages.ts';
import { answer, openSearchPage, search, searchResult, searchState } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';

const retry: SavedSearch = {
  ...{ id: 'a', name: 'Retries', query: 'where are requests retried', mode: 'lexical', pinned: true },
  ...{ paths: 'src', languages: 'go', filter: { paths: ['**/src', '**/src/**'], languages: ['go'] } },
};
const login: SavedSearch = {
  ...{ id: 'b', name: 'user login', query: 'user login', mode: 'hybrid', pinned: false },
  ...{ paths: '', languages: '', filter: {} },
};
const lists = { recent: ['newest query', 'older query', 'oldest query'], saved: [retry, login] };

describe('history and saved searches of the search view', () => {
  let view: SearchPage;
  let query: Locator;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server, {}, searchState({ lists }));
    query = view.page.getByRole('combobox', { name: 'Search by meaning' });
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    for (const type of ['save', 'saved', 'listsShown', 'action'] as const) {
      for (const message of view.sent(type)) assert.deepEqual(parseSearchViewMessage(message), message);
    }
    await view.close();
  });

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await view.page.keyboard.press(key);
  }

  async function focused(): Promise<string> {
    const item = view.page.locator(':focus');
    return (await item.getAttribute('aria-label')) ?? (await item.innerText()).replaceAll('\n', ' ');
  }

  it('arrow keys walk back through the queries and forth to what was being typed, then to the results', async () => {
    await search(view, 'draft', [searchResult(1)]);
    await press('ArrowUp');
    assert.equal(await query.inputValue(), 'newest query');
    await press('Alt+ArrowUp', 'ArrowUp', 'ArrowUp');
    assert.equal(await query.inputValue(), 'oldest query');
    await press('Alt+ArrowDown');
    assert.equal(await query.inputValue(), 'older query');
    await press('ArrowDown', 'ArrowDown');
    assert.equal(await query.inputValue(), 'draft');
    await press('ArrowDown');
    assert.match(await focused(), /^symbol1/);
  });

  it('a query that was changed on the way is where the next walk starts', async () => {
    await query.focus();
    await press('ArrowUp', 'ArrowUp', 'End', '!', 'ArrowUp');
    assert.equal(await query.inputValue(), 'newest query');
    await press('ArrowDown');
    assert.equal(await query.inputValue(), 'older query!');
  });

  it('are listed where nothing is searched for, by name, pinned ones first', async () => {
    const rows = await view.page.locator('.entry-name').allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.replaceAll('\n', ' ')),
      ['Retries pinned where are requests retried', 'user login', ...lists.recent],
    );
  });

  it('are one tab stop, with arrow keys', async () => {
    await query.focus();
    await press('ArrowDown');
    assert.match(await focused(), /^Retries/);
    await press('ArrowDown', 'ArrowDown');
    assert.equal(await focused(), 'newest query');
    await press('End');
    assert.equal(await focused(), 'oldest query');
    assert.equal(await view.page.locator('.lists [tabindex="0"]').count(), 1);
    await press('Home', 'ArrowUp');
    assert.equal(await focused(), 'Search by meaning');
  });

  it('a chosen one fills query, mode and filters', async () => {
    await view.page.getByRole('button', { name: /^Retries/ }).click();
    const asked = await view.received('search', 1);
    assert.deepEqual([asked.query, asked.mode, asked.filter], [retry.query, retry.mode, retry.filter]);
    assert.equal(await view.page.getByLabel('Languages').inputValue(), 'go');
    assert.equal(await view.page.getByRole('button', { name: 'Save search' }).getAttribute('aria-pressed'), 'true');
  });

  it('the star saves what is searched for with mode and filters, and takes it back', async () => {
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Languages').fill('go');
    await search(view, ' retry ', [searchResult(1)]);
    const star = view.page.getByRole('button', { name: 'Save search' });
    await star.click();
    const { search: saved } = await view.received('save', 1);
    const filter = { languages: ['go'] };
    assert.deepEqual(saved, { query: 'retry', mode: 'hybrid', paths: '', languages: 'go', filter });
    const entry: SavedSearch = { ...saved, id: 'c', name: 'retry', pinned: false };
    await view.send({ type: 'lists', lists: { ...lists, saved: [entry] } });
    await view.page.locator('[aria-label="Save search"][aria-pressed="true"]').click();
    assert.deepEqual(await view.received('saved', 1), { type: 'saved', action: 'remove', id: 'c' });
  });

  it('the command to save with nothing to save says so', async () => {
    await view.send({ type: 'command', command: { name: 'saveSearch' } });
    await view.page.getByRole('status').filter({ hasText: 'Type a query first, then save it.' }).waitFor();
    assert.equal(await focused(), 'Search by meaning');
  });

  it('are renamed with F2, removed with Delete, brought back with Ctrl+Z; the focus goes on', async () => {
    await query.focus();
    await press('ArrowDown', 'F2');
    assert.deepEqual(await view.received('saved', 1), { type: 'saved', action: 'rename', id: 'a' });
    await view.send({ type: 'lists', lists: { ...lists, saved: [{ ...retry, name: 'Other' }, login] } });
    await view.page.locator('.entry-name:focus').filter({ hasText: 'Other' }).waitFor();
    await press('Delete');
    assert.deepEqual(await view.received('saved', 2), { type: 'saved', action: 'remove', id: 'a' });
    const action = { id: 'undoRemoveSearch' as const, label: 'Undo' };
    const notice = { severity: 'info' as const, message: '“Other” was removed.', action };
    await view.send({ type: 'lists', lists: { ...lists, saved: [login] }, notice });
    await view.page.locator('.entry-name:focus').filter({ hasText: 'user login' }).waitFor();
    await press('Control+z');
    assert.equal((await view.received('action', 1)).action, 'undoRemoveSearch');
    await view.page.getByRole('button', { name: 'Undo' }).click();
    assert.equal((await view.received('action', 2)).action, 'undoRemoveSearch');
    await view.send({ type: 'lists', lists });
    await view.page.getByText(notice.message).waitFor({ state: 'detached' });
    assert.equal(await focused(), 'Search by meaning');
  });

  it('leave the focus to the query when the last one goes', async () => {
    await query.focus();
    await press('ArrowDown');
    await view.send({ type: 'lists', lists: { recent: [], saved: [] } });
    await view.page.locator('.entry').first().waitFor({ state: 'detached' });
    assert.equal(await focused(), 'Search by meaning');
  });

  it('have buttons for the mouse and a context menu', async () => {
    const row = view.page.locator('.entry').first();
    await row.hover();
    await row.getByRole('button', { name: 'Unpin' }).click();
    assert.deepEqual(await view.received('saved', 1), { type: 'saved', action: 'unpin', id: 'a' });
    await row.getByRole('button', { name: 'Remove' }).click();
    assert.deepEqual(await view.received('saved', 2), { type: 'saved', action: 'remove', id: 'a' });
    assert.equal(view.sent('search').length, 0);
    const context = JSON.parse((await row.getAttribute('data-vscode-context')) ?? '') as Record<string, unknown>;
    assert.deepEqual([context['webviewSection'], context['id'], context['pinned']], ['savedSearch', 'a', true]);
  });

  it('tell how many hits are new each time they come into view', async () => {
    await view.received('listsShown', 1);
    await view.send({ type: 'lists', lists: { ...lists, saved: [{ ...retry, newHits: 3 }, login] } });
    await view.page.getByRole('button', { name: /^Retries pinned.* 3 new$/ }).waitFor();
    await search(view, 'x', [searchResult(1)]);
    await view.page.getByRole('button', { name: 'Clear query' }).click();
    await view.received('listsShown', 2);
  });

  it('tell how many hits are new once the index is up to date', async () => {
    await view.received('listsShown', 1);
    await view.send({ type: 'status', status: { index: 'indexing' } });
    await view.page.getByRole('progressbar').waitFor();
    await view.send({ type: 'status', status: { index: 'ready' } });
    await view.received('listsShown', 2);
  });

  it('offer to undo a removal until something else is done with the saved searches', async () => {
    const action = { id: 'undoRemoveSearch' as const, label: 'Undo' };
    const notice = { severity: 'info' as const, message: '“user login” was removed.', action };
    await view.send({ type: 'lists', lists: { ...lists, saved: [retry] }, notice });
    const undo = view.page.getByRole('button', { name: 'Undo' });
    await undo.waitFor();
    await view.send({ type: 'lists', lists: { recent: ['another'], saved: [{ ...retry, newHits: 2 }] } });
    await view.page.getByRole('button', { name: 'another' }).waitFor();
    assert.equal(await undo.count(), 1);
    await view.send({ type: 'lists', lists: { recent: [], saved: [{ ...retry, pinned: false }] } });
    await undo.waitFor({ state: 'detached' });
  });

  it('a walk through the queries is over when one of them led somewhere', async () => {
    await query.focus();
    await press('ArrowUp');
    await view.received('search', 1);
    await answer(view, [searchResult(1)]);
    await view.page.getByRole('treeitem', { name: /^symbol1/ }).click();
    await view.received('open', 1);
    await query.focus();
    await press('ArrowDown');
    assert.match(await focused(), /^symbol1/);
  });
});

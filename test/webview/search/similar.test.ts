import assert from 'node:assert/strict';
import { pages } from '../../support/pages.ts';
import { answer, newestSearch, openSearchPage, search, searchResult, searchState } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';

const results = [searchResult(1), searchResult(2), searchResult(3)];
const source = { folderId: 'file:///shop', path: 'src/module2.ts', line: 20 };

describe('similar code in the search view', () => {
  let view: SearchPage;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server);
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  const bar = () => view.page.getByRole('group', { name: 'Similar to symbol2 (module2.ts:20)' });

  async function focused(): Promise<string> {
    return view.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  }

  async function findSimilar(): Promise<void> {
    await search(view, 'x', results);
    await view.page.getByRole('treeitem', { name: /^symbol2/ }).click();
    await view.page.keyboard.press('Shift+F12');
    await view.received('search', 2);
  }

  it('is asked for with the filters, and shown under a bar that says what it is similar to', async () => {
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Languages').fill('go');
    await findSimilar();
    const { similarTo, filter, k } = newestSearch(view);
    assert.deepEqual({ similarTo, filter, k }, { similarTo: source, filter: { languages: ['go'] }, k: 20 });
    await answer(view, [searchResult(7)]);
    await bar().waitFor();
    await view.page.locator('[role=treeitem]:focus').filter({ hasText: 'symbol7' }).waitFor();
  });

  it('gives way to the results of the query with Escape, at the row it was left from', async () => {
    await findSimilar();
    await answer(view, [searchResult(7), searchResult(8)]);
    await view.page.getByRole('treeitem', { name: /^symbol7/ }).waitFor();
    await view.page.keyboard.press('Escape');
    const { query, similarTo } = await view.received('search', 3);
    assert.deepEqual({ query, similarTo }, { query: 'x', similarTo: undefined });
    await answer(view, results);
    await view.page.locator('[role=treeitem]:focus').filter({ hasText: 'symbol2' }).waitFor();
    assert.equal(await bar().isVisible(), false);
    await view.page.keyboard.press('Escape');
    assert.equal(await focused(), 'Search by meaning');
  });

  it('gives way with the button of the bar, and with another query', async () => {
    await findSimilar();
    await answer(view, [searchResult(7)]);
    await bar().getByRole('button', { name: 'Back to the results' }).click();
    assert.equal((await view.received('search', 3)).similarTo, undefined);
    await answer(view, results);
    await view.page.getByRole('treeitem', { name: /^symbol3/ }).waitFor();
    await view.send({ type: 'command', command: { name: 'findSimilar', source, title: 'symbol2 (module2.ts:20)' } });
    await bar().waitFor();
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('y');
    const { query, similarTo } = await view.received('search', 5);
    assert.deepEqual({ query, similarTo }, { query: 'y', similarTo: undefined });
    assert.equal(await bar().isVisible(), false);
  });

  it('to similar code leads back to the query all the same', async () => {
    await findSimilar();
    await answer(view, [searchResult(7)]);
    await view.page.locator('[role=treeitem]:focus').filter({ hasText: 'symbol7' }).waitFor();
    await view.page.keyboard.press('Shift+F12');
    await view.received('search', 3);
    await answer(view, results);
    await view.page.getByRole('group', { name: 'Similar to symbol7 (module7.ts:70)' }).waitFor();
    await view.page.keyboard.press('Escape');
    assert.equal((await view.received('search', 4)).query, 'x');
  });

  it('none: says so, and Escape still leads back', async () => {
    await findSimilar();
    await answer(view, []);
    await view.page.getByRole('heading', { name: 'Nothing similar found' }).waitFor();
    await view.page.getByRole('status').filter({ hasText: 'Nothing similar found' }).waitFor();
    assert.equal(await focused(), 'Back to the results');
    await view.page.keyboard.press('Escape');
    await view.received('search', 3);
    await answer(view, results);
    await view.page.locator('[role=treeitem]:focus').filter({ hasText: 'symbol2' }).waitFor();
  });

  it('of a selection in the editor is shown without a query, and its end is the beginning', async () => {
    await view.send({ type: 'command', command: { name: 'findSimilar', source, title: 'symbol2 (module2.ts:20)' } });
    await view.received('search', 1);
    await answer(view, results);
    await view.page.locator('[role=treeitem]:focus').waitFor();
    await view.page.keyboard.press('Escape');
    await view.page.getByRole('heading', { name: 'Find code by what it does' }).waitFor();
    assert.equal(await focused(), 'Search by meaning');
  });

  it('is looked for in all files once its filters are cleared; the tokens of the query do not count', async () => {
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Languages').fill('go');
    await search(view, 'x -test', results);
    await view.page.getByRole('treeitem', { name: /^symbol2/ }).click();
    await view.page.keyboard.press('Shift+F12');
    await view.received('search', 2);
    await answer(view, []);
    const clear = view.page.locator('.instead').getByRole('button', { name: 'Clear filters' });
    await clear.click();
    await view.received('search', 3);
    const { similarTo, filter, query } = newestSearch(view);
    assert.deepEqual({ similarTo, filter, query }, { similarTo: source, filter: {}, query: 'x -test' });
    await answer(view, []);
    await clear.waitFor({ state: 'detached' });
    assert.equal(await view.page.getByText('Filters leave out part of the code').count(), 0);
  });

  it('stays when Enter is pressed in an empty query box', async () => {
    await view.send({ type: 'command', command: { name: 'findSimilar', source, title: 'symbol2 (module2.ts:20)' } });
    await view.received('search', 1);
    await answer(view, results);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).press('Enter');
    await view.page.getByRole('button', { name: 'Group by file' }).click();
    await bar().waitFor();
    assert.equal(await view.page.getByRole('treeitem', { name: /^symbol1/ }).count(), 1);
  });

  it('is there again after a reload, with the way back', async () => {
    await findSimilar();
    await answer(view, [searchResult(7), searchResult(8)]);
    await view.page.getByRole('treeitem', { name: /^symbol8/ }).click();
    const ready = view.sent('ready').length;
    const searches = view.sent('search').length;
    await view.page.reload();
    await view.received('ready', ready + 1);
    await view.send(searchState());
    assert.deepEqual((await view.received('search', searches + 1)).similarTo, source);
    await answer(view, [searchResult(7), searchResult(8)]);
    await view.page.locator('[role=treeitem][tabindex="0"]').filter({ hasText: 'symbol8' }).waitFor();
    await bar().getByRole('button').click();
    assert.equal((await view.received('search', searches + 2)).query, 'x');
    await answer(view, results);
    await view.page.locator('[role=treeitem]:focus').filter({ hasText: 'symbol2' }).waitFor();
  });
});

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { pages } from '../../support/pages.ts';
import { answer, newestSearch, openSearchPage, search, searchResult, searchState } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';

const results = [
  searchResult(1, { path: 'a.ts' }),
  searchResult(2, { path: 'b.ts' }),
  searchResult(3, { path: 'a.ts', snippet: 'function symbol3() {\n  one();\n  two();\n  three();\n}' }),
];
/** a.ts, symbol1, symbol3, b.ts, symbol2 */

describe('search view by keyboard', () => {
  let view: SearchPage;
  let query: Locator;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server);
    query = view.page.getByRole('combobox', { name: 'Search by meaning' });
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  async function focused(): Promise<string> {
    return view.page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
    });
  }

  async function press(...keys: readonly string[]): Promise<string> {
    for (const key of keys) await view.page.keyboard.press(key);
    return focused();
  }

  it('goes from the query into the results and back', async () => {
    await search(view, 'x', results);
    assert.match(await press('ArrowDown'), /^symbol1:10/);
    assert.match(await press('ArrowUp'), /^a\.ts/);
    assert.equal(await press('ArrowUp'), 'Search by meaning');
  });

  it('returns to the query with Escape, the text selected', async () => {
    await search(view, 'old words', results);
    await press('ArrowDown', 'ArrowDown', 'Escape');
    await view.page.keyboard.type('new');
    assert.equal(await query.inputValue(), 'new');
  });

  it('moves by row, by page and to both ends', async () => {
    await search(view, 'x', results);
    assert.match(await press('ArrowDown', 'ArrowDown'), /^symbol3/);
    assert.match(await press('ArrowDown'), /^b\.ts/);
    assert.match(await press('End'), /^symbol2/);
    assert.match(await press('Home'), /^a\.ts/);
    assert.match(await press('PageDown'), /^symbol2/);
    assert.match(await press('PageUp'), /^a\.ts/);
  });

  it('moves a page of rows at a time in a long list', async () => {
    await view.page.setViewportSize({ width: 300, height: 400 });
    const many = Array.from({ length: 20 }, (_, index) => searchResult(index + 1));
    await view.page.getByRole('button', { name: 'Group by file' }).click();
    await search(view, 'x', many);
    const row = await press('ArrowDown', 'PageDown');
    const moved = Number(/^symbol(\d+)/.exec(row)?.[1]);
    assert.ok(moved > 3 && moved < 12, row);
  });

  it('keeps the focused row in sight', async () => {
    await search(
      view,
      'x',
      Array.from({ length: 20 }, (_, index) => searchResult(index + 1)),
    );
    await press('ArrowDown', 'End');
    const box = await view.page.locator(':focus').boundingBox();
    assert.ok(box !== null && box.y >= 0 && box.y + box.height <= 700);
  });

  it('opens a result with Enter, and to the side with Control or Command', async () => {
    await search(view, 'x', results);
    await press('ArrowDown', 'Enter', 'Control+Enter', 'Meta+Enter');
    await view.received('open', 3);
    const location = { folderId: 'file:///shop', path: 'a.ts', startLine: 10, endLine: 14 };
    assert.deepEqual(view.sent('open'), [
      { type: 'open', location, beside: false, preserveFocus: false },
      { type: 'open', location, beside: true, preserveFocus: false },
      { type: 'open', location, beside: true, preserveFocus: false },
    ]);
  });

  it('shows and hides a snippet with Space, and keeps the focus', async () => {
    await search(view, 'x', results);
    assert.match(await press('ArrowDown', 'ArrowDown', 'Space'), /^symbol3/);
    const item = view.page.locator(':focus');
    const row = view.page.locator('.row:focus-within');
    assert.equal(await item.getAttribute('aria-expanded'), 'true');
    assert.match(await row.innerText(), /three\(\);/);
    await press('Space');
    assert.equal(await item.getAttribute('aria-expanded'), 'false');
    assert.doesNotMatch(await row.innerText(), /three\(\);/);
  });

  it('folds and unfolds files with the arrow keys, as trees do', async () => {
    await search(view, 'x', results);
    assert.match(await press('ArrowDown', 'ArrowLeft'), /^a\.ts/);
    await press('ArrowLeft');
    assert.equal(await view.page.getByRole('treeitem').count(), 3);
    await press('ArrowRight');
    assert.equal(await view.page.getByRole('treeitem').count(), 5);
    assert.match(await press('ArrowRight'), /^symbol1/);
  });

  it('has one tab stop in the results, and it stays where it was left', async () => {
    await search(view, 'x', results);
    await press('ArrowDown', 'ArrowDown');
    assert.equal(await view.page.locator('[role=treeitem][tabindex="0"]').count(), 1);
    await press('Shift+Tab');
    assert.match(await press('Tab'), /^symbol3/);
  });

  it('reaches every control with Tab', async () => {
    await search(view, 'x', results);
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await query.focus();
    const reached: string[] = [];
    for (let step = 0; step < 10; step++) {
      await view.page.keyboard.press('Tab');
      reached.push(
        await view.page.evaluate(() => {
          const { activeElement } = document;
          const { labels = null } = activeElement as HTMLInputElement;
          return activeElement?.getAttribute('aria-label') ?? (labels?.[0] ?? activeElement)?.textContent ?? '';
        }),
      );
    }
    const expected = [
      'Save search',
      'Clear query',
      'Search mode',
      'Toggle filters',
      'Group by file',
      'Show all snippets',
    ];
    assert.deepEqual(reached.slice(0, 9), [...expected, 'Files to include', 'Languages', 'Kind of symbol']);
    assert.match(reached[9] ?? '', /^symbol1/);
  });

  it('asks for every key, but not for each half of a value that filters', async () => {
    const settings = { k: 20, mode: 'hybrid' as const, debounceMs: 0 };
    await view.send(searchState({ settings }));
    for (const text of 'xy') await query.press(text);
    await view.received('search', 2);
    await query.fill('xy lang:');
    await query.pressSequentially('go');
    assert.equal((await view.received('search', 3)).query, 'xy lang:go');
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Languages').pressSequentially('ts');
    assert.deepEqual((await view.received('search', 4)).filter, { languages: ['typescript'] });
  });

  it('finds the way back to the query when the row it is on goes, and so does the button after the last one', async () => {
    const settings = { k: 3, mode: 'hybrid' as const, debounceMs: 0 };
    await view.send(searchState({ settings }));
    await search(view, 'x', results);
    await press('ArrowDown');
    await view.send({ type: 'command', command: { name: 'refresh' } });
    await view.received('search', 2);
    await answer(view, []);
    await view.page.getByRole('heading', { name: 'No results found' }).waitFor();
    assert.equal(await focused(), 'Search by meaning');
    await search(view, 'y', results);
    await press('ArrowDown', 'End', 'ArrowDown', 'Enter');
    const { requestId } = await view.received('search', 4);
    await view.send({ type: 'failed', requestId, notice: { severity: 'error', message: 'It broke.' } });
    await view.page.getByRole('button', { name: 'Try Again' }).waitFor();
    assert.equal(await focused(), 'Search by meaning');
  });

  it('asks at once with Enter, also the same question again', async () => {
    await view.close();
    const settings = { k: 20, mode: 'hybrid' as const, debounceMs: 60_000 };
    view = await openSearchPage(pages.browser, pages.server, {}, searchState({ settings }));
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    await press('Enter');
    await view.received('search', 1);
    await answer(view, results);
    await press('Enter');
    assert.equal((await view.received('search', 2)).query, 'x');
  });

  it('leads on from the last result to loading more, and then to the first new result', async () => {
    const settings = { k: 3, mode: 'hybrid' as const, debounceMs: 20 };
    await view.send(searchState({ settings }));
    await search(view, 'x', results);
    await press('ArrowDown', 'End', 'ArrowDown');
    assert.equal(await view.page.locator(':focus').innerText(), 'Load more results');
    await press('Enter');
    await view.received('search', 2);
    assert.equal(newestSearch(view).k, 6);
    await answer(view, [...results, searchResult(4), searchResult(5)]);
    await view.page.getByRole('treeitem', { name: /^symbol5/ }).waitFor();
    assert.match(await focused(), /^symbol4/);
    assert.ok(await view.page.getByText('Load more results').isHidden());
  });

  it('opens the clicked result and keeps the focus in the list; a double click moves on into the editor', async () => {
    await search(view, 'x', results);
    const row = view.page.getByRole('treeitem', { name: /^symbol2/ });
    await row.click();
    assert.equal((await view.received('open', 1)).preserveFocus, true);
    assert.match(await focused(), /^symbol2/);
    await row.dblclick();
    assert.equal((await view.received('open', 3)).preserveFocus, false);
    await row.click({ modifiers: ['Control'] });
    assert.equal((await view.received('open', 4)).beside, true);
  });

  it('shows a snippet by its arrow without opening the file', async () => {
    await search(view, 'x', results);
    const row = view.page.getByRole('treeitem', { name: /^symbol3/ });
    await row.locator('.twistie').click();
    assert.equal(await row.getAttribute('aria-expanded'), 'true');
    assert.equal(view.sent('open').length, 0);
  });
});

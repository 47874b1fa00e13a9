import assert from 'node:assert/strict';
import { parseLocation } from '../../../src/protocol/viewLocation.ts';
import { parseSearchViewMessage } from '../../../src/protocol/views.ts';
import { pages } from '../../support/pages.ts';
import { openSearchPage, search, searchResult, searchState } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';

const results = [
  searchResult(1, { path: 'src/retry.ts', symbol: 'Retry.delay' }),
  searchResult(2, { path: 'src/retry.ts', symbol: 'Retry.run' }),
  searchResult(3, { path: 'src/backoff.ts', symbol: 'backoff' }),
];
const location = { folderId: 'file:///shop', path: 'src/retry.ts', startLine: 10, endLine: 14 };

describe('actions on results', () => {
  let view: SearchPage;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server);
    await search(view, 'x', results);
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    for (const type of ['hit', 'open', 'search', 'remember'] as const) {
      for (const message of view.sent(type)) assert.deepEqual(parseSearchViewMessage(message), message);
    }
    await view.close();
  });

  async function press(...keys: readonly string[]): Promise<string> {
    for (const key of keys) await view.page.keyboard.press(key);
    return view.page.locator(':focus .name').innerText();
  }

  it('have the keys of VS Code', async () => {
    await press('ArrowDown', 'Alt+F12', 'Control+c', 'Shift+Alt+KeyC', 'Meta+Alt+KeyC');
    await view.received('hit', 4);
    const expected = ['peek', 'copyCode', 'copyPath', 'copyPath'] as const;
    assert.deepEqual(
      view.sent('hit'),
      expected.map((action) => ({ type: 'hit', action, location })),
    );
    await press('Shift+F12');
    const { similarTo } = await view.received('search', 2);
    assert.deepEqual(similarTo, { folderId: 'file:///shop', path: 'src/retry.ts', line: 10 });
  });

  it('do nothing on files, and leave copying to the browser while text is selected', async () => {
    await press('ArrowDown', 'Space');
    await view.page.locator('.line .code').first().selectText();
    await press('Control+c');
    await view.page.evaluate(() => document.getSelection()?.removeAllRanges());
    await press('Home', 'Control+c', 'Alt+F12');
    await press('ArrowDown', 'Alt+F12');
    await view.received('hit', 1);
    assert.deepEqual(
      view.sent('hit').map(({ action }) => action),
      ['peek'],
    );
  });

  it('have buttons on the row that is pointed at or focused, which are no tab stops', async () => {
    const buttons = view.page.locator('.row-actions');
    assert.equal(await buttons.isVisible(), false);
    await view.page.getByRole('treeitem', { name: /^backoff :/ }).hover();
    await buttons.getByTitle('Open to the Side').click();
    const { beside, location: opened } = await view.received('open', 1);
    assert.deepEqual([beside, opened.path], [true, 'src/backoff.ts']);
    await buttons.getByTitle('Find Similar').click();
    assert.equal((await view.received('search', 2)).similarTo?.path, 'src/backoff.ts');
    assert.equal(view.sent('open').length, 1);
    await view.page.mouse.move(0, 0);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).focus();
    await press('ArrowDown');
    assert.equal(await view.page.locator('.row:focus-within .row-actions').count(), 1);
    assert.equal(await buttons.locator('[tabindex="0"]').count(), 0);
  });

  it('are in the context menu of VS Code by what the row tells it', async () => {
    const contexts = await view.page
      .locator('.row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-vscode-context') ?? ''));
    const [file, hit] = contexts.map((text) => JSON.parse(text) as Record<string, unknown>);
    assert.equal(file?.['webviewSection'], 'file');
    assert.equal(parseLocation(file)?.path, 'src/retry.ts');
    assert.equal(hit?.['webviewSection'], 'hit');
    assert.equal(hit['title'], 'Retry.delay (retry.ts:10)');
    assert.deepEqual(parseLocation(hit), location);
  });

  it('open that menu by key on a Mac as well', async () => {
    await view.close();
    view = await openSearchPage(pages.browser, pages.server, {}, searchState({ mac: true }));
    await search(view, 'x', results);
    const place = view.page.evaluate(
      () =>
        new Promise((resolve) => {
          document.addEventListener('contextmenu', ({ target }) => {
            resolve((target as Element).closest('[data-vscode-context]')?.getAttribute('data-vscode-context'));
          });
        }),
    );
    await press('ArrowDown', 'Shift+F10');
    assert.match(String(await place), /"webviewSection":"hit"/);
  });

  it('put the query into the history when a result is opened, and with Enter', async () => {
    await press('ArrowDown', 'Enter');
    assert.equal((await view.received('remember', 1)).query, 'x');
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).focus();
    await view.page.keyboard.press('Enter');
    assert.equal((await view.received('remember', 2)).query, 'x');
  });

  it('letters go to the next row whose name, or the last part of it, starts with them', async () => {
    assert.equal(await press('ArrowDown', 'b'), 'backoff.ts');
    assert.equal(await press('b'), 'backoff');
    assert.equal(await press('b'), 'backoff.ts');
    await view.page.waitForTimeout(900);
    assert.equal(await press('r', 'u'), 'Retry.run');
    await view.page.waitForTimeout(900);
    assert.equal(await press('z'), 'Retry.run');
  });

  it('showing a snippet says why the result is there, and describes the row with it', async () => {
    await press('ArrowDown', 'Space');
    await view.page.getByRole('status').filter({ hasText: 'Score 0.99. Lexical: rank 1 (score 12.5)' }).waitFor();
    const description = await view.page.locator(':focus').evaluate((item) =>
      (item.getAttribute('aria-describedby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent)
        .join('\n'),
    );
    assert.match(description, /Score 0\.99[\s\S]*export function symbol1/);
  });
});

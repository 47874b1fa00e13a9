import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { searchStrings } from '../../../src/protocol/viewStrings.ts';
import { pages } from '../../support/pages.ts';
import {
  answer,
  newestSearch,
  openSearchPage,
  search,
  searchResponse,
  searchResult,
  searchState,
} from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';

const progress = { phase: 'chunking' as const, done: 1_200, total: 5_012, remainingMs: 21_000 };

describe('states of the search view', () => {
  let view: SearchPage;
  let main: Locator;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server);
    main = view.page.getByRole('main');
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  async function assertAria(locator: Locator, expected: string): Promise<void> {
    assert.equal((await locator.ariaSnapshot()).trim(), expected.trim());
  }

  it('before the first query: what to ask, and the keys', async () => {
    await assertAria(
      main,
      `
- main:
  - heading "Find code by what it does" [level=2]
  - paragraph: Ask in your own words. Results appear as you type.
  - heading "Try" [level=3]
  - list:
    - listitem:
      - button "where are http requests retried"
    - listitem:
      - button "parse the configuration file"
    - listitem:
      - button "user login and session handling"
  - heading "Narrow the search" [level=3]
  - list:
    - listitem: "path: only files that match"
    - listitem: "lang: only this language"
    - listitem: "kind: only this kind of symbol"
    - listitem: in:open only open editors
    - listitem: in:changed only files changed since the last commit
    - listitem: is:test only tests
    - listitem: "-test no tests"
    - listitem: "- before path:, lang: or kind: leaves out"
  - heading "Keyboard" [level=3]
  - list:
    - listitem: Down Arrow moves to the results
    - listitem: Enter opens, Ctrl+Enter opens to the side
    - listitem: Space shows the snippet
    - listitem: Shift+F10 shows what can be done with a result
    - listitem: Alt+Up Arrow brings back earlier queries
    - listitem: Escape returns to the query`,
    );
  });

  it('an example is asked by a click', async () => {
    await view.page.getByRole('button', { name: 'parse the configuration file' }).click();
    assert.equal((await view.received('search', 1)).query, 'parse the configuration file');
    assert.equal(
      await view.page.getByRole('combobox', { name: 'Search by meaning' }).inputValue(),
      'parse the configuration file',
    );
  });

  it('results: a tree of files and what was found in them', async () => {
    const hit = searchResult(1, { path: 'src/net/http.ts', symbol: 'Client.retry', kind: 'method', unsaved: true });
    const block = searchResult(2, {
      path: 'src/net/http.ts',
      symbol: '',
      kind: 'block',
      startLine: 1_200,
      endLine: 1_210,
    });
    await search(view, 'x', [hit, block]);
    await assertAria(
      main,
      `
- main:
  - text: 2 results in 8 ms
  - tree "Search results":
    - treeitem "http.ts src/net 2 results" [expanded] [level=1]
    - treeitem "Client.retry :10 method, src/net/http.ts, score 0.99, Unsaved changes" [level=2]
    - text: "export function symbol1() { return 1;"
    - treeitem "Lines 1,200 to 1,210 block, src/net/http.ts, score 0.98" [level=2]
    - text: "export function symbol2() { return 2;"`,
    );
  });

  it('results have their place in the tree and their snippet as description', async () => {
    await search(view, 'x', [searchResult(1), searchResult(2)]);
    const row = view.page.getByRole('treeitem', { name: /^symbol2/ });
    const attributes = await row.evaluate((element) =>
      ['aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded'].map((name) => element.getAttribute(name)),
    );
    assert.deepEqual(attributes, ['2', '1', '1', 'false']);
    const description = await row.evaluate((element) => {
      return document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent;
    });
    assert.match(description ?? '', /export function symbol2/);
  });

  it('no results: what to try, and the filters that may be in the way', async () => {
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Languages').fill('go');
    await search(view, 'x', []);
    await main.getByRole('heading', { name: 'No results found' }).waitFor();
    await assertAria(
      main,
      `
- main:
  - heading "No results found" [level=2]
  - paragraph: Try other words, or describe what the code does.
  - paragraph: Filters leave out part of the code. Loosen them to see more.
  - button "Clear filters"`,
    );
    await view.page.getByRole('status').filter({ hasText: 'No results found' }).waitFor();
    await main.getByRole('button', { name: 'Clear filters' }).click();
    assert.deepEqual((await view.received('search', 2)).filter, {});
    await answer(view, [searchResult(1)]);
    await view.page.getByRole('treeitem').first().waitFor();
    assert.ok(
      await view.page
        .getByRole('combobox', { name: 'Search by meaning' })
        .evaluate((box) => box === document.activeElement),
    );
  });

  it('tokens alone: words are missing, and nothing is asked', async () => {
    await search(view, 'retry', [searchResult(1)]);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('lang:go -test');
    await main.getByRole('heading', { name: 'What are you looking for?' }).waitFor();
    await main.getByText('in:changed only files changed since the last commit').waitFor();
    assert.equal(view.sent('search').length, 1);
    await view.page.getByRole('button', { name: 'Toggle filters (2 filters active)' }).waitFor();
  });

  it('an empty scope: what to do, not a failure', async () => {
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('retry in:open');
    await view.received('search', 1);
    const notice = { severity: 'info' as const, message: 'No file of the workspace is open in an editor.' };
    await view.send({ type: 'failed', requestId: newestSearch(view).requestId, notice });
    await main.getByRole('group', { name: 'Information' }).getByText(notice.message).waitFor();
    await view.page
      .getByRole('status')
      .filter({ hasText: /^No file of the workspace/ })
      .waitFor();
  });

  it('tokens of the query are filters: they count, and go with them', async () => {
    await search(view, 'retry lang:go -test', []);
    assert.equal(newestSearch(view).query, 'retry lang:go -test');
    await view.page.getByRole('button', { name: 'Toggle filters (2 filters active)' }).waitFor();
    await main.getByRole('button', { name: 'Clear filters' }).click();
    assert.equal((await view.received('search', 2)).query, 'retry');
    await answer(view, [searchResult(1, { snippet: 'retry the go test' })]);
    assert.deepEqual(await view.page.locator('mark').allTextContents(), ['retry']);
  });

  it('indexing: progress at the foot, and results all the same', async () => {
    await search(view, 'x', [searchResult(1)]);
    const before = await view.page.getByRole('treeitem').first().boundingBox();
    await view.send({ type: 'status', status: { index: 'indexing', progress } });
    const bar = view.page.getByRole('progressbar', { name: 'Indexing files' });
    await bar.waitFor();
    assert.equal(await bar.getAttribute('aria-valuenow'), '1200');
    assert.equal(await bar.getAttribute('aria-valuemax'), '5012');
    assert.equal(
      await view.page.locator('.progress-text').innerText(),
      'Indexing files · 1,200 of 5,012 · 21 sec left',
    );
    assert.deepEqual(await view.page.getByRole('treeitem').first().boundingBox(), before);
    await view.page.getByRole('button', { name: 'Cancel indexing' }).click();
    assert.equal((await view.received('action', 1)).action, 'cancelIndexing');
    await view.send({ type: 'status', status: { index: 'ready' } });
    await bar.waitFor({ state: 'hidden' });
  });

  it('indexing without a known end claims no share', async () => {
    await view.send({ type: 'status', status: { index: 'indexing' } });
    const bar = view.page.getByRole('progressbar', { name: 'Discovering files' });
    await bar.waitFor();
    assert.equal(await bar.getAttribute('aria-valuenow'), null);
  });

  it('indexing and nothing found yet: more may come', async () => {
    await view.send({ type: 'status', status: { index: 'indexing', progress } });
    await search(view, 'x', []);
    await main.getByText('Indexing is still under way: more may appear.').waitFor();
  });

  it('lexical only: a notice that stays while searches come and go, until it is closed', async () => {
    const action = { id: 'openSettings' as const, label: 'Choose Provider' };
    const notice = { severity: 'info' as const, message: 'Lexical results: no embedding provider.', action };
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    const { requestId } = await view.received('search', 1);
    await view.send({ type: 'results', requestId, final: true, response: searchResponse([searchResult(1)]), notice });
    const banner = view.page.getByRole('group', { name: 'Information' });
    await assertAria(
      banner,
      `
- group "Information":
  - text: "Information: Lexical results: no embedding provider."
  - button "Choose Provider"
  - button "Dismiss"`,
    );
    await banner.getByRole('button', { name: 'Choose Provider' }).click();
    assert.equal((await view.received('action', 1)).action, 'openSettings');

    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('y');
    const second = await view.received('search', 2);
    assert.ok(await banner.isVisible());
    await banner.getByRole('button', { name: 'Dismiss' }).click();
    assert.ok(
      await view.page
        .getByRole('combobox', { name: 'Search by meaning' })
        .evaluate((box) => box === document.activeElement),
    );
    const response = searchResponse([searchResult(2)]);
    await view.send({ type: 'results', requestId: second.requestId, final: true, response, notice });
    await view.page.getByRole('treeitem', { name: /^symbol2/ }).waitFor();
    assert.equal(await banner.count(), 0);
  });

  it('failed: what happened, the next step, and another try', async () => {
    await search(view, 'x', [searchResult(1)]);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('y');
    await view.received('search', 2);
    const action = { id: 'setApiKey' as const, label: 'Set API Key' };
    const notice = { severity: 'error' as const, message: 'The provider refused the API key.', action };
    await view.send({ type: 'failed', requestId: newestSearch(view).requestId, notice });
    await main.getByRole('group', { name: 'Error' }).getByText('The provider refused the API key.').waitFor();
    assert.equal(await view.page.getByRole('treeitem').count(), 0);
    await view.page
      .getByRole('status')
      .filter({ hasText: 'Search failed: The provider refused the API key.' })
      .waitFor();
    await main.getByRole('button', { name: 'Set API Key' }).click();
    assert.equal((await view.received('action', 1)).action, 'setApiKey');
    await main.getByRole('button', { name: 'Try Again' }).click();
    assert.equal((await view.received('search', 3)).query, 'y');
    await answer(view, [searchResult(2)]);
    await view.page.getByRole('treeitem', { name: /^symbol2/ }).waitFor();
    assert.equal(await main.getByRole('group', { name: 'Error' }).count(), 0);
  });

  it('not indexed: the button that changes it; the question is asked when there is something to ask', async () => {
    await view.send({ type: 'status', status: { index: 'notIndexed' } });
    await main.getByRole('button', { name: 'Index Workspace' }).click();
    assert.equal((await view.received('action', 1)).action, 'indexWorkspace');
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    await view.page.waitForTimeout(60);
    assert.equal(view.sent('search').length, 0);
    await view.send({ type: 'status', status: { index: 'indexing' } });
    assert.equal((await view.received('search', 1)).query, 'x');
  });

  it('not indexed any more: no results of an index that is gone', async () => {
    await search(view, 'x', [searchResult(1)]);
    await view.send({ type: 'status', status: { index: 'notIndexed' } });
    await main.getByRole('button', { name: 'Index Workspace' }).waitFor();
    assert.equal(await view.page.getByRole('treeitem').count(), 0);
  });

  it('no folder: the button that opens one', async () => {
    await view.send({ type: 'status', status: { index: 'noFolder' } });
    await main.getByRole('button', { name: 'Open Folder' }).click();
    assert.equal((await view.received('action', 1)).action, 'openFolder');
  });

  it('a status that changes nothing here leaves the focus where it is', async () => {
    await view.page.getByRole('button', { name: 'parse the configuration file' }).focus();
    await view.send({ type: 'status', status: { index: 'indexing', progress } });
    await view.page.getByRole('progressbar').waitFor();
    assert.equal(await view.page.locator(':focus').innerText(), 'parse the configuration file');
  });

  it('obeys the commands of the title bar', async () => {
    const command = async (
      name: 'clear' | 'expandAll' | 'collapseAll' | 'toggleGrouping' | 'toggleFilters' | 'refresh',
    ): Promise<void> => view.send({ type: 'command', command: { name } });
    await view.send({ type: 'command', command: { name: 'search', query: 'retry' } });
    assert.equal((await view.received('search', 1)).query, 'retry');
    await answer(view, [searchResult(1), searchResult(2)]);
    const found = view.page.getByRole('treeitem', { name: /^symbol/ });
    await found.first().waitFor();
    await command('expandAll');
    await view.page.locator('.why').nth(1).waitFor();
    await command('collapseAll');
    await view.page.locator('.why').first().waitFor({ state: 'detached' });
    await command('toggleGrouping');
    await view.page.locator('.row.file').first().waitFor({ state: 'detached' });
    await command('toggleFilters');
    await view.page.getByLabel('Kind of symbol').waitFor();
    await command('refresh');
    await view.received('search', 2);
    await command('clear');
    await main.getByRole('heading', { name: 'Find code by what it does' }).waitFor();
  });

  it('speaks the language of the host, numbers included', async () => {
    await view.close();
    const strings = { ...searchStrings, resultsOther: '{0} Treffer in {1} ms', queryLabel: 'Nach Bedeutung suchen' };
    view = await openSearchPage(pages.browser, pages.server, {}, searchState({ strings, locale: 'de' }));
    await view.page.getByLabel('Nach Bedeutung suchen').fill('x');
    const { requestId } = await view.received('search', 1);
    const response = searchResponse([searchResult(1), searchResult(2)], 1.25);
    await view.send({ type: 'results', requestId, final: true, response });
    await view.page.locator('.summary').filter({ hasText: '2 Treffer in 1,25 ms' }).waitFor();
    assert.equal(await view.page.evaluate(() => document.documentElement.lang), 'de');
  });

  it('shows the keys of a Mac on a Mac', async () => {
    await view.close();
    view = await openSearchPage(pages.browser, pages.server, {}, searchState({ mac: true }));
    assert.match(await view.page.getByRole('main').innerText(), /Enter opens, ⌘Enter opens to the side/);
  });
});

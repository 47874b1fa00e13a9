import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { parseSearchViewMessage } from '../../../src/protocol/views.ts';
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

type Box = Awaited<ReturnType<Locator['boundingBox']>>;

/** Scrolling is by whole pixels, rows are not that high. */
function assertSamePlace(box: Box, before: Box): void {
  assert.ok(box !== null && before !== null && Math.abs(box.y - before.y) < 1, JSON.stringify([box, before]));
}

describe('results of the search view', () => {
  let view: SearchPage;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server);
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    for (const type of ['search', 'cancel', 'open', 'rendered', 'action'] as const) {
      for (const message of view.sent(type)) assert.deepEqual(parseSearchViewMessage(message), message);
    }
    await view.close();
  });

  async function rows(): Promise<string[]> {
    const items = view.page.getByRole('treeitem', { name: /^symbol/ });
    return items.evaluateAll((elements) => elements.map((row) => row.querySelector('.name')?.textContent ?? ''));
  }

  it('are asked for once typing pauses', async () => {
    await view.send(searchState({ settings: { k: 20, mode: 'hybrid', debounceMs: 500 } }));
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).pressSequentially('retry', { delay: 1 });
    const { query, mode, k, filter } = await view.received('search', 1);
    assert.deepEqual({ query, mode, k, filter }, { query: 'retry', mode: 'hybrid', k: 20, filter: {} });
    await view.page.waitForTimeout(600);
    assert.equal(view.sent('search').length, 1);
  });

  it('are not asked for again when the question has not changed', async () => {
    await search(view, 'retry', [searchResult(1)]);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).pressSequentially(' ');
    await view.page.waitForTimeout(60);
    assert.equal(view.sent('search').length, 1);
  });

  it('are shown for the newest question alone', async () => {
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('first');
    const first = await view.received('search', 1);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('second');
    await view.received('search', 2);
    await answer(view, [searchResult(2)]);
    const response = searchResponse([searchResult(1)]);
    await view.send({ type: 'results', requestId: first.requestId, final: true, response });
    await view.page.getByRole('treeitem', { name: /^symbol2/ }).waitFor();
    assert.deepEqual(await rows(), ['symbol2']);
  });

  it('are gone with the query, and the search with them', async () => {
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    const { requestId } = await view.received('search', 1);
    await view.page.getByRole('button', { name: 'Clear query' }).click();
    assert.equal((await view.received('cancel', 1)).requestId, requestId);
    await view.send({ type: 'results', requestId, final: true, response: searchResponse([searchResult(1)]) });
    await view.page.getByRole('heading', { name: 'Find code by what it does' }).waitFor();
    assert.deepEqual(await rows(), []);
    assert.ok(
      await view.page
        .getByRole('combobox', { name: 'Search by meaning' })
        .evaluate((box) => box === document.activeElement),
    );
  });

  it('are told in one sentence, once they are complete', async () => {
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    await view.received('search', 1);
    await answer(view, [searchResult(1)], false);
    await view.page.getByText('1 result in 8 ms, searching by meaning…').waitFor();
    await answer(view, [searchResult(1), searchResult(2)]);
    await view.page.getByRole('status').filter({ hasText: '2 results in 8 ms' }).waitFor();
  });

  it('report how long they took to appear', async () => {
    await search(
      view,
      'x',
      Array.from({ length: 50 }, (_, index) => searchResult(index + 1)),
    );
    const rendered = await view.received('rendered', 1);
    assert.equal(rendered.requestId, newestSearch(view).requestId);
    assert.equal(rendered.results, 50);
    assert.ok(rendered.ms > 0);
  });

  it('keep focus, place and elements when better ones arrive', async () => {
    await view.page.getByRole('button', { name: 'Group by file' }).click();
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    await view.received('search', 1);
    const lexical = Array.from({ length: 20 }, (_, index) => searchResult(index + 1));
    await answer(view, lexical, false);
    await view.page.getByRole('treeitem', { name: /^symbol20/ }).waitFor();
    for (let step = 0; step < 12; step++) await view.page.keyboard.press('ArrowDown');
    const row = view.page.getByRole('treeitem', { name: /^symbol12 / });
    await row.evaluate((element) => {
      Object.assign(globalThis, { focusLost: 0 });
      element.addEventListener('blur', () => Object.assign(globalThis, { focusLost: 1 }));
    });
    const before = await row.boundingBox();
    const semantic = [101, 102, 103].map((id) => searchResult(id));
    const merged = [...semantic, ...[...lexical].reverse()];
    await answer(view, merged);
    await view.page.getByRole('treeitem', { name: /^symbol101/ }).waitFor({ state: 'attached' });
    assert.deepEqual(
      await rows(),
      merged.map(({ symbol }) => symbol),
    );
    assert.ok(await row.evaluate((element) => element === document.activeElement));
    assert.equal(await view.page.evaluate(() => (globalThis as unknown as { focusLost: number }).focusLost), 0);
    assertSamePlace(await row.boundingBox(), before);
  });

  it('keep what the user has scrolled to in sight when better ones arrive', async () => {
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    await view.received('search', 1);
    const lexical = Array.from({ length: 20 }, (_, index) => searchResult(index + 1));
    await answer(view, lexical, false);
    await view.page.getByRole('treeitem', { name: /^symbol20/ }).waitFor();
    const row = view.page.getByRole('treeitem', { name: /^symbol10 / });
    await row.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    const before = await row.boundingBox();
    await answer(view, [searchResult(101), searchResult(102), ...lexical]);
    await view.page.getByRole('treeitem', { name: /^symbol101/ }).waitFor({ state: 'attached' });
    assertSamePlace(await row.boundingBox(), before);
  });

  it('show the best from the top when nobody has moved', async () => {
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    await view.received('search', 1);
    await answer(view, [searchResult(1)], false);
    await view.page.getByRole('treeitem', { name: /^symbol1 / }).waitFor();
    await answer(view, [searchResult(2), searchResult(1)]);
    await view.page.getByRole('treeitem', { name: /^symbol2 / }).waitFor();
    assert.equal(await view.page.getByRole('main').evaluate((main) => main.scrollTop), 0);
  });

  it('keep the focus nearby when the focused one is gone', async () => {
    await search(view, 'x', [searchResult(1), searchResult(2), searchResult(3)]);
    await view.page.keyboard.press('ArrowDown');
    await view.send({ type: 'command', command: { name: 'refresh' } });
    await view.received('search', 2);
    await answer(view, [searchResult(2), searchResult(3)]);
    await view.page.getByRole('treeitem', { name: /^symbol1 / }).waitFor({ state: 'detached' });
    assert.ok(await view.page.locator('[role=treeitem]:focus').count());
  });

  it('stay whole while the same question is asked again, and nothing is said unless their number changes', async () => {
    const spoken = view.page.getByRole('status');
    await search(view, 'x', [searchResult(1), searchResult(2)]);
    await spoken.filter({ hasText: '2 results' }).waitFor();
    await spoken.evaluate((status) => {
      Object.assign(globalThis, { spoken: [] });
      const heard = (globalThis as unknown as { spoken: string[] }).spoken;
      new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true });
    });
    await view.send({ type: 'command', command: { name: 'refresh' } });
    await view.received('search', 2);
    await answer(view, [searchResult(2)], false);
    await answer(view, [searchResult(3), searchResult(2)]);
    await view.page.getByRole('treeitem', { name: /^symbol3 / }).waitFor();
    await view.received('rendered', 2);
    await view.page.waitForTimeout(300);
    assert.equal(view.sent('rendered').length, 2);
    assert.deepEqual(await view.page.evaluate(() => (globalThis as unknown as { spoken: string[] }).spoken), []);

    await view.send({ type: 'command', command: { name: 'refresh' } });
    await view.received('search', 3);
    await answer(view, [searchResult(3)]);
    await spoken.filter({ hasText: '1 result in' }).waitFor();
  });

  it('stay text, whatever paths, symbols and source contain', async () => {
    const attack = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>';
    const hostile = searchResult(1, { path: `src/${attack}.ts`, symbol: attack, snippet: `${attack}\n&lt;b&gt;` });
    await search(view, 'img script', [hostile]);
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Space');
    assert.equal(await view.page.locator('main :is(img, script, b)').count(), 0);
    assert.equal(await view.page.evaluate(() => 'hacked' in globalThis), false);
    assert.ok((await view.page.getByRole('tree').innerText()).includes(attack));
    assert.ok((await view.page.getByRole('tree').innerText()).includes('&lt;b&gt;'));
  });

  it('mark the words of the query', async () => {
    await search(view, 'where is symbol returned', [searchResult(1)]);
    assert.deepEqual(await view.page.locator('.snippet mark').allInnerTexts(), ['symbol', 'return']);
  });

  it('say why they are where they are', async () => {
    const sources = { lexical: { rank: 3, score: 12.345 } };
    const features = { defines: 1, nameCoverage: 0.5, fileFound: Math.log1p(4), inTest: 1, quotes: 1, depth: 3 };
    const rare = searchResult(2, { features: { onlyHere: 0.4 } });
    await search(view, 'x', [searchResult(1, { score: 0.8765, sources, features }), rare]);
    const why = [
      'Score 0.877, from the ranking stage',
      'Lexical: rank 3 (score 12.3)',
      'Semantic: not found',
      'Defines a name of the query',
      'Has the words of the query as they stand',
      'Its name has 50% of what the query asks',
      '3 other hits in the file',
      'Ranked lower: a test',
    ].join('\n');
    const titles = await view.page
      .locator('.score')
      .evaluateAll((scores) => scores.map((score) => score.getAttribute('title')));
    assert.equal(titles[0], why);
    assert.ok(titles[1]?.includes('Has words of the query that nothing else has'));
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Space');
    assert.equal(await view.page.locator('.why').innerText(), why);
  });

  it('say how the reranker and the ranking stage made their score', async () => {
    const reranked = { rerankScore: 0.9, rankingScore: 0.25 };
    await search(view, 'x', [searchResult(1, { score: 0.705, features: { defines: 1 }, reranked })]);
    const title = await view.page.locator('.score').getAttribute('title');
    assert.match(title ?? '', /^Score 0\.705: 0\.9 from the reranker, 0\.25 from the ranking stage\n/u);
  });

  it('have bars beside the best of them', async () => {
    await search(view, 'x', [searchResult(1, { score: 0.2 }), searchResult(2, { score: 0.1 })]);
    const widths = await view.page.locator('.score-fill').evaluateAll((bars) => bars.map((bar) => bar.style.width));
    assert.deepEqual(widths, ['100%', '50%']);
  });

  it('do not speak of a ranking stage that had no say', async () => {
    await search(view, 'x', [searchResult(1, { score: 0.5 })]);
    const [first] = (await view.page.locator('.score').getAttribute('title'))?.split('\n') ?? [];
    assert.equal(first, 'Score 0.5');
  });

  it('come with the filters and the mode that are set', async () => {
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Files to include').fill('src');
    await view.page.getByLabel('Languages').fill('go, rust');
    await view.page.getByLabel('Kind of symbol').selectOption('class');
    await view.page.getByLabel('Search mode').selectOption('lexical');
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('x');
    const { mode, filter } = await view.received('search', 1);
    assert.equal(mode, 'lexical');
    assert.deepEqual(filter, { paths: ['**/src', '**/src/**'], languages: ['go', 'rust'], kinds: ['class'] });
    await view.page.getByRole('button', { name: 'Toggle filters (3 filters active)' }).waitFor();
  });

  it('and everything about them come back after a reload', async () => {
    const many = Array.from({ length: 20 }, (_, index) => searchResult(index + 1));
    await view.page.getByLabel('Search mode').selectOption('lexical');
    await search(view, 'x', many);
    await view.page.keyboard.press('ArrowDown');
    for (let step = 0; step < 20; step++) await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Space');
    const label = await view.page.locator(':focus').innerText();
    const scrollTop = await view.page.getByRole('main').evaluate((main) => main.scrollTop);
    assert.ok(scrollTop > 0);
    await view.page.waitForTimeout(150);

    await view.page.reload();
    await view.received('ready', 2);
    await view.send(searchState());
    assert.equal((await view.received('search', 2)).mode, 'lexical');
    await answer(view, many);
    await view.page.locator('[aria-selected=true]').waitFor();
    assert.equal(await view.page.getByRole('combobox', { name: 'Search by meaning' }).inputValue(), 'x');
    const active = view.page.locator('[role=treeitem][tabindex="0"]');
    assert.equal(await active.innerText(), label);
    assert.equal(await active.getAttribute('aria-expanded'), 'true');
    assert.equal(await view.page.getByRole('main').evaluate((main) => main.scrollTop), scrollTop);
  });

  it('after a reload are not taken from answers to the page before', async () => {
    await search(view, 'x', [searchResult(1)]);
    const { requestId } = newestSearch(view);
    await view.page.reload();
    await view.received('ready', 2);
    await view.send(searchState());
    assert.ok((await view.received('search', 2)).requestId > requestId);
  });

  it('arrive however often the index changes, and are asked for once more when they have', async () => {
    await search(view, 'x', [searchResult(1)]);
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).press('Enter');
    await view.received('search', 2);
    for (let change = 0; change < 3; change++) {
      await view.send({ type: 'command', command: { name: 'refresh' } });
    }
    await answer(view, [searchResult(2)]);
    await view.page.getByRole('treeitem', { name: /^symbol2/ }).waitFor();
    await view.received('search', 3);
    await answer(view, [searchResult(3)]);
    await view.page.getByRole('treeitem', { name: /^symbol3/ }).waitFor();
    assert.equal(view.sent('search').length, 3);
  });

  it('name the workspace folder when there are several', async () => {
    const folders = [
      { folderId: 'file:///shop', name: 'shop' },
      { folderId: 'file:///desk', name: 'desk' },
    ];
    await view.send(searchState({ folders }));
    await search(view, 'x', [searchResult(1, { folderId: 'file:///desk' })]);
    assert.equal(await view.page.locator('.row.file .description').innerText(), 'desk • src');
  });
});

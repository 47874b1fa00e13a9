import assert from 'node:assert/strict';
import { accessibilityProblems } from '../../support/accessibility.ts';
import { pages } from '../../support/pages.ts';
import { answer, newestSearch, openSearchPage, search, searchResult, searchState } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';
import { themes } from '../../support/webviewPage.ts';

const notice = {
  severity: 'warning' as const,
  message: 'Lexical results: the embedding provider does not answer.',
  action: { id: 'showLog' as const, label: 'Show Log' },
};
const kinds = ['function', 'class', 'interface', 'constant', 'section', 'test', 'block'] as const;
const results = kinds.map((kind, index) =>
  searchResult(index + 1, {
    kind,
    path: `packages/a-rather-long-package-name/src/${kind}/veryLongFileNameThatDoesNotFit.ts`,
    symbol: 'AnUnusuallyLongClassName.anEvenLongerMethodNameThatDoesNotFit',
    snippet: `const retried = "${'x'.repeat(300)}";\n\treturn retry(retried);`,
  }),
);

/** Each brings the view into a state people see. */
const states: Readonly<Record<string, (view: SearchPage) => Promise<void>>> = {
  empty: async () => undefined,
  'grouped results, one expanded and focused': async (view) => {
    await search(view, 'retry', results);
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Space');
  },
  'flat results with filters, notice and progress': async (view) => {
    await view.page.getByRole('button', { name: 'Group by file' }).click();
    await view.page.getByRole('button', { name: 'Toggle filters' }).click();
    await view.page.getByLabel('Languages').fill('go');
    const progress = { phase: 'embedding' as const, done: 12_345, total: 98_765, remainingMs: 200_000 };
    await search(view, 'retry', results);
    await view.send({ type: 'status', status: { index: 'indexing', progress, notice } });
    await view.page.getByText(notice.message).waitFor();
    await view.page.getByRole('treeitem').nth(1).hover();
  },
  'similar code': async (view) => {
    await search(view, 'retry', results);
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Shift+F12');
    await view.received('search', 2);
    await answer(view, results.slice(2));
    await view.page.getByRole('group', { name: /^Similar to / }).waitFor();
  },
  'history and saved searches, one removed': async (view) => {
    const search = { mode: 'hybrid' as const, paths: '', languages: '', filter: {} };
    const name = 'a rather long name of a saved search that does not fit';
    const saved = [
      { ...search, id: 'a', name, query: `${name} either`, pinned: true, newHits: 12 },
      { ...search, id: 'b', name: 'user login', query: 'user login', pinned: false },
    ];
    const undo = { id: 'undoRemoveSearch' as const, label: 'Undo' };
    const removed = { severity: 'info' as const, message: `“${name}” was removed.`, action: undo };
    await view.send({ type: 'lists', lists: { recent: [name, 'x'], saved }, notice: removed });
    await view.page.locator('.entry').first().hover();
    await view.page.locator('.entry-name').nth(1).focus();
  },
  'no results': async (view) => {
    await search(view, 'retry', []);
    await view.page.getByRole('heading', { name: 'No results found' }).waitFor();
  },
  failed: async (view) => {
    await search(view, 'retry', results);
    const failure = { ...notice, severity: 'error' as const };
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('other');
    await view.received('search', 2);
    await view.send({ type: 'failed', requestId: newestSearch(view).requestId, notice: failure });
    await view.page.getByRole('button', { name: 'Try Again' }).waitFor();
  },
  'not indexed': async (view) => {
    await view.send({ type: 'status', status: { index: 'notIndexed' } });
    await view.page.getByRole('button', { name: 'Index Workspace' }).waitFor();
  },
};

describe('appearance of the search view', () => {
  for (const [name, bring] of Object.entries(states)) {
    it(`${name}: accessible in every theme, and fits from 200 to 1,200 pixels`, async () => {
      const view = await openSearchPage(pages.browser, pages.server, { width: 200 });
      await bring(view);
      for (const theme of themes) {
        await view.setTheme(theme);
        assert.deepEqual(await accessibilityProblems(view.page), [], theme);
      }
      for (const width of [200, 300, 1_200]) {
        await view.page.setViewportSize({ width, height: 700 });
        assert.equal(await view.overflow(), 0, `${width} pixels`);
        const scrolls = await view.page.getByRole('main').evaluate((main) => main.scrollWidth > main.clientWidth);
        assert.equal(scrolls, false, `${width} pixels`);
      }
      assert.deepEqual(view.problems, []);
      await view.close();
    });
  }

  it('draws the edges of rows and controls in high contrast', async () => {
    const view = await openSearchPage(pages.browser, pages.server, { theme: 'hc-black' });
    await search(view, 'retry', results);
    await view.page.keyboard.press('ArrowDown');
    const styles = await view.page.evaluate(() => {
      const styleOf = (selector: string): CSSStyleDeclaration =>
        getComputedStyle(document.querySelector(selector) as Element);
      return {
        row: styleOf('.row:focus-within').outline,
        query: styleOf('.query').borderColor,
        badge: styleOf('.badge').borderColor,
        mark: styleOf('mark').outlineStyle,
      };
    });
    assert.match(styles.row, /rgb\(243, 133, 24\) solid 1px/);
    assert.equal(styles.query, 'rgb(111, 195, 223)');
    assert.equal(styles.badge, 'rgb(111, 195, 223)');
    assert.equal(styles.mark, 'solid');
    await view.close();
  });

  it('moves nothing for people who asked for less motion', async () => {
    const view = await openSearchPage(pages.browser, pages.server, { reducedMotion: true });
    await view.send(searchState({ status: { index: 'indexing' } }));
    await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill('retry');
    await view.received('search', 1);
    assert.deepEqual(await view.page.evaluate(() => document.getAnimations().length), 0);
    await view.close();
  });
});

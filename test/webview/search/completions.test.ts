import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { accessibilityProblems } from '../../support/accessibility.ts';
import { pages } from '../../support/pages.ts';
import { openSearchPage, search, searchResult } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';
import { themes } from '../../support/webviewPage.ts';

describe('completions in the query box', () => {
  let view: SearchPage;
  let query: Locator;
  let list: Locator;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server, { width: 200 });
    query = view.page.getByRole('combobox', { name: 'Search by meaning' });
    list = view.page.getByRole('listbox', { name: 'Search scopes' });
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  const options = async (): Promise<string[]> => list.getByRole('option').allInnerTexts();
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await view.page.keyboard.press(key);
  };
  /** The option a screen reader is told of. */
  const active = async (): Promise<string | undefined> =>
    query.evaluate((box) => {
      const id = box.getAttribute('aria-activedescendant');
      return id === null ? undefined : (document.getElementById(id)?.textContent ?? 'missing');
    });

  it('offer tokens, then their values, and leave the focus where it is', async () => {
    await query.pressSequentially('retry ki');
    assert.deepEqual(await options(), ['kind:\nonly this kind of symbol']);
    assert.equal(await query.getAttribute('aria-expanded'), 'true');
    assert.equal(await active(), undefined);
    await press('ArrowDown');
    assert.equal(await active(), 'kind: only this kind of symbol');
    await press('Enter');
    assert.equal(await query.inputValue(), 'retry kind:');
    assert.equal(await active(), 'kind:function');
    await press('ArrowDown', 'ArrowDown', 'ArrowUp', 'Tab');
    assert.equal(await query.inputValue(), 'retry kind:method ');
    assert.ok(await list.isHidden());
    assert.equal(await query.getAttribute('aria-expanded'), 'false');
    assert.ok(await query.evaluate((box) => box === document.activeElement));
    await view.page.getByRole('button', { name: 'Toggle filters (1 filter active)' }).waitFor();
  });

  it('offer the languages of the index', async () => {
    await query.pressSequentially('lang:');
    assert.deepEqual(await options(), ['lang:python', 'lang:typescript']);
    await query.pressSequentially('ty');
    await press('Enter');
    assert.equal(await query.inputValue(), 'lang:typescript ');
  });

  it('close with Escape, which leaves the query as it is', async () => {
    await query.pressSequentially('retry kind:');
    await press('Escape');
    assert.ok(await list.isHidden());
    assert.equal(await query.inputValue(), 'retry kind:');
  });

  it('leave every key alone when there are none', async () => {
    await search(view, 'where is', [searchResult(1)]);
    await press('ArrowDown');
    await view.page.locator('[role=treeitem]:focus', { hasText: 'symbol1' }).waitFor();
  });

  it('search with Enter and go on with Tab while none is chosen', async () => {
    await query.pressSequentially('pa');
    await list.waitFor();
    await press('Enter');
    assert.equal((await view.received('search', 1)).query, 'pa');
    assert.ok(await list.isHidden());
    await query.press('Backspace');
    await query.pressSequentially('a');
    await list.waitFor();
    await press('Tab');
    assert.ok(await list.isHidden());
    assert.equal(await query.inputValue(), 'pa');
    assert.ok(await query.evaluate((box) => box !== document.activeElement));
  });

  it('do not open while an input method composes', async () => {
    await query.focus();
    const input = await view.page.context().newCDPSession(view.page);
    await input.send('Input.imeSetComposition', { text: 'kind:', selectionStart: 5, selectionEnd: 5 });
    assert.equal(await query.inputValue(), 'kind:');
    assert.ok(await list.isHidden());
    await input.send('Input.insertText', { text: 'kind:' });
    await list.waitFor();
  });

  it('are taken by a click', async () => {
    await query.pressSequentially('-');
    await list.getByRole('option', { name: '-test no tests' }).click();
    assert.equal(await query.inputValue(), '-test ');
    assert.ok(await query.evaluate((box) => box === document.activeElement));
  });

  it('are accessible in every theme, and fit into 200 pixels over the results', async () => {
    await search(view, 'retry', [searchResult(1)]);
    await query.pressSequentially(' -');
    await press('ArrowDown');
    for (const theme of themes) {
      await view.setTheme(theme);
      assert.deepEqual(await accessibilityProblems(view.page), [], theme);
      await view.page.screenshot({ path: `out/screenshots/completions-${theme}.png` });
    }
    assert.equal(await view.overflow(), 0);
    const box = await list.boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 200 && box.height > 60);
    const shown = await list.evaluate((popup) => {
      const { x, y, height } = popup.getBoundingClientRect();
      return popup.contains(document.elementFromPoint(x + 5, y + height - 5));
    });
    assert.ok(shown);
  });
});

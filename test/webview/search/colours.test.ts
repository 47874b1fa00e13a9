import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { fontStyles, styleRadix, type SyntaxRuns } from '../../../src/protocol/syntax.ts';
import { accessibilityProblems } from '../../support/accessibility.ts';
import { pages } from '../../support/pages.ts';
import { newestSearch, openSearchPage, search, searchResult } from '../../support/searchPage.ts';
import type { SearchPage } from '../../support/searchPage.ts';
import { themes } from '../../support/webviewPage.ts';

const [plain, comment, keyword, string, boldType] = [0, 1, 2, 3, 4 + fontStyles.bold / styleRadix].map(
  (colour) => colour * styleRadix,
) as [number, number, number, number, number];

/** Comment, keyword, string and type of each theme, as VS Code's default themes have them. */
const palettes = {
  dark: ['', '#6A9955', '#569CD6', '#CE9178', '#4EC9B0'],
  light: ['', '#008000', '#0000FF', '#A31515', '#267F99'],
  'hc-black': ['', '#7CA668', '#569CD6', '#CE9178', '#4EC9B0'],
  'hc-light': ['', '#515151', '#0F4A85', '#0F4A85', '#185E73'],
} as const;

const results = [
  searchResult(1, {
    snippet: '\t// Retries it.\n\tconst retry: Retry = "retry it";\n\treturn retry;\n\tend();',
    path: 'a.ts',
  }),
  searchResult(2, { snippet: 'plain retry', path: 'b.txt' }),
];
const lines: readonly SyntaxRuns[] = [
  [1, plain, 14, comment],
  [1, plain, 5, keyword, 8, plain, 5, boldType, 3, plain, 10, string],
  [1, plain, 6, keyword],
  [],
];

describe('syntax colours of snippets', () => {
  let view: SearchPage;

  beforeEach(async () => {
    view = await openSearchPage(pages.browser, pages.server);
    await search(view, 'retry', results);
  });

  afterEach(async () => {
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  const coloured = (): Locator => view.page.locator('.snippet span[class^=syntax]');

  async function colour(theme: keyof typeof palettes = 'dark', number = 1): Promise<void> {
    const { requestId } = newestSearch(view);
    const chunks = [
      { folderId: 'file:///shop', chunkId: 1, lines },
      { folderId: 'file:///shop', chunkId: 2, lines: [] },
    ];
    await view.send({ type: 'colours', requestId, theme: number, palette: palettes[theme], chunks });
  }

  async function texts(): Promise<string[]> {
    return view.page.locator('.snippet').evaluateAll((snippets) => snippets.map(({ textContent }) => textContent));
  }

  /** Text and computed colour of everything in a snippet that has a class or is marked. */
  async function parts(): Promise<string[]> {
    return view.page.locator('.snippet :is(span[class^=syntax], mark)').evaluateAll((elements) =>
      elements.map((part) => {
        const { color, fontWeight } = getComputedStyle(part);
        return `${part.localName} ${part.textContent} ${color}${fontWeight === '700' ? ' bold' : ''}`;
      }),
    );
  }

  /** In whole pixels: an end of text within a line is rounded to a 64th of one. */
  async function boxes(): Promise<string> {
    const places = await view.page.locator('.row, .label, .snippet, .code, mark').evaluateAll((elements) =>
      elements.map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return [x, y, width, height].map(Math.round).join(' ');
      }),
    );
    return places.join('\n');
  }

  it('come after the text, and change nothing but its colour', async () => {
    const before = [await texts(), await boxes()];
    assert.equal(await coloured().count(), 0);
    await colour();
    await coloured().first().waitFor();
    assert.deepEqual([await texts(), await boxes()], before);
  });

  it('are those of the palette, with the marks of matched words on top in the colour of text', async () => {
    await colour();
    await coloured().first().waitFor();
    const text = 'rgb(204, 204, 204)';
    assert.deepEqual(await parts(), [
      'span //  rgb(106, 153, 85)',
      `mark Retries ${text}`,
      'span  it. rgb(106, 153, 85)',
      'span const rgb(86, 156, 214)',
      `mark retry ${text}`,
      `mark Retry ${text}`,
      'span " rgb(206, 145, 120)',
      `mark retry ${text}`,
      'span  it" rgb(206, 145, 120)',
      `mark retry ${text}`,
    ]);
  });

  it('are in whole snippets as well, and stay when a search brings the same result again', async () => {
    await colour();
    await view.page.getByRole('treeitem', { name: /^symbol1/ }).focus();
    await view.page.keyboard.press('Space');
    const returns = view.page.locator('.snippet span[class^=syntax]', { hasText: 'return' });
    await returns.waitFor();
    await search(view, 'const', results);
    await view.page.locator('mark', { hasText: 'const' }).waitFor();
    assert.equal(await view.page.locator('.snippet span[class^=syntax]', { hasText: 'retry it' }).count(), 1);
  });

  it('leave focus and row elements alone', async () => {
    const item = view.page.getByRole('treeitem', { name: /^symbol1/ });
    await item.focus();
    const element = await item.elementHandle();
    await colour();
    await coloured().first().waitFor();
    assert.ok(await element?.evaluate((row) => row === document.activeElement));
  });

  it('of an answer that is no longer asked for are not heeded', async () => {
    const { requestId } = newestSearch(view);
    const send = async (id: number, chunkId: number, runs: SyntaxRuns): Promise<void> => {
      const chunks = [{ folderId: 'file:///shop', chunkId, lines: [runs] }];
      await view.send({ type: 'colours', requestId: id, theme: 1, palette: palettes.dark, chunks });
    };
    await send(requestId - 1, 1, [3, comment]);
    await send(requestId, 2, [5, keyword]);
    await coloured().first().waitFor();
    assert.deepEqual(await coloured().allTextContents(), ['plain']);
  });

  it('are gone with their theme, and there again in those of the next', async () => {
    await colour();
    await coloured().first().waitFor();
    const { requestId } = newestSearch(view);
    await view.send({ type: 'colours', requestId, theme: 2, palette: [], chunks: [] });
    await coloured().first().waitFor({ state: 'detached' });
    await view.setTheme('light');
    await colour('light', 2);
    await coloured().first().waitFor();
    assert.equal((await parts())[0], 'span //  rgb(0, 128, 0)');
  });

  it('a colour that is none does no harm', async () => {
    const { requestId } = newestSearch(view);
    const chunks = [{ folderId: 'file:///shop', chunkId: 1, lines: [[], [6, keyword, 3, string]] }];
    const palette = ['', '', 'red; } body { display: none', '#CE9178'];
    await view.send({ type: 'colours', requestId, theme: 1, palette, chunks });
    await coloured().first().waitFor();
    assert.equal(await view.page.locator('body').evaluate((body) => getComputedStyle(body).display), 'flex');
  });

  it('give way to forced colours', async () => {
    await colour();
    await coloured().first().waitFor();
    await view.page.emulateMedia({ forcedColors: 'active' });
    const colours = new Set(
      await view.page
        .locator('.snippet :is(span[class^=syntax], .code)')
        .evaluateAll((elements) => elements.map((part) => getComputedStyle(part).color)),
    );
    assert.equal(colours.size, 1);
  });

  it('can be read in every theme, on a selected row too', async () => {
    await view.page.setViewportSize({ width: 200, height: 700 });
    let number = 0;
    for (const theme of themes) {
      await view.setTheme(theme);
      await colour(theme, ++number);
      await coloured().first().waitFor();
      assert.deepEqual(await accessibilityProblems(view.page), [], theme);
      const item = view.page.getByRole('treeitem', { name: /^symbol1/ });
      await item.focus();
      await view.page.keyboard.press('Space');
      assert.deepEqual(await accessibilityProblems(view.page), [], `${theme}, selected`);
      await view.page.keyboard.press('Space');
      assert.equal(await view.overflow(), 0);
    }
  });
});

import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { after, before, describe, it } from 'mocha';
import { searchInView } from '../support/searching.ts';
import { Workbench, type WorkbenchTheme } from '../support/workbench.ts';

const source = join(import.meta.dirname, '../../src');

/** The colour of TypeScript's `function` in VS Code's own themes. */
const keywordColours: Readonly<Record<WorkbenchTheme, string>> = {
  dark: 'rgb(86, 156, 214)',
  light: 'rgb(0, 0, 255)',
  'hc-black': 'rgb(86, 156, 214)',
  'hc-light': 'rgb(15, 74, 133)',
};

/* Snippets as a person sees them: in the colours of the editor beside them. */
describe('syntax colours in the search view', () => {
  let workbench: Workbench;
  let view: Frame;

  before(async () => {
    workbench = await Workbench.open({ workspace: source, theme: 'dark' });
    await workbench.untilIndexed();
    view = await searchInView(workbench, 'frame of a call that was cancelled');
    await view.locator('.index-progress').waitFor({ state: 'hidden' });
    await view.getByRole('button', { name: 'Show all snippets' }).click();
  });
  after(async () => workbench.close());

  for (const [theme, colour] of Object.entries(keywordColours) as [WorkbenchTheme, string][]) {
    it(`are those of the theme: ${theme}`, async () => {
      await workbench.setTheme(theme);
      await view.waitForFunction(
        (expected) =>
          [...document.querySelectorAll('.snippet span[class^=syntax]')].some(
            (part) => part.textContent.trim() === 'function' && getComputedStyle(part).color === expected,
          ),
        colour,
      );
      await workbench.screenshot(`search-view-colours-${theme}`);
    });
  }
});

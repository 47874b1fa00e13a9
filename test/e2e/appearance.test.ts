import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { after, before, describe, it } from 'mocha';
import { accessibilityProblems } from '../support/accessibility.ts';
import { searchInView, untilAnswered } from '../support/searching.ts';
import { Workbench, type WorkbenchTheme } from '../support/workbench.ts';

const project = join(import.meta.dirname, '../..');
const themes: readonly WorkbenchTheme[] = ['light', 'dark', 'hc-black', 'hc-light'];
const query = 'debounce and coalesce file events';

/* What the pages look like with the variables of VS Code's own themes, not with copies of them. */
describe('views in the themes of VS Code', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ workspace: join(project, 'src'), width: 1_500, height: 900 });
    await searchInView(workbench, query);
    await workbench.runCommand('CodeWeaver: Show Performance');
    await performancePanel();
  });
  after(async () => workbench.close());

  /** Pages are transparent: what they are read on is the part of the workbench behind them. */
  const problems = async (page: Frame, part: 'sidebar' | 'editor'): Promise<string[]> => {
    const behind = workbench.page.locator(`.part.${part}`);
    const background = await behind.evaluate((element) => getComputedStyle(element).backgroundColor);
    return accessibilityProblems(page, background);
  };
  const viewProblems = async (): Promise<string[]> => problems(await untilAnswered(workbench, query), 'sidebar');
  const performancePanel = async (): Promise<Frame> => workbench.webview('CodeWeaver Performance');

  for (const theme of themes) {
    it(`are accessible in ${theme}`, async () => {
      await workbench.setTheme(theme);
      assert.deepEqual(await viewProblems(), []);
      assert.deepEqual(await problems(await performancePanel(), 'editor'), []);
      await workbench.screenshot(`theme-${theme}`);
    });
  }

  for (const width of [200, 1_200]) {
    it(`fit into a side bar of ${width} pixels`, async () => {
      await workbench.setSideBarWidth(width);
      const view = await untilAnswered(workbench, query);
      const overflow = await view.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      assert.deepEqual(await viewProblems(), []);
      await workbench.screenshot(`side-bar-${width}`);
    });
  }
});

import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Workbench } from '../support/workbench.ts';

const project = join(import.meta.dirname, '../..');

/* Near-duplicates and chunks as a person sees them, in a dark and in a light theme. */
for (const theme of ['dark', 'light'] as const) {
  describe(`code that is there twice, ${theme}`, () => {
    let workbench: Workbench;
    let workspace: string;

    before(async () => {
      workspace = await mkdtemp(join(tmpdir(), 'codeweaver-duplicates-'));
      await cp(join(project, 'src/util'), join(workspace, 'util'), { recursive: true });
      const tables = await readFile(join(project, 'src/util/benchmarkTables.ts'), 'utf8');
      const copy = join(workspace, 'server/reports/benchmarkGrids.ts');
      await mkdir(dirname(copy), { recursive: true });
      await writeFile(copy, tables.replaceAll('Table', 'Grid').replaceAll('table', 'grid'));
      workbench = await Workbench.open({ workspace, theme });
      await workbench.untilIndexed();
    });
    after(async () => {
      await workbench.close();
      await rm(workspace, { recursive: true });
    });

    it('shows its chunks in the editor until the same command takes them away', async () => {
      await workbench.openFile('benchmarkGrids.ts');
      await workbench.runCommand('CodeWeaver: Toggle Chunk Inspector');
      const status = workbench.statusBarItem('codeweaver.chunks');
      await status.filter({ hasText: /\d+ chunks?, [\d,]+ tokens/u }).waitFor();
      await workbench.screenshot(`chunks-${theme}`);
      await status.click();
      await workbench.quickPick.first().waitFor();
      assert.match((await workbench.quickPickRows())[0] ?? '', /lines 1 to \d+, \d+ tokens, vector/u);
      await workbench.screenshot(`chunks-list-${theme}`);
      await workbench.page.keyboard.press('Escape');
      await workbench.runCommand('CodeWeaver: Toggle Chunk Inspector');
      await status.waitFor({ state: 'hidden' });
    });

    it('is found, opened and compared by keyboard', async () => {
      await workbench.runCommand('CodeWeaver: Find Near-Duplicates');
      const { page } = workbench;
      const groups = page.getByRole('treeitem', { name: /copies, \d+ lines, \d+\s?%/u });
      await groups.first().waitFor();
      await groups.first().click();
      const members = page.getByRole('treeitem', { name: /lines \d+ to \d+/u });
      await members.nth(1).waitFor();
      assert.match((await members.nth(0).getAttribute('aria-label')) ?? '', /, the first/u);
      assert.match((await members.nth(1).getAttribute('aria-label')) ?? '', /like the first/u);
      await workbench.screenshot(`duplicates-${theme}`);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await workbench.activeTab.waitFor();
      await members.nth(1).hover();
      await members.nth(1).getByRole('button', { name: 'Compare with First' }).click();
      await workbench.activeTab.filter({ hasText: '↔' }).waitFor();
      await page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
      await workbench.screenshot(`duplicates-diff-${theme}`);
      await workbench.runCommand('View: Close All Editors');
    });
  });
}

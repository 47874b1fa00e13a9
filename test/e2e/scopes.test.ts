import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { after, before, describe, it } from 'mocha';
import { hostWorkspace } from '../support/hostSuite.ts';
import { searchInPick, searchInView } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

/* In each file of the first three something of parcels. */
const files = {
  'server/route.ts': 'export function planRoute(parcels: Parcel[]): Parcel[] {\n  return parcels.sort();\n}\n',
  'server/route.test.ts': "it('plans the route of parcels', () => {\n  planRoute(parcels);\n});\n",
  'tools/route.py': 'def plan_route(parcels):\n    return sorted(parcels)\n',
};

describe('tokens in the query', () => {
  let workbench: Workbench;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'codeweaver-scopes-'));
    await cp(hostWorkspace, scratch, { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(scratch, path), text);
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
    for (const args of [['init'], ['add', '.'], [...identity, 'commit', '-m', 'All']])
      execFileSync('git', args, { cwd: scratch, stdio: 'pipe' });
    workbench = await Workbench.open({ workspace: scratch });
    await workbench.untilIndexed();
  });
  after(async () => {
    await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  });

  const query = 'plan the route of parcels';

  /** Names of the files that the quick pick lists once it has the hit. */
  async function inPick(tokens: string, expected: string): Promise<Set<string>> {
    await searchInPick(workbench, `${query} ${tokens}`);
    await workbench.quickPick.filter({ hasText: expected }).first().waitFor();
    // What the words find may come before what the meaning finds: the bar runs until all is there.
    await workbench.page.locator('.quick-input-progress.active').waitFor({ state: 'hidden' });
    const rows = await workbench.quickPickRows();
    await workbench.page.keyboard.press('Escape');
    return new Set(rows.flatMap((row) => /[\w.]+(?=:\d)/.exec(row) ?? []));
  }

  async function inView(tokens: string): Promise<string[]> {
    const view = await searchInView(workbench, `${query} ${tokens}`);
    const items = await view.getByRole('treeitem', { level: 1 }).allInnerTexts();
    return items.map((text) => /[\w.]+/.exec(text)?.[0] ?? '').sort();
  }

  const ask = async (view: Frame, text: string): Promise<void> =>
    view.getByRole('combobox', { name: 'Search by meaning' }).fill(text);

  it('narrow the quick pick by path, language and tests', async () => {
    assert.deepEqual(await inPick('path:tools/*.py', 'route.py'), new Set(['route.py']));
    assert.deepEqual(await inPick('lang:py path:tools', 'route.py'), new Set(['route.py']));
    const found = await inPick('lang:ts -test', 'route.ts');
    assert.ok(found.has('route.ts') && !found.has('route.test.ts') && !found.has('route.py'));
    assert.deepEqual(await inPick('is:test', 'route.test.ts'), new Set(['route.test.ts']));
  });

  it('are completed in the quick pick, where Enter still opens what is found', async () => {
    await searchInPick(workbench, `${query} is:`);
    await workbench.quickPickRow('is:test').waitFor();
    await workbench.screenshot('scopes-pick');
    await workbench.page.keyboard.press('Enter');
    await workbench.quickPickRow('is:test').waitFor({ state: 'hidden' });
    await workbench.quickPick.filter({ hasText: 'route.test.ts' }).first().waitFor();
    assert.equal(await workbench.quickInput.inputValue(), `${query} is:test `);
    await workbench.page.keyboard.press('Enter');
    await workbench.activeTab.filter({ hasText: 'route.test.ts' }).waitFor();
  });

  it('are offered above what is found for a word that may be one, and Enter opens what is found', async () => {
    await searchInPick(workbench, `${query} pa`);
    await workbench.quickPickRow('path:').waitFor();
    await workbench.quickPick.filter({ hasText: 'route.py' }).first().waitFor();
    await workbench.page.locator('.quick-input-progress.active').waitFor({ state: 'hidden' });
    assert.match((await workbench.quickPickRows())[0] ?? '', /path:.*only files that match/);
    await workbench.screenshot('scopes-pick-offer');
    await workbench.page.keyboard.press('ArrowUp');
    await workbench.page.keyboard.press('Enter');
    await workbench.quickPickRow('path:').waitFor({ state: 'hidden' });
    assert.equal(await workbench.quickInput.inputValue(), `${query} path:`);
    await workbench.page.keyboard.press('Escape');
  });

  it('narrow the view to open editors, also those behind others', async () => {
    await workbench.openFile('route.py');
    const view = await searchInView(workbench, `${query} in:open`);
    const shown = async (): Promise<string> => (await view.getByRole('main').innerText()).trim();
    assert.match(await shown(), /route\.py/);
    assert.deepEqual(await inView('in:open'), ['route.py', 'route.test.ts']);
    assert.deepEqual(await inView('in:open -test'), ['route.py']);
    await workbench.runCommand('View: Close All Editors');
    await ask(await workbench.webview('Results'), `${query} in:open `);
    await view
      .getByRole('group', { name: 'Information' })
      .getByText('No file of the workspace is open in an editor.')
      .waitFor();
    await workbench.screenshot('scopes-view-empty');
    await workbench.openFile('route.ts');
    await view.getByRole('treeitem', { name: /^route\.ts/ }).waitFor();
  });

  it('narrow the view to what git calls changed', async () => {
    const view = await workbench.webview('Results');
    await ask(view, `${query} in:changed`);
    await view
      .getByRole('group', { name: 'Information' })
      .getByText('No file of the workspace has changed since the last commit.')
      .waitFor();
    const { 'tools/route.py': python } = files;
    await writeFile(join(workbench.folder, 'tools/route.py'), `${python}\n# Shorter routes first.\n`);
    const again = view.getByRole('button', { name: 'Try Again' });
    // Git looks a moment after the file was written.
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await workbench.page.waitForTimeout(500)) {
      if (!(await again.isVisible())) break;
      await again.click();
    }
    assert.deepEqual(await inView('in:changed'), ['route.py']);
  });

  it('are completed in the view by keyboard, and Escape closes what is offered', async () => {
    const view = await workbench.webview('Results');
    const box = view.getByRole('combobox', { name: 'Search by meaning' });
    await box.fill('');
    await box.pressSequentially(`${query} lang:`);
    await view.getByRole('option', { name: 'lang:python' }).waitFor();
    await view.getByRole('treeitem').first().waitFor();
    await workbench.screenshot('scopes-view');
    await box.press('Escape');
    await view.getByRole('listbox').waitFor({ state: 'hidden' });
    assert.equal(await box.inputValue(), `${query} lang:`);
    await box.pressSequentially('py');
    await box.press('Enter');
    await view.getByRole('treeitem', { name: /^route\.py/ }).waitFor();
    await view.getByRole('treeitem', { name: /^route\.ts/ }).waitFor({ state: 'hidden' });
  });
});

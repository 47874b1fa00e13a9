import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { hostWorkspace } from '../support/hostSuite.ts';
import { searchInPick } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

describe('a workspace of several folders', () => {
  let workbench: Workbench;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'codeweaver-folders-'));
    for (const name of ['one', 'two']) await cp(hostWorkspace, join(scratch, name), { recursive: true });
    await cp(hostWorkspace, join(scratch, 'three'), { recursive: true });
    await writeFile(join(scratch, 'one/first.ts'), 'export function pelican(): void {}\n');
    await writeFile(join(scratch, 'two/second.ts'), 'export function pelican(): void {}\n');
    await writeFile(join(scratch, 'three/third.ts'), 'export function pelican(): void {}\n');
    const folders = [{ path: 'one' }, { path: 'two' }];
    await writeFile(join(scratch, 'several.code-workspace'), JSON.stringify({ folders }));
    workbench = await Workbench.open({ workspace: scratch, workspaceFile: 'several.code-workspace' });
    await workbench.untilIndexed();
  });
  after(async () => {
    await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it('is searched as one, each hit with the name of its folder', async () => {
    await searchInPick(workbench, 'pelican');
    await workbench.quickPick.filter({ hasText: 'one • first.ts:1' }).first().waitFor();
    await workbench.quickPick.filter({ hasText: 'two • second.ts:1' }).first().waitFor();
    await workbench.screenshot('several-folders');
    await workbench.quickPick.filter({ hasText: 'second.ts' }).first().click();
    await workbench.activeTab.filter({ hasText: 'second.ts' }).waitFor();
  });

  it('takes up a folder that is added and forgets one that is removed, while it is open', async () => {
    const folders = [{ path: 'two' }, { path: 'three' }];
    await writeFile(join(workbench.folder, 'several.code-workspace'), JSON.stringify({ folders }));
    await workbench.page.locator('.explorer-viewlet').getByText('three', { exact: true }).waitFor();
    await searchInPick(workbench, 'pelican');
    await workbench.quickPick.filter({ hasText: 'three • third.ts:1' }).first().waitFor();
    assert.equal(await workbench.quickPick.filter({ hasText: 'first.ts' }).count(), 0);
    await workbench.page.keyboard.press('Escape');
  });
});

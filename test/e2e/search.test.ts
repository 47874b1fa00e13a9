import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { searchInPick, searchInView, untilAnswered } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

const project = join(import.meta.dirname, '../..');

/* The main job as a person does it: install, open a real repository (this one), wait, find, open. */
describe('searching a repository', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ workspace: join(project, 'src') });
    await workbench.untilIndexed();
  });
  after(async () => workbench.close());

  it('from the palette opens the hit at its line', async () => {
    await searchInPick(workbench, 'rejects every pending call when the channel has died');
    const hit = workbench.quickPick.filter({ hasText: 'rpc/channel.ts' }).first();
    await hit.waitFor();
    await workbench.screenshot('search-pick');
    await hit.click();
    await workbench.activeTab.filter({ hasText: 'channel.ts' }).waitFor();
    const { line } = await workbench.cursor();
    assert.ok(line > 1);
    await workbench.screenshot('search-opened');
  });

  it('shows focused hits on the way, and what was there before when the pick is left', async () => {
    await searchInPick(workbench, 'status bar item');
    await workbench.quickPick.filter({ hasText: 'statusBar.ts' }).first().waitFor();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.activeTab.filter({ hasNotText: 'channel.ts' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.activeTab.filter({ hasText: 'channel.ts' }).waitFor();
  });

  it('opens a hit to the side with Ctrl+Enter', async () => {
    await searchInPick(workbench, 'latency log percentile');
    await workbench.quickPick.filter({ hasText: 'latencyLog.ts' }).first().waitFor();
    await workbench.page.keyboard.press('ControlOrMeta+Enter');
    await workbench.page.locator('.editor-group-container').nth(1).waitFor();
    await workbench.runCommand('View: Close All Editors');
  });

  it('offers the last query again', async () => {
    await searchInPick(workbench, '');
    await workbench.quickPickRow(/latency log percentile/).click();
    await workbench.quickPick.filter({ hasText: 'latencyLog.ts' }).first().waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('in the side bar lists results that open with Enter', async () => {
    const view = await searchInView(workbench, 'debounce and coalesce file events');
    await workbench.screenshot('search-view');
    // To the first result, away from it and back: what stands below it depends on the ranking.
    await view.getByRole('combobox', { name: 'Search by meaning' }).press('ArrowDown');
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('ArrowUp');
    await workbench.page.keyboard.press('Enter');
    await workbench.activeTab.waitFor();
    assert.ok((await workbench.cursor()).line >= 1);
  });

  it('moves from the palette to the side bar with the query', async () => {
    await searchInPick(workbench, 'quick pick');
    await workbench.page.getByRole('button', { name: 'Show in Search View' }).click();
    await untilAnswered(workbench, 'quick pick');
  });

  it('keeps query and results of the side bar when it is hidden and shown', async () => {
    await searchInView(workbench, 'crash policy');
    await workbench.openContainer('Explorer');
    await workbench.openContainer('CodeWeaver');
    await untilAnswered(workbench, 'crash policy');
  });

  it('lists code like the one at the cursor', async () => {
    await workbench.openFile('latencyLog.ts:10');
    await workbench.runCommand('CodeWeaver: Find Similar to Selection');
    await workbench.quickPick.first().waitFor();
    await workbench.screenshot('search-similar');
    await workbench.page.keyboard.press('Escape');
  });

  it('shows its latency in the status bar, whose click opens the performance panel', async () => {
    const item = workbench.statusBarItem('codeweaver.status');
    await item.filter({ hasText: /\d\s*ms/ }).waitFor();
    await item.click();
    const panel = await workbench.webview('CodeWeaver Performance');
    await panel.getByText('Whole search').waitFor();
    await workbench.screenshot('performance-panel');
  });

  it('tells why a file is indexed', async () => {
    await workbench.openFile('latencyLog.ts');
    await workbench.runCommand('CodeWeaver: Why Is This File (Not) Indexed?');
    await workbench.notification(/vscode\/latencyLog\.ts: indexed, \d+ chunks/).waitFor();
  });

  it('shows its log', async () => {
    await workbench.runCommand('CodeWeaver: Show Log');
    // Its lines are not on the screen: this server writes no log files, from which VS Code shows them.
    await workbench.page.getByRole('document', { name: 'CodeWeaver Search - Output' }).waitFor();
  });

  it('answers at once after a restart, from what is stored', async () => {
    await workbench.reload();
    await searchInPick(workbench, 'rejects every pending call when the channel has died');
    await workbench.quickPick.filter({ hasText: 'rpc/channel.ts' }).first().waitFor();
  });
});

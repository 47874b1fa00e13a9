import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { searchInPick } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

describe('managing the index', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open();
    await workbench.untilIndexed();
  });
  after(async () => workbench.close());

  it('clears it after a question, offers to make it again, and makes it', async () => {
    await workbench.runCommand('CodeWeaver: Clear Index…');
    await workbench.page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
    await workbench.runCommand('CodeWeaver: Open Search View');
    const view = await workbench.webview('Results');
    await view.getByText('This workspace is not indexed yet').waitFor();
    await workbench.screenshot('index-cleared');
    await view.evaluate(() => {
      const said: boolean[] = [true];
      Object.assign(globalThis, { said });
      new MutationObserver(() => {
        const says = document.body.innerText.includes('This workspace is not indexed yet');
        if (says !== said.at(-1)) said.push(says);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await searchInPick(workbench, 'retry');
    await workbench.quickPickRow(/not indexed yet/).click();
    await workbench.notification(/files indexed/).waitFor();
    // Once it is under way nothing invites to make it, not even for a moment at its end.
    assert.deepEqual(await view.evaluate(() => Reflect.get(globalThis, 'said') as unknown), [true, false]);
    await searchInPick(workbench, 'retry');
    await workbench.quickPick.filter({ hasText: 'server/retry.ts' }).first().waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('says in the view and the status bar that it is paused, and goes on from there', async () => {
    await workbench.runCommand('CodeWeaver: Pause Indexing');
    const view = await workbench.webview('Results');
    await view.getByText('Indexing is paused.').waitFor();
    const item = workbench.statusBarItem('codeweaver.status');
    await item.and(workbench.page.locator('[aria-label*="paused"]')).waitFor();
    await workbench.runCommand('CodeWeaver: Resume Indexing');
    await workbench
      .statusBarItem('codeweaver.status')
      .and(workbench.page.locator(':not([aria-label*="paused"])'))
      .waitFor();
  });

  it('tells the counts that sum up when the pointer rests on the status bar', async () => {
    const hover = workbench.page.locator('.workbench-hover', { hasText: 'CodeWeaver Search' });
    // A status that changes under the pointer takes its hover away: the pointer comes back, as a person's does.
    for (let attempt = 0; attempt < 10 && !(await hover.isVisible()); attempt++) {
      await workbench.page.mouse.move(400, 300);
      await workbench.statusBarItem('codeweaver.status').hover();
      await workbench.page.waitForTimeout(1_500);
    }
    await hover.waitFor({ timeout: 5_000 });
    await workbench.screenshot('status-tooltip');
    const cells = await hover.locator('td, th').allInnerTexts();
    const counts = cells.filter((_, index) => index % 2 === 1).map(Number);
    const [files = NaN, ...parts] = counts;
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0),
      files,
    );
    assert.ok(files > 0);
  });
});

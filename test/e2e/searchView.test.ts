import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { after, before, describe, it } from 'mocha';
import { searchInPick, searchInView, untilAnswered } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

const project = join(import.meta.dirname, '../..');

/* The search view by keyboard alone, as someone does who never touches a mouse. */
describe('the search view by keyboard', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      workspace: join(project, 'src'),
      // The browser's VS Code saves by itself otherwise.
      settings: { 'files.autoSave': 'off' },
    });
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.untilIndexed();
  });
  after(async () => workbench.close());

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await workbench.page.keyboard.press(key);
  }

  /** The first result has the focus. */
  async function goToResults(query: string): Promise<Frame> {
    const view = await searchInView(workbench, query);
    await view.getByRole('combobox', { name: 'Search by meaning' }).press('ArrowDown');
    await view.locator('.row.result [role=treeitem]:focus').waitFor();
    return view;
  }

  /** What the clipboard has, as an untitled editor shows it when it is pasted. */
  async function pasted(): Promise<string> {
    await workbench.runCommand('File: New Untitled Text File');
    await workbench.activeTab.filter({ hasText: 'Untitled' }).waitFor();
    const lines = workbench.page.locator('.editor-group-container.active .view-lines');
    await lines.click();
    await press('ControlOrMeta+V');
    await lines.filter({ hasText: /\S/ }).waitFor();
    const text = await lines.innerText();
    await workbench.runCommand('View: Revert and Close Editor');
    return text.replaceAll('\u00a0', ' ');
  }

  /** Chooses an entry of VS Code's context menu, which is open. */
  async function chooseInMenu(name: string): Promise<void> {
    await workbench.page.getByRole('menuitem', { name, exact: true }).waitFor();
    for (let step = 0; step < 12; step++) {
      await press('ArrowDown');
      if ((await workbench.page.locator('.action-item.focused', { hasText: name }).count()) > 0) break;
    }
    await press('Enter');
    await workbench.page.locator('.monaco-menu').first().waitFor({ state: 'detached' });
  }

  it('peeks at a result without leaving the editor', async () => {
    await workbench.openFile('emitter.ts');
    await goToResults('debounce and coalesce file events');
    await press('Alt+F12');
    await workbench.page.locator('.peekview-widget .filename').waitFor();
    await workbench.activeTab.filter({ hasText: 'emitter.ts' }).waitFor();
    await workbench.screenshot('view-peek');
    await press('Escape');
    await workbench.page.locator('.peekview-widget').waitFor({ state: 'detached' });
  });

  it('copies code by its key and the place by the context menu', async () => {
    const view = await goToResults('debounce and coalesce file events');
    const name = await view.locator('[role=treeitem]:focus .name').innerText();
    await press('ControlOrMeta+C');
    assert.ok((await pasted()).includes(name.split('.').at(-1) ?? name), name);
    const again = await goToResults('debounce and coalesce file events');
    const place = await again.locator('[role=treeitem]:focus').getAttribute('title');
    await press('Shift+F10');
    await workbench.page.locator('.monaco-menu').first().waitFor();
    await workbench.screenshot('view-menu');
    await chooseInMenu('Copy Relative Path with Line');
    assert.equal((await pasted()).trim(), place);
  });

  it('shows similar code and goes back to the row', async () => {
    const view = await goToResults('rejects every pending call when the channel has died');
    const title = (await view.locator('[role=treeitem]:focus').getAttribute('title')) ?? '';
    await press('Shift+F12');
    await view.getByRole('group', { name: /^Similar to / }).waitFor();
    await view.locator(`[role=treeitem]:focus:not([title="${title}"])`).waitFor();
    await workbench.screenshot('view-similar');
    await press('Escape');
    await view.locator(`[role=treeitem][title="${title}"]:focus`).waitFor();
    assert.equal(await view.getByRole('group', { name: /^Similar to / }).isVisible(), false);
  });

  it('keeps similar code over hide and show', async () => {
    await goToResults('rejects every pending call when the channel has died');
    await press('Shift+F12');
    await (await workbench.webview('Results')).getByRole('group', { name: /^Similar to / }).waitFor();
    await workbench.openContainer('Explorer');
    await workbench.openContainer('CodeWeaver');
    const view = await workbench.webview('Results');
    await view.getByRole('group', { name: /^Similar to / }).waitFor();
    await view.getByRole('treeitem').first().waitFor();
  });

  it('takes over the similar code of a selection from the quick pick', async () => {
    await workbench.openFile('latencyLog.ts:10');
    await workbench.runCommand('CodeWeaver: Find Similar to Selection');
    await workbench.quickPick.first().waitFor();
    await workbench.page.getByRole('button', { name: 'Show in Search View' }).press('Enter');
    const view = await workbench.webview('Results');
    await view.getByRole('group', { name: 'Similar to latencyLog.ts:10' }).waitFor();
    await view.locator('[role=treeitem]:focus').waitFor();
  });

  it('brings back earlier queries with the arrow keys', async () => {
    const view = await goToResults('crash policy');
    await press('Enter');
    await workbench.activeTab.waitFor();
    await searchInView(workbench, 'status bar item');
    await view.getByRole('combobox', { name: 'Search by meaning' }).press('Alt+ArrowUp');
    await untilAnswered(workbench, 'crash policy');
    await press('Alt+ArrowDown');
    await untilAnswered(workbench, 'status bar item');
  });

  it('saves, pins, renames, removes and brings back a search', async () => {
    await searchInView(workbench, 'latency log percentile');
    await workbench.runCommand('CodeWeaver: Save Search');
    const view = await workbench.webview('Results');
    await view.locator('[aria-label="Save search"][aria-pressed="true"]').waitFor();
    await view.getByRole('combobox', { name: 'Search by meaning' }).fill('');
    await view.getByRole('combobox', { name: 'Search by meaning' }).press('ArrowDown');
    await view.locator('.entry-name:focus').filter({ hasText: 'latency log percentile' }).waitFor();

    await press('Shift+F10');
    await chooseInMenu('Pin');
    await view.locator('.entry-name').filter({ hasText: 'pinned' }).waitFor();
    await view.getByRole('combobox', { name: 'Search by meaning' }).press('ArrowDown');
    await press('F2');
    await workbench.quickInput.fill('Percentiles');
    await press('Enter');
    await view.locator('.entry-name').filter({ hasText: 'Percentiles' }).waitFor();
    await workbench.screenshot('view-saved');

    await view.getByRole('combobox', { name: 'Search by meaning' }).press('ArrowDown');
    await press('Delete');
    await view.getByText('“Percentiles” was removed from the saved searches.').waitFor();
    await view.getByRole('button', { name: 'Undo' }).press('Enter');
    await view.locator('.entry-name').filter({ hasText: 'Percentiles' }).waitFor();
  });

  it('offers saved searches in the quick pick', async () => {
    await searchInPick(workbench, '');
    await workbench.quickPickRow(/Percentiles/).waitFor();
    await workbench.screenshot('view-saved-pick');
    await workbench.quickPickRow(/Percentiles/).click();
    await workbench.quickPick.filter({ hasText: 'latencyLog.ts' }).first().waitFor();
    await press('Escape');
  });

  it('counts what is new in a pinned search until the quick pick has shown it', async () => {
    const view = await searchInView(workbench, 'latency log percentile');
    // What is looked at this long is remembered.
    await workbench.page.waitForTimeout(2_000);
    const box = view.getByRole('combobox', { name: 'Search by meaning' });
    await box.fill('');
    const lines = Array.from({ length: 9 }, (_, line) => `  const percentile${line} = log.percentile(${line});`);
    await writeFile(
      join(workbench.folder, 'zebra.ts'),
      `export function latencyLogPercentile(log: LatencyLog): void {\n${lines.join('\n')}\n}\n`,
    );
    // Found by another question than the pinned one, which it is then new to.
    await searchInView(workbench, 'latencyLogPercentile');
    await view.getByRole('treeitem', { name: 'latencyLogPercentile :1' }).waitFor();
    await box.fill('');
    const entry = view.locator('.entry-name').filter({ hasText: 'Percentiles' });
    await entry.filter({ hasText: '1 new' }).waitFor();
    await searchInPick(workbench, '');
    await workbench.quickPickRow(/Percentiles/).click();
    await workbench.quickPick.filter({ hasText: 'zebra.ts' }).first().waitFor();
    await entry.filter({ hasNotText: 'new' }).waitFor();
    await press('Escape');
  });

  it('forgets the history when it is told to', async () => {
    await workbench.runCommand('CodeWeaver: Open Search View');
    const view = await workbench.webview('Results');
    await view.getByRole('combobox', { name: 'Search by meaning' }).fill('');
    await view.getByRole('heading', { name: 'Recent' }).waitFor();
    await workbench.runCommand('CodeWeaver: Clear Search History');
    await view.getByRole('heading', { name: 'Recent' }).waitFor({ state: 'hidden' });
    await view.locator('.entry-name').filter({ hasText: 'Percentiles' }).waitFor();
  });

  it('marks a result that comes from unsaved text', async () => {
    await workbench.openFile('middleLine.ts');
    await workbench.page.locator('.editor-group-container.active .view-lines').click();
    await press('ControlOrMeta+End');
    await workbench.page.keyboard.insertText(
      '\nexport function zebraCrossingLights(): string {\n  return "amber";\n}\n',
    );
    const view = await searchInView(workbench, 'zebraCrossingLights');
    // It stands with its small neighbours in one chunk.
    const hit = view.getByRole('treeitem', { name: /middleLine\.ts.*Unsaved changes/ }).first();
    await hit.waitFor();
    for (const theme of ['dark', 'light', 'hc-black', 'hc-light'] as const) {
      await workbench.setTheme(theme);
      assert.ok(await hit.locator('.unsaved').isVisible());
      await workbench.screenshot(`view-unsaved-${theme}`);
    }
  });

  it('has saved searches again after a restart', async () => {
    await workbench.reload();
    await workbench.runCommand('CodeWeaver: Open Search View');
    const view = await workbench.webview('Results');
    await view.getByRole('combobox', { name: 'Search by meaning' }).fill('');
    await view.locator('.entry-name').filter({ hasText: 'Percentiles' }).waitFor();
  });
});

import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { indexedWorkspace, until } from '../support/extensionHost.ts';

const run = async (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);

describe('commands', () => {
  before(async () => indexedWorkspace());
  afterEach(async () => run('workbench.action.closeAllEditors'));

  it('search in a quick pick, and Enter opens the hit at its line', async () => {
    await run('codeweaver.search', 'retryWithBackoff');
    await until('the hit', async () => {
      await run('workbench.action.acceptSelectedQuickOpenItem');
      return vscode.window.activeTextEditor?.document.uri.path.endsWith('server/retry.ts') ?? false;
    });
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 0);
  });

  it('leave the editor as it was when the pick is left', async () => {
    await run('codeweaver.search', 'retryWithBackoff');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await run('workbench.action.quickOpenSelectNext');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await run('workbench.action.closeQuickOpen');
    await until('no editor', () => vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0));
  });

  it('show one performance panel, however often they are asked', async () => {
    await run('codeweaver.showPerformance');
    await run('codeweaver.showPerformance');
    const panels = (): vscode.Tab[] =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('codeweaver'));
    await until('the panel', () => panels().length > 0);
    assert.equal(panels().length, 1);
  });

  it('measure the machine and show what was found', async function () {
    this.timeout(120_000);
    await run('codeweaver.runBenchmark');
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.equal(document?.languageId, 'markdown');
    assert.match(document.getText(), /\| Health check +\| < 5 ms +\|/);
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  for (const [command, extension] of [
    ['codeweaver.recordCpuProfile', '.cpuprofile'],
    ['codeweaver.recordHeapProfile', '.heapprofile'],
  ] as const) {
    it(`record a profile of the engine and open it in the viewer of ${extension}`, async () => {
      await run(command, 1);
      await until('the viewer', () => {
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        if (!(input instanceof vscode.TabInputCustom)) return false;
        return input.viewType.startsWith('jsProfileVisualizer') && input.uri.path.endsWith(extension);
      });
    });
  }

  it('ask for how long a profile is recorded, and record nothing when they are left', async () => {
    let isLeft = false;
    const recording = run('codeweaver.recordCpuProfile').then(() => (isLeft = true));
    await until('the question left', async () => {
      await run('workbench.action.closeQuickOpen');
      return isLeft;
    });
    await recording;
    assert.ok(vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0));
  });

  it('compare answers of the index with those of comparing all vectors', async () => {
    await run('codeweaver.checkRecall');
    const [folder] = (await (await indexedWorkspace()).status()).folders;
    assert.equal(folder?.vectorIndex?.recall?.at10, 1);
  });

  it('open the search view', async () => {
    await run('codeweaver.openSearchView');
  });
});

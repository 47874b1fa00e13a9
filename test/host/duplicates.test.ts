import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { DuplicateGroup, DuplicateMember } from '../../src/protocol/duplicates.ts';
import { CancelledError } from '../../src/protocol/errors.ts';
import type { SearchFilter } from '../../src/protocol/types.ts';
import { Duplicates } from '../../src/vscode/duplicates.ts';
import type { Folders } from '../../src/vscode/folders.ts';
import { readSettings } from '../../src/vscode/settings.ts';
import type { DuplicatesView } from '../../src/vscode/views/duplicatesView.ts';
import { finds, indexedWorkspace, until, workspaceUri, writeFile } from '../support/extensionHost.ts';

const run = async (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);

const otter = `export function feedOtters(otters: readonly Otter[], fish: Fish[]): Report {
  const report: Report = { fed: 0, hungry: [] };
  for (const otter of otters) {
    const meal = fish.find((candidate) => candidate.weight <= otter.appetite);
    if (meal === undefined) {
      report.hungry.push(otter.name);
      continue;
    }
    fish.splice(fish.indexOf(meal), 1);
    otter.eat(meal);
    report.fed++;
  }
  return report;
}
`;

describe('near-duplicates', () => {
  before(async () => {
    await indexedWorkspace();
    await writeFile('scratch/zoo/otters.ts', otter);
    await writeFile(
      'scratch/farm/seals.ts',
      `// Copied.\n${otter.replaceAll('otter', 'seal').replaceAll('Otter', 'Seal')}`,
    );
    await until('the original', () => finds('otters hungry', 'scratch/zoo/otters.ts'));
    await until('the copy', () => finds('seals hungry', 'scratch/farm/seals.ts'));
  });
  afterEach(async () => run('workbench.action.closeAllEditors'));
  after(async () => {
    await run('codeweaver.view.duplicates.clear');
    await vscode.workspace.fs.delete(workspaceUri('scratch'), { recursive: true });
  });

  async function found(): Promise<string> {
    await vscode.env.clipboard.writeText('');
    await run('codeweaver.view.duplicates.copy');
    return vscode.env.clipboard.readText();
  }

  it('are found in the workspace and copied as Markdown', async () => {
    await run('codeweaver.findDuplicates');
    const text = await found();
    assert.match(text, /^# Near-Duplicates\n\n8 or more lines, at least 80\s?% alike\n/u);
    assert.match(text, /## feed(?:Otters|Seals)\n\n2 copies, 1[45] lines, /u);
    assert.match(text, /- `scratch\/farm\/seals\.ts:\d-15` \(/u);
    assert.match(text, /- `scratch\/zoo\/otters\.ts:1-14` \(/u);
  });

  it('are looked for in one directory only, also when asked again', async () => {
    await run('codeweaver.findDuplicates', workspaceUri('scratch/zoo'));
    assert.doesNotMatch(await found(), /otters/u);
    await run('codeweaver.view.duplicates.refresh');
    assert.doesNotMatch(await found(), /otters/u);
    await run('codeweaver.findDuplicates', workspaceUri('scratch'));
    assert.match(await found(), /otters/u);
  });

  it('are looked for again where those that are shown are from, not where the user stopped looking', async () => {
    const asked: (SearchFilter | undefined)[] = [];
    const shown: unknown[] = [];
    const report = { groups: [], found: 0, chunks: 0, threshold: 0.8, minLines: 8, byVectors: true, totalMs: 0 };
    let stopped = false;
    const folder = { id: 'folder', name: 'shop', uri: workspaceUri() };
    const duplicates = new Duplicates({
      engine: {
        findDuplicates: async ({ filter }) => {
          asked.push(filter);
          return stopped ? Promise.reject(new CancelledError()) : Promise.resolve(report);
        },
        on: () => () => undefined,
      },
      configuration: { settings: readSettings() },
      folders: {
        all: [folder],
        locate: (uri: vscode.Uri) => ({ folder, path: vscode.workspace.asRelativePath(uri) }),
      } as unknown as Folders,
      opener: { open: async () => assert.fail() },
      overview: { search: { index: 'ready' } },
      view: { show: (...given: unknown[]) => shown.push(given[1]) } as unknown as DuplicatesView,
      start: async () => Promise.resolve(),
    });
    await duplicates.find(workspaceUri('scratch/zoo'));
    stopped = true;
    await duplicates.find(undefined);
    stopped = false;
    await duplicates.refresh();
    assert.deepEqual(
      asked.map((filter) => filter?.paths),
      [['scratch/zoo/**'], undefined, ['scratch/zoo/**']],
    );
    assert.deepEqual(shown, Array(2).fill({ isWhole: true, within: 'scratch/zoo' }));
  });

  it('are compared with the first, by their lines alone, and opened at their place', async () => {
    const folderId = workspaceUri().toString().replace(/\/$/u, '');
    const member = (path: string, startLine: number): DuplicateMember => ({
      ...{ folderId, path, startLine, endLine: startLine + 2, symbol: '', kind: 'function' },
      ...{ language: 'typescript', likeness: 1 },
    });
    const members = [member('scratch/zoo/otters.ts', 1), member('scratch/farm/seals.ts', 2)];
    const group: DuplicateGroup = { members, likeness: 1, savedLines: 3 };
    await run('codeweaver.view.duplicates.compare', { type: 'member', group, member: members[1] });
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.equal(tab?.label, 'otters.ts:1-3 ↔ seals.ts:2-4');
    assert.ok(tab.input instanceof vscode.TabInputTextDiff);
    const texts = await Promise.all(
      [tab.input.original, tab.input.modified].map(async (uri) => vscode.workspace.openTextDocument(uri)),
    );
    assert.deepEqual(
      texts.map((document) => [document.languageId, document.lineCount, document.lineAt(0).text.slice(0, 25)]),
      [
        ['typescript', 3, 'export function feedOtter'],
        ['typescript', 3, 'export function feedSeals'],
      ],
    );
    await run('codeweaver.view.duplicates.open', { type: 'member', group, member: members[1] });
    const editor = vscode.window.activeTextEditor;
    assert(editor);
    assert.ok(editor.document.uri.path.endsWith('farm/seals.ts'));
    assert.equal(editor.selection.active.line, 1);
  });

  it('do nothing with arguments of another shape', async () => {
    await run('codeweaver.view.duplicates.open', 7);
    await run('codeweaver.view.duplicates.compare');
    assert.ok(vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0));
  });
});

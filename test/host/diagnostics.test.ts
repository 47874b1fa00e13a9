import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { indexedWorkspace, until, workspaceUri } from '../support/extensionHost.ts';

describe('Report Diagnostics', () => {
  after(async () => {
    for (let open = 0; open < 2; open++)
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  /** The unsaved document that comes up with this in it. */
  async function report(kind: string, content: RegExp): Promise<string> {
    await indexedWorkspace();
    await vscode.commands.executeCommand('codeweaver.reportDiagnostics', kind);
    const shown = (): vscode.TextDocument | undefined => vscode.window.activeTextEditor?.document;
    await until('the report', () => content.test(shown()?.getText() ?? ''));
    assert.deepEqual([shown()?.isUntitled, shown()?.languageId], [true, 'markdown']);
    return shown()?.getText() ?? '';
  }

  it('opens a document without names and paths', async () => {
    const text = await report('redacted', /"folderId": "folder-[0-9a-f]{8}"/u);
    assert.match(text, /\| CodeWeaver Search \| \d/u);
    assert.match(text, /\| parse +\|/u);
    assert.match(text, /info Activated activationMs=\d+/u);
    const { fsPath } = workspaceUri();
    for (const told of [fsPath, homedir(), 'retry.ts']) assert.ok(!text.includes(told), told);
  });

  it('or with them, where the user says so', async () => {
    const text = await report('named', /"root": "\//u);
    assert.ok(text.includes(workspaceUri().fsPath));
  });
});

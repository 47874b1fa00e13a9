import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { indexedWorkspace, workspaceUri } from '../support/extensionHost.ts';

describe('Report Diagnostics', () => {
  async function report(kind: string): Promise<string> {
    await indexedWorkspace();
    await vscode.commands.executeCommand('codeweaver.reportDiagnostics', kind);
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.equal(document?.isUntitled, true);
    assert.equal(document.languageId, 'markdown');
    const text = document.getText();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    return text;
  }

  it('opens a document without names and paths', async () => {
    const text = await report('redacted');
    assert.match(text, /\| CodeWeaver Search \| \d/u);
    assert.match(text, /"folderId": "folder-[0-9a-f]{8}"/u);
    assert.match(text, /\| parse +\|/u);
    assert.match(text, /info Activated activationMs=\d+/u);
    const { fsPath } = workspaceUri();
    for (const told of [fsPath, homedir(), 'retry.ts']) assert.ok(!text.includes(told), told);
  });

  it('or with them, where the user says so', async () => {
    assert.ok((await report('named')).includes(workspaceUri().fsPath));
  });
});

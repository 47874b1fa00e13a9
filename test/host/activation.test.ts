import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import manifest from '../../package.json' with { type: 'json' };

const extensionId = `${manifest.publisher}.${manifest.name}`;

describe('the extension in VS Code', () => {
  it('is installed under its published name', () => {
    assert.ok(vscode.extensions.getExtension(extensionId));
  });

  it('activates', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });

  it('registers every command that its manifest contributes', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });
});

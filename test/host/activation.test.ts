import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import manifest from '../../package.json' with { type: 'json' };
import { extension } from '../support/extensionHost.ts';

/** DESIGN: activation <= 50 ms. Ten times that means that something heavy has crept in, on however slow a machine. */
const heavyMs = 500;

describe('the extension in VS Code', () => {
  it('activates without starting anything heavy', async () => {
    const { activationMs } = await extension().activate();
    console.log(`Activated in ${activationMs.toFixed(1)} ms`);
    assert.equal(extension().isActive, true);
    assert.ok(activationMs < heavyMs);
  });

  it('registers every command that its manifest contributes', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('answers other extensions by its API', async () => {
    const api = await extension().activate();
    const { folders } = await api.status();
    assert.equal(folders.length, 1);
    const { ok, checks } = await api.health();
    assert.ok(ok, JSON.stringify(checks));
    const cancelled = new vscode.CancellationTokenSource();
    cancelled.cancel();
    await assert.rejects(api.search({ query: 'anything' }, cancelled.token), { code: 'Cancelled' });
  });
});

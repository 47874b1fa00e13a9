import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { finds, indexedWorkspace, setSetting, until } from '../support/extensionHost.ts';

describe('settings', () => {
  before(async () => indexedWorkspace());
  afterEach(async () => {
    for (const key of ['files.exclude', 'search.k']) await setSetting(key, undefined);
    await vscode.workspace.getConfiguration('files').update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('that exclude files take effect at once, and back', async () => {
    await setSetting('files.exclude', ['tools/**']);
    await until('the file excluded', async () => !(await finds('csv', 'tools/importCsv.rs')));
    await setSetting('files.exclude', undefined);
    await until('the file again', () => finds('csv', 'tools/importCsv.rs'));
  });

  it('of VS Code that exclude files are obeyed', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('exclude', { 'tools/': true, tools: true }, vscode.ConfigurationTarget.Workspace);
    await until('the file excluded', async () => !(await finds('csv', 'tools/importCsv.rs')));
  });

  it('of the search change the answer of the next one', async () => {
    const api = await indexedWorkspace();
    const count = async (): Promise<number> => (await api.search({ query: 'parcel' })).results.length;
    assert.ok((await count()) > 2);
    await setSetting('search.k', 2);
    await until('two results', async () => (await count()) === 2);
  });

  it('are declared with a default that VS Code hands out', () => {
    const configuration = vscode.workspace.getConfiguration('codeweaver');
    assert.equal(configuration.get('search.k'), 20);
    assert.equal(configuration.get('embedding.provider'), 'embedded');
    assert.equal(configuration.get('embedding.dimensions'), null);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SearchFilter } from '../../src/protocol/types.ts';
import { Folders } from '../../src/vscode/folders.ts';
import { QueryScopes, type ScopedRequest } from '../../src/vscode/queryScopes.ts';
import { until, workspaceUri, writeFile } from '../support/extensionHost.ts';
import { createRecordingEngine } from '../support/recordingEngine.ts';

const { signal } = new AbortController();

describe('tokens of a query in the editor', () => {
  let folders: Folders;
  let scopes: QueryScopes;

  before(() => {
    const onError = (_folder: unknown, error: unknown): void => assert.fail(String(error));
    folders = new Folders({ engine: createRecordingEngine(), indexesUri: workspaceUri('.indexes'), onError });
    scopes = new QueryScopes(folders);
  });
  after(() => folders.dispose());
  afterEach(async () => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const ask = async (query: string, filter?: SearchFilter): Promise<ScopedRequest> =>
    scopes.resolve({ query, k: 5, ...(filter && { filter }) }, signal);

  async function filesOf(query: string): Promise<string[] | string> {
    const scoped = await ask(query);
    if ('notice' in scoped) return scoped.notice.message;
    const files = scoped.request.filter?.files ?? [];
    assert.ok(files.every(({ folderId }) => folderId === folders.all[0]?.id));
    return files.map(({ path }) => path).sort();
  }

  it('become a filter, beside that of the request', async () => {
    assert.deepEqual(await ask('retry', { paths: ['a'] }), {
      request: { query: 'retry', k: 5, filter: { paths: ['a'] } },
    });
    assert.deepEqual(await ask('lang:ts retry -test', { paths: ['a'] }), {
      request: {
        query: 'retry',
        k: 5,
        filter: { languages: ['typescript'], tests: 'exclude', and: { paths: ['a'] } },
      },
    });
  });

  it('alone list nothing', async () => {
    assert.match(String(await filesOf('lang:ts')), /Add words/);
  });

  it('keep to open editors: of every group, behind others, and both sides of a comparison', async () => {
    assert.match(String(await filesOf('x in:open')), /No file of the workspace is open/);
    const open = async (path: string, viewColumn: vscode.ViewColumn): Promise<unknown> =>
      vscode.window.showTextDocument(workspaceUri(path), { preview: false, viewColumn });
    await open('server/retry.ts', 1);
    await open('server/median.go', 1);
    await open('README.md', 2);
    await vscode.commands.executeCommand(
      'vscode.diff',
      workspaceUri('tools/importCsv.rs'),
      workspaceUri('server/passwords.py'),
    );
    await vscode.workspace
      .openTextDocument({ content: 'untitled' })
      .then((text) => vscode.window.showTextDocument(text));
    const expected = ['README.md', 'server/median.go', 'server/passwords.py', 'server/retry.ts', 'tools/importCsv.rs'];
    await until('the tabs', async () => (await filesOf('x in:open')).length === expected.length);
    assert.deepEqual(await filesOf('x in:open'), expected);
  });

  it('keep to what git calls changed, once there is a repository', async () => {
    assert.match(String(await filesOf('x in:changed')), /needs a git repository/);
    const root = workspaceUri().fsPath;
    const git = (...args: string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], {
        cwd: root,
        stdio: 'pipe',
      });
    git('init');
    try {
      await vscode.commands.executeCommand('git.openRepository', root);
      git('add', '.');
      git('commit', '-m', 'All');
      await until('nothing changed', async () => /has changed since/.test(String(await filesOf('x in:changed'))));
      await writeFile('server/staged.ts', 'export const staged = 1;\n');
      git('add', 'server/staged.ts');
      await writeFile('docs/new/untracked.md', '# New\n');
      await writeFile('server/median.go', 'package server\n');
      const expected = ['docs/new/untracked.md', 'server/median.go', 'server/staged.ts'];
      await until('the changes', async () => (await filesOf('x in:changed')).length === expected.length);
      assert.deepEqual(await filesOf('x in:changed'), expected);
      await vscode.window.showTextDocument(workspaceUri('README.md'));
      assert.deepEqual(await filesOf('in:open x in:changed'), ['README.md', ...expected]);
      await vscode.workspace.getConfiguration('git').update('enabled', false, vscode.ConfigurationTarget.Workspace);
      await until('no git', async () => /switched off/.test(String(await filesOf('x in:changed'))));
    } finally {
      await vscode.workspace.getConfiguration('git').update('enabled', undefined, vscode.ConfigurationTarget.Workspace);
      await vscode.workspace.fs.delete(workspaceUri('.git'), { recursive: true });
      for (const path of ['server/staged.ts', 'docs/new'])
        await vscode.workspace.fs.delete(workspaceUri(path), { recursive: true });
    }
  });
});

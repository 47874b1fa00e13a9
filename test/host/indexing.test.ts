import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { finds, indexedWorkspace, until, workspaceUri, writeFile } from '../support/extensionHost.ts';

const { fs } = vscode.workspace;

describe('the index of the workspace', () => {
  before(async () => indexedWorkspace());
  after(async () => fs.delete(workspaceUri('scratch'), { recursive: true }));

  it('is made without being asked, and its counts sum up', async () => {
    const api = await indexedWorkspace();
    const [folder] = (await api.status()).folders;
    assert(folder);
    const { discovered, indexed, pending, failed, skipped } = folder.counts;
    assert.equal(indexed + pending + failed + skipped, discovered);
    assert.ok(indexed >= 8);
    assert.ok(await finds('retry backoff jitter', 'server/retry.ts'));
  });

  it('leaves out what git ignores', async () => {
    const api = await indexedWorkspace();
    const { results } = await api.search({ query: 'bundle', filter: { paths: ['build/**'] } });
    assert.deepEqual(results, []);
  });

  it('finds a new file, its new content, and nothing once it is deleted', async () => {
    await writeFile('scratch/a.ts', 'export function turtle(): void {}\n');
    await until('the new file', () => finds('turtle', 'scratch/a.ts'));
    await writeFile('scratch/a.ts', 'export function tortoise(): void {}\n');
    await until('the new content', () => finds('tortoise', 'scratch/a.ts'));
    assert.equal(await finds('turtle', 'scratch/a.ts'), false);
    await fs.delete(workspaceUri('scratch/a.ts'));
    await until('the end of it', async () => !(await finds('tortoise', 'scratch/a.ts')));
  });

  it('follows a renamed folder', async () => {
    await writeFile('scratch/old/b.ts', 'export const marmot = 1;\n');
    await until('the file', () => finds('marmot', 'scratch/old/b.ts'));
    await fs.rename(workspaceUri('scratch/old'), workspaceUri('scratch/new'));
    await until('the file at its new place', () => finds('marmot', 'scratch/new/b.ts'));
    await until('the old place empty', async () => !(await finds('marmot', 'scratch/old/b.ts')));
  });

  it('follows a folder that is deleted as a whole', async () => {
    await writeFile('scratch/pit/a.ts', 'export const badger = 1;\n');
    await writeFile('scratch/pit/deep/b.ts', 'export const weasel = 1;\n');
    await until(
      'both files',
      async () => (await finds('badger', 'scratch/pit/a.ts')) && finds('weasel', 'scratch/pit/deep/b.ts'),
    );
    await fs.delete(workspaceUri('scratch/pit'), { recursive: true });
    await until(
      'neither file',
      async () => !(await finds('badger', 'scratch/pit/a.ts')) && !(await finds('weasel', 'scratch/pit/deep/b.ts')),
    );
  });

  it('obeys an ignore file that is edited', async () => {
    await writeFile('scratch/c.ts', 'export const lynx = 1;\n');
    await until('the file', () => finds('lynx', 'scratch/c.ts'));
    await writeFile('scratch/.gitignore', 'c.ts\n');
    await until('the file ignored', async () => !(await finds('lynx', 'scratch/c.ts')));
    await fs.delete(workspaceUri('scratch/.gitignore'));
    await until('the file again', () => finds('lynx', 'scratch/c.ts'));
  });

  it('has the unsaved text of an editor, marked as such, until it is reverted', async () => {
    await writeFile('scratch/d.ts', 'export const heron = 2;\n');
    await until('the file', () => finds('heron', 'scratch/d.ts'));
    const editor = await vscode.window.showTextDocument(workspaceUri('scratch/d.ts'));
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'export const beak = 1;\n'));
    const api = await indexedWorkspace();
    await until('the unsaved text', async () => {
      const { results } = await api.search({ query: 'beak' });
      return results.some(({ path, unsaved }) => path === 'scratch/d.ts' && unsaved);
    });
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('the text on disk', async () => !(await finds('beak', 'scratch/d.ts')));
    assert.ok(await finds('heron', 'scratch/d.ts'));
  });

  it('has what the editor saves, not marked any more', async () => {
    const editor = await vscode.window.showTextDocument(workspaceUri('scratch/d.ts'));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'export const nest = 3;\n'));
    await editor.document.save();
    const api = await indexedWorkspace();
    await until('the saved text', async () => {
      const { results } = await api.search({ query: 'nest' });
      return results.some(({ path, unsaved }) => path === 'scratch/d.ts' && !unsaved);
    });
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('follows nothing while it is paused and catches up afterwards', async () => {
    await vscode.commands.executeCommand('codeweaver.pauseIndexing');
    await writeFile('scratch/e.ts', 'export const stoat = 1;\n');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(await finds('stoat', 'scratch/e.ts'), false);
    await vscode.commands.executeCommand('codeweaver.resumeIndexing');
    await until('the file', () => finds('stoat', 'scratch/e.ts'));
  });

  it('comes back as it was when it is rebuilt', async () => {
    const api = await indexedWorkspace();
    const before = (await api.status()).folders[0]?.counts.indexed;
    await vscode.commands.executeCommand('codeweaver.rebuildIndex');
    await until('the same files', async () => (await api.status()).folders[0]?.counts.indexed === before);
    assert.ok(await finds('retry backoff jitter', 'server/retry.ts'));
  });
});

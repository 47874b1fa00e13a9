import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import manifest from '../../package.json' with { type: 'json' };
import type { SearchRequest, SearchResult } from '../../src/protocol/types.ts';
import type { CodeWeaverApi } from '../../src/vscode/publicApi.ts';

/* For tests inside VS Code: the extension, the workspace it has open, and waiting for what the extension does by itself. */

const patienceMs = 20_000;

export function extension(): vscode.Extension<CodeWeaverApi> {
  const found = vscode.extensions.getExtension<CodeWeaverApi>(`${manifest.publisher}.${manifest.name}`);
  assert(found);
  return found;
}

/** The extension's API once the workspace is wholly indexed. */
export async function indexedWorkspace(): Promise<CodeWeaverApi> {
  const api = await extension().activate();
  await until('the workspace is indexed', async () => {
    const { folders } = await api.status();
    const [folder] = folders;
    return folder !== undefined && folder.phase === 'idle' && folder.updatedAt > 0 && folder.counts.pending === 0;
  });
  return api;
}

/** Waits until `holds`; fails by name when it does not in 20 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadlineMs = Date.now() + patienceMs; Date.now() < deadlineMs; await sleep(20)) {
    if (await holds()) return;
  }
  assert.fail(`In ${patienceMs} ms not seen: ${what}`);
}

async function resultsOf(request: SearchRequest): Promise<readonly SearchResult[]> {
  return (await (await extension().activate()).search(request)).results;
}

/** Whether the words are found in a file; by words, which needs no provider. */
export async function finds(words: string, path: string): Promise<boolean> {
  const results = await resultsOf({ query: words, mode: 'lexical' });
  return results.some((result) => result.path === path);
}

export function workspaceUri(path = ''): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert(folder);
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function writeFile(path: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(workspaceUri(path), new TextEncoder().encode(text));
}

export async function setSetting(key: string, value: unknown): Promise<void> {
  // Where code is sent is for the user alone to say.
  const isOfUser = /\.(?:baseUrl|headers|organization)$/u.test(key);
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration('codeweaver').update(key, value, isOfUser ? Global : Workspace);
}

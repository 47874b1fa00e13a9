import * as vscode from 'vscode';
import { abortable } from '../util/abortable.ts';

/* What is used of the API of VS Code's built-in Git extension, version 1 (extensions/git/src/api/git.d.ts). */
interface GitExtension {
  /** False: it was switched off when it started, and has no API. */
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}
interface GitApi {
  /** `initialized`: the repositories of the workspace have been looked for. */
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<GitApi['state']>;
  readonly repositories: readonly { readonly state: RepositoryState }[];
}
type Changes = readonly { readonly uri: vscode.Uri }[];
interface RepositoryState {
  readonly mergeChanges: Changes;
  readonly indexChanges: Changes;
  readonly workingTreeChanges: Changes;
  readonly untrackedChanges: Changes;
}

/** After this long without an answer the repositories found so far are all there are. */
const initializeTimeoutMs = 10_000;

/**
 * Files that differ from the last commit, staged or not, new and conflicting ones among them: as the Source Control view
 * has them, of all repositories. `disabled`: there is no Git extension; `noRepository`: it has none open.
 */
export async function gitChanges(signal: AbortSignal): Promise<readonly vscode.Uri[] | 'disabled' | 'noRepository'> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) return 'disabled';
  const git = await extension.activate();
  // Switched off while it runs, it keeps its API and closes its repositories.
  const isEnabled = vscode.workspace.getConfiguration('git').get('enabled', true);
  if (!git.enabled || !isEnabled) return 'disabled';
  const api = git.getAPI(1);
  await initialized(api, signal);
  if (api.repositories.length === 0) return 'noRepository';
  return api.repositories.flatMap(({ state }) =>
    [state.mergeChanges, state.indexChanges, state.workingTreeChanges, state.untrackedChanges]
      .flat()
      .map(({ uri }) => uri),
  );
}

async function initialized(api: GitApi, signal: AbortSignal): Promise<void> {
  if (api.state === 'initialized') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = api.onDidChangeState(() => resolve());
  const timer = setTimeout(resolve, initializeTimeoutMs);
  try {
    await abortable(promise, signal);
  } finally {
    subscription.dispose();
    clearTimeout(timer);
  }
}

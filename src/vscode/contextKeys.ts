import * as vscode from 'vscode';

/** The keys that `when` and `enablement` clauses of package.json ask for. */
export type ContextKey =
  | 'codeweaver.indexing'
  | 'codeweaver.paused'
  | 'codeweaver.pickVisible'
  | 'codeweaver.hasDuplicates'
  | 'codeweaver.inspectingChunks';

export function setContext(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}

import * as vscode from 'vscode';
import type { ViewAction } from '../protocol/views.ts';
import { commandIds, type CommandName } from './commandIds.ts';

/** The functions behind the commands. Arguments come from menus, keybindings and other extensions: any shape. */
export type Commands = Readonly<Record<CommandName, (argument?: unknown) => unknown>>;

/** Registers all commands. What one rejects with is handed to `onError` instead of VS Code's own raw message. */
export function registerCommands(commands: Commands, onError: (error: unknown) => void): vscode.Disposable {
  const names = Object.keys(commandIds) as CommandName[];
  return vscode.Disposable.from(
    ...names.map((name) =>
      vscode.commands.registerCommand(commandIds[name], async (argument?: unknown) => {
        try {
          return await commands[name](argument);
        } catch (error) {
          onError(error);
          return undefined;
        }
      }),
    ),
  );
}

const actionCommands: Readonly<Record<ViewAction, string>> = {
  allowReranking: commandIds.allowReranking,
  cancelIndexing: commandIds.cancelIndexing,
  indexWorkspace: commandIds.indexWorkspace,
  manageTrust: 'workbench.trust.manage',
  openFolder: 'vscode.openFolder',
  openSettings: commandIds.openSettings,
  raiseBudget: commandIds.setBudget,
  resumeIndexing: commandIds.resumeIndexing,
  runBenchmark: commandIds.runBenchmark,
  setApiKey: commandIds.setApiKey,
  showLog: commandIds.showLog,
  showPerformance: commandIds.showPerformance,
  undoRemoveSearch: commandIds.viewUndoRemoveSearch,
};

/** Does what a button in a page, a list or a message promises. */
export function runAction(action: ViewAction): void {
  void vscode.commands.executeCommand(actionCommands[action]);
}

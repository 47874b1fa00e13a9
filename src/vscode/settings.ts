import * as vscode from 'vscode';
import { editorExcludes, type Settings, toSettings } from './settingTable.ts';

const section = 'codeweaver';

/** Reads all settings; the one place of the product that does. */
export function readSettings(): Settings {
  const own = vscode.workspace.getConfiguration(section);
  const all = vscode.workspace.getConfiguration();
  return toSettings(
    (key) => own.get(key),
    (name) => all.get(name),
  );
}

/** Calls `listener` when a setting that {@link readSettings} reads has changed. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if ([section, ...editorExcludes].some((name) => event.affectsConfiguration(name))) listener();
  });
}

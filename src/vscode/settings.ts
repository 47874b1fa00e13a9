import * as vscode from 'vscode';
import { editorExcludes, type SettingKey, type Settings, toSettings } from './settingTable.ts';

const section = 'codeweaver';

/** Reads all settings. */
export function readSettings(): Settings {
  const own = vscode.workspace.getConfiguration(section);
  const all = vscode.workspace.getConfiguration();
  return toSettings(
    (key) => own.get(key),
    (name) => all.get(name),
  );
}

/** What the user wrote for one setting, or its default; unchecked. */
export function readSetting(key: SettingKey): unknown {
  return vscode.workspace.getConfiguration(section).get(key);
}

/** Calls `listener` when a setting that {@link readSettings} reads has changed. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if ([section, ...editorExcludes].some((name) => event.affectsConfiguration(name))) listener();
  });
}

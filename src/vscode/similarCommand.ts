import * as vscode from 'vscode';
import { toAppError } from '../protocol/errors.ts';
import type { SimilarSource } from '../protocol/viewLocation.ts';
import { fileName } from '../util/fileName.ts';
import { commandIds } from './commandIds.ts';
import type { Folders } from './folders.ts';
import { middleLine } from './middleLine.ts';
import type { SimilarPick } from './similarPick.ts';

const { l10n } = vscode;

/** Lists code like the selection of the active editor; says what to do where there is none to list. */
export async function findSimilar(folders: Folders, createPick: () => SimilarPick): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const located = editor && folders.locate(editor.document.uri);
  if (editor === undefined || located === undefined) {
    void vscode.window.showInformationMessage(l10n.t('Open a file of the workspace and go to the code in question.'));
    return;
  }
  const { path, folder } = located;
  const source: SimilarSource = { folderId: folder.id, path, line: middleLine(editor.selection) + 1 };
  try {
    await createPick().show(source, `${fileName(path)}:${source.line}`);
  } catch (error) {
    if (toAppError(error).code !== 'NotFound') throw error;
    await sayNotIndexed(path, editor.document.uri);
  }
}

async function sayNotIndexed(path: string, uri: vscode.Uri): Promise<void> {
  const why = l10n.t('Why?');
  const index = l10n.t('Index Workspace');
  const message = l10n.t('{0} is not indexed, so nothing similar can be found yet.', path);
  const choice = await vscode.window.showInformationMessage(message, why, index);
  if (choice === why) await vscode.commands.executeCommand(commandIds.whyFile, uri);
  if (choice === index) await vscode.commands.executeCommand(commandIds.indexWorkspace);
}

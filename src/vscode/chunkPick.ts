import * as vscode from 'vscode';
import type { InspectedChunk } from '../protocol/chunks.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import { showChunkDocument } from './chunkDocument.ts';
import { chunkName, chunksText, tokensText, vectorText } from './chunkTexts.ts';
import { fileName } from '../util/fileName.ts';
import type { Folders } from './folders.ts';
import { kindIcon, plainLabel } from './kindIcons.ts';
import type { LocationOpener } from './locationOpener.ts';
import type { WorkspaceIndex } from './workspaceIndex.ts';

const { l10n } = vscode;

export interface ChunkPickOptions {
  readonly engine: Pick<EngineApi, 'chunks'>;
  readonly folders: Folders;
  readonly index: Pick<WorkspaceIndex, 'start'>;
  readonly opener: LocationOpener;
}

interface ChunkItem extends vscode.QuickPickItem {
  readonly chunk: InspectedChunk;
}

/**
 * Lists the chunks of the active editor's file: what the chunk inspector draws, for the keyboard and for screen readers.
 * Enter goes there; the button shows the text that the model is given. Rejects with the engine's AppError.
 */
export async function pickChunk({ engine, folders, index, opener }: ChunkPickOptions): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const located = editor && folders.locate(editor.document.uri);
  if (editor === undefined || located === undefined) {
    void vscode.window.showInformationMessage(l10n.t('Choose a file of the workspace, or open one.'));
    return;
  }
  await index.start();
  const folderId = located.folder.id;
  const file = await engine.chunks(folderId, located.path);
  const line = editor.selection.active.line + 1;
  const pick = vscode.window.createQuickPick<ChunkItem>();
  pick.title = l10n.t('{0}: {1}', fileName(file.path), chunksText(file));
  pick.placeholder = l10n.t('Type to filter, Enter to go there');
  pick.matchOnDescription = true;
  pick.items = file.chunks.map(toItem);
  const here = pick.items.findLast(({ chunk }) => chunk.startLine <= line);
  if (here !== undefined) pick.activeItems = [here];
  const done = Promise.withResolvers<ChunkItem | undefined>();
  pick.onDidAccept(() => done.resolve(pick.activeItems[0]));
  pick.onDidHide(() => done.resolve(undefined));
  pick.onDidTriggerItemButton(({ item }) => void showChunkDocument(folderId, file.path, item.chunk));
  pick.show();
  const item = await done.promise;
  pick.dispose();
  if (item !== undefined) await opener.open({ ...item.chunk, folderId, path: file.path }, { preview: false });
}

function toItem(chunk: InspectedChunk): ChunkItem {
  const { startLine, endLine, tokens, kind } = chunk;
  const facts = [l10n.t('lines {0} to {1}', startLine, endLine), tokensText(tokens), vectorText(chunk)];
  return {
    label: `${kindIcon(kind)} ${plainLabel(chunkName(chunk))}`,
    description: facts.join(', '),
    buttons: [{ iconPath: new vscode.ThemeIcon('eye'), tooltip: l10n.t('Show what the model is given') }],
    chunk,
  };
}

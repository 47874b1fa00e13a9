import * as vscode from 'vscode';
import type { ViewLocation } from '../protocol/viewLocation.ts';
import type { HitAction } from '../protocol/views.ts';
import type { Folders } from './folders.ts';
import { type LocationOpener, rangeOf } from './locationOpener.ts';

export interface HitActionsOptions {
  readonly folders: Folders;
  readonly opener: LocationOpener;
}

/** Does what a key, a button or a menu entry of a hit promises. What cannot be read any more, the user is told. */
export async function runHitAction(
  action: HitAction,
  location: ViewLocation,
  { folders, opener }: HitActionsOptions,
): Promise<void> {
  const uri = folders.uriOf(location.folderId, location.path);
  if (uri === undefined) return opener.sayMissing(location);
  switch (action) {
    case 'peek':
      return peek(location, opener);
    case 'copyPath':
      return copy(uri.fsPath);
    case 'copyReference':
      return copy(`${location.path}:${location.startLine}`);
    case 'copyCode': {
      const document = await opener.read(location);
      // The lines as they are now, all of them: a snippet is cut.
      if (document !== undefined) await copy(document.getText(wholeLines(rangeOf(document, location))));
    }
  }
}

/** Over the active editor at its cursor; where there is none, over the hit itself. */
async function peek(location: ViewLocation, opener: LocationOpener): Promise<void> {
  const document = await opener.read(location);
  if (document === undefined) return;
  const editor = vscode.window.activeTextEditor ?? (await opener.open(location, { preview: true }));
  if (editor === undefined) return;
  const target = new vscode.Location(document.uri, rangeOf(document, location));
  await vscode.commands.executeCommand(
    'editor.action.peekLocations',
    editor.document.uri,
    editor.selection.active,
    [target],
    'peek',
  );
}

function wholeLines({ start, end }: vscode.Range): vscode.Range {
  return new vscode.Range(start.line, 0, end.line, end.character);
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}

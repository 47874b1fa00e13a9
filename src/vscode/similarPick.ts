import * as vscode from 'vscode';
import type { SimilarRequest } from '../protocol/engineApi.ts';
import type { Folders } from './folders.ts';
import type { LocationOpener } from './locationOpener.ts';
import { resultItem } from './pickItems.ts';
import type { Searches } from './searches.ts';

/** Lists code like the chunk at a place; typing filters the list, Enter opens. Rejects with the engine's AppError. */
export async function pickSimilar(
  request: SimilarRequest,
  { searches, folders, opener }: { searches: Searches; folders: Folders; opener: LocationOpener },
): Promise<void> {
  const name = request.path.slice(request.path.lastIndexOf('/') + 1);
  const { results } = await searches.findSimilar(request, new AbortController().signal);
  const names = folders.all.length > 1 ? new Map(folders.all.map((folder) => [folder.id, folder.name])) : undefined;
  const items = results.map((result) => ({
    ...resultItem(result, '', names?.get(result.folderId), []),
    alwaysShow: false,
    result,
  }));
  const choice = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Similar to {0}, line {1}', name, request.line),
    placeHolder:
      items.length === 0 ? vscode.l10n.t('Nothing similar was found.') : vscode.l10n.t('Type to filter, Enter to open'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (choice !== undefined) await opener.open(choice.result, { preview: false });
}

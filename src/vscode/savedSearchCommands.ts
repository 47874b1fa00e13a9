import * as vscode from 'vscode';
import type { SavedSearch, SavedSearchAction, SearchInput } from '../protocol/savedSearches.ts';
import type { ViewNotice } from '../protocol/views.ts';
import { maxSavedSearches } from './savedSearches.ts';
import type { SavedSearches } from './savedSearches.ts';

const { l10n } = vscode;

export async function saveSearch(saved: SavedSearches, input: SearchInput): Promise<void> {
  if (await saved.add(input)) return;
  void vscode.window.showWarningMessage(
    l10n.t('{0} searches are saved, which is the most there can be. Remove one first.', maxSavedSearches),
  );
}

/** Does what a button, a key or a menu entry of a saved search promises. An id that is gone is nobody's. */
export async function changeSavedSearch(saved: SavedSearches, action: SavedSearchAction, id: string): Promise<void> {
  switch (action) {
    case 'pin':
    case 'unpin':
      return saved.setPinned(id, action === 'pin');
    case 'remove':
      return saved.remove(id);
    case 'rename': {
      const search = saved.find(id);
      const name = search && (await askName(search));
      if (name !== undefined) await saved.rename(id, name);
    }
  }
}

/** That a search was removed, with the button that brings it back. */
export function removedNotice({ name }: SavedSearch): ViewNotice {
  const action = { id: 'undoRemoveSearch', label: l10n.t('Undo') } as const;
  return { severity: 'info', message: l10n.t('“{0}” was removed from the saved searches.', name), action };
}

async function askName({ name, query }: SavedSearch): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: l10n.t('Rename Saved Search'),
    prompt: l10n.t('Left empty, it is called by its query: {0}', query),
    value: name,
  });
}

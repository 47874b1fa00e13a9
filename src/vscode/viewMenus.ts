import { isRecord, isText } from '../protocol/checks.ts';
import type { SavedSearchAction } from '../protocol/savedSearches.ts';
import { parseLocation } from '../protocol/viewLocation.ts';
import { type HitAction, viewLimits } from '../protocol/views.ts';
import { type HitActionsOptions, runHitAction } from './hitActions.ts';
import { changeSavedSearch } from './savedSearchCommands.ts';
import type { SavedSearches } from './savedSearches.ts';
import type { SearchView } from './views/searchView.ts';

type MenuCommand = (argument: unknown) => Promise<void>;

/** The context menu of a hit. VS Code hands over the `data-vscode-context` of its row. */
export function hitMenu(options: HitActionsOptions & { readonly view: SearchView }) {
  const { opener, view } = options;
  const run =
    (action: HitAction): MenuCommand =>
    async (argument) => {
      const location = parseLocation(argument);
      if (location !== undefined) await runHitAction(action, location, options);
    };
  const open =
    (beside: boolean): MenuCommand =>
    async (argument) => {
      const location = parseLocation(argument);
      if (location !== undefined) await opener.open(location, { beside, preview: false });
    };
  const findSimilar: MenuCommand = async (argument) => {
    const location = parseLocation(argument);
    const title = isRecord(argument) ? argument['title'] : undefined;
    if (location === undefined || !isText(title, viewLimits.titleChars)) return;
    const { folderId, path, startLine } = location;
    await view.command({ name: 'findSimilar', source: { folderId, path, line: startLine }, title }, false);
  };
  return {
    viewOpen: open(false),
    viewOpenBeside: open(true),
    viewPeek: run('peek'),
    viewFindSimilar: findSimilar,
    viewCopyPath: run('copyPath'),
    viewCopyReference: run('copyReference'),
    viewCopyCode: run('copyCode'),
  };
}

/** The context menu of a saved search; its row's context has the id. */
export function savedSearchMenu(saved: SavedSearches) {
  const run =
    (action: SavedSearchAction): MenuCommand =>
    async (argument) => {
      const id = isRecord(argument) ? argument['id'] : undefined;
      if (isText(id, viewLimits.idChars)) await changeSavedSearch(saved, action, id);
    };
  return {
    viewPinSearch: run('pin'),
    viewUnpinSearch: run('unpin'),
    viewRenameSearch: run('rename'),
    viewRemoveSearch: run('remove'),
    viewUndoRemoveSearch: async () => saved.undoRemove(),
  };
}

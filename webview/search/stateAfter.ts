import type { SavedSearch } from '../../src/protocol/savedSearches.ts';
import { viewLimits } from '../../src/protocol/views.ts';
import type { SearchViewCommand } from '../../src/protocol/views.ts';
import type { SearchUiState } from './uiState.ts';

/** What a command changes in the UI state; undefined for those that do something else. */
export function stateAfter(command: SearchViewCommand, ui: SearchUiState): Partial<SearchUiState> | undefined {
  switch (command.name) {
    case 'clear':
      return { query: '' };
    case 'toggleGrouping':
      return { grouped: !ui.grouped };
    case 'toggleFilters':
      return { filtersShown: !ui.filtersShown };
    case 'search':
      return { query: command.query.slice(0, viewLimits.queryChars) };
    case 'searchSaved':
      return fieldsOf(command.search);
    default:
      return undefined;
  }
}

/** Query, mode and filters of a saved search; filters are shown. */
function fieldsOf({ query, mode, paths, languages, filter }: SavedSearch): Partial<SearchUiState> {
  const [kind] = filter.kinds ?? [];
  return { query, mode, paths, languages, kind, ...(Object.keys(filter).length > 0 && { filtersShown: true }) };
}

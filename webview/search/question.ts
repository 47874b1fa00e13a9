import type { SearchInput } from '../../src/protocol/savedSearches.ts';
import type { SearchViewSettings } from '../../src/protocol/views.ts';
import { parseQuery, typingPause, valuePauseMs } from '../../src/util/queryTokens.ts';
import type { Question } from './session.ts';
import { filterOf } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';

/** There is nothing to search for: no words, tokens apart. */
export function isBlank({ query, similar }: SearchUiState): boolean {
  return parseQuery(query).text.trim() === '' && similar === undefined;
}

/** Pause after a key press that made this change, in ms. */
export function pauseAfter({ query }: Partial<SearchUiState>, { debounceMs }: SearchViewSettings): number {
  return query === undefined ? Math.max(debounceMs, valuePauseMs) : typingPause(query, debounceMs);
}

/** What the engine is asked. */
export function questionOf(ui: SearchUiState, settings: SearchViewSettings): Question {
  const { query, mode, filter } = searchInputOf(ui, settings);
  const question = { query, mode, k: ui.k ?? settings.k, filter };
  return ui.similar === undefined ? question : { ...question, similarTo: ui.similar.source };
}

/** The search as it is saved: that of the fields, also while similar code is shown. */
export function searchInputOf(ui: SearchUiState, settings: SearchViewSettings): SearchInput {
  const { query, mode, paths, languages } = ui;
  return { query: query.trim(), mode: mode ?? settings.mode, paths, languages, filter: filterOf(ui) };
}

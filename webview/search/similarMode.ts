import type { SimilarSource } from '../../src/protocol/viewLocation.ts';
import type { SearchUiState } from './uiState.ts';

/** The code that similar code is shown for, instead of the results of the query. */
export interface SimilarMode {
  readonly source: SimilarSource;
  /** What the user knows it by: name, file and line. */
  readonly title: string;
  /** Where they were in the results of the query. */
  readonly before: Pick<SearchUiState, 'k' | 'toggled' | 'activeKey' | 'scrollTop'>;
}

/** Similar code is shown from its top; the way back leads to the query's results, from however far. */
export function enterSimilar(state: SearchUiState, source: SimilarSource, title: string): Partial<SearchUiState> {
  const { k, toggled, activeKey, scrollTop } = state;
  const before = state.similar?.before ?? { k, toggled, activeKey, scrollTop };
  return { similar: { source, title, before }, k: undefined, toggled: [], activeKey: undefined, scrollTop: 0 };
}

export function leaveSimilar({ similar }: SearchUiState): Partial<SearchUiState> {
  return { ...similar?.before, similar: undefined };
}

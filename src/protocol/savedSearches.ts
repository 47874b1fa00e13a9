import type { SearchFilter, SearchMode } from './types.ts';

/** What is searched for, as the search view has it: enough to fill its fields again and to ask the engine. */
export interface SearchInput {
  readonly query: string;
  readonly mode: SearchMode;
  /** As typed: globs and language ids, separated by commas. */
  readonly paths: string;
  readonly languages: string;
  /** What the engine makes of the fields; the kind is its only item of `kinds`. */
  readonly filter: SearchFilter;
}

export interface SavedSearch extends SearchInput {
  readonly id: string;
  /** The query unless it was renamed. */
  readonly name: string;
  /** Stays above the others. */
  readonly pinned: boolean;
  /** Hits that were not there when it was last run; absent where that is not known. Of pinned ones alone. */
  readonly newHits?: number;
}

/** What can be done with a saved search. */
export const savedSearchActions = ['pin', 'unpin', 'rename', 'remove'] as const;
export type SavedSearchAction = (typeof savedSearchActions)[number];

/** What the user may want to search for again. */
export interface SearchLists {
  /** Newest first. */
  readonly recent: readonly string[];
  /** Pinned ones first, then the newest. */
  readonly saved: readonly SavedSearch[];
}

/** Whether two searches ask the same. */
export function isSameSearch(a: SearchInput, b: SearchInput): boolean {
  const keyOf = ({ query, mode, paths, languages, filter }: SearchInput): string =>
    JSON.stringify([query.trim(), mode, paths.trim(), languages.trim(), filter.kinds?.[0]]);
  return keyOf(a) === keyOf(b);
}

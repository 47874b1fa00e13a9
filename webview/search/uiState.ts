import { chunkKinds, searchModes } from '../../src/protocol/types.ts';
import type { ChunkKind, SearchFilter, SearchMode } from '../../src/protocol/types.ts';
import { isRecord } from '../../src/protocol/checks.ts';
import { parseSimilarSource } from '../../src/protocol/viewLocation.ts';
import { viewLimits } from '../../src/protocol/views.ts';
import { languageId } from '../../src/util/languageAliases.ts';
import { pathGlobs } from '../../src/util/pathGlobs.ts';
import { parseQuery } from '../../src/util/queryTokens.ts';
import type { SimilarMode } from './similarMode.ts';

/** Characters of a filter; even one long glob, completed, stays within the bounds of a message. */
export const maxFilterChars = viewLimits.filterItemChars - 10;
/** Items of a filter that are heeded; a path becomes two globs. */
const maxItems = viewLimits.filterItems / 2;

/** What the page remembers for itself over hide, show and reload; everything else is the host's. */
export interface SearchUiState {
  readonly query: string;
  /** Undefined: the host's default. */
  readonly mode: SearchMode | undefined;
  readonly filtersShown: boolean;
  /** As typed: globs and language ids, separated by commas. */
  readonly paths: string;
  readonly languages: string;
  readonly kind: ChunkKind | undefined;
  readonly grouped: boolean;
  /** Number of results asked for, after "Load more"; undefined: the host's default. */
  readonly k: number | undefined;
  /** Keys of the rows that differ from their initial state: snippets shown, files folded. */
  readonly toggled: readonly string[];
  readonly activeKey: string | undefined;
  readonly scrollTop: number;
  readonly similar: SimilarMode | undefined;
  /** Messages of notices that were closed. */
  readonly dismissed: readonly string[];
}

export const initialUiState: SearchUiState = {
  query: '',
  mode: undefined,
  filtersShown: false,
  paths: '',
  languages: '',
  kind: undefined,
  grouped: true,
  k: undefined,
  toggled: [],
  activeKey: undefined,
  scrollTop: 0,
  similar: undefined,
  dismissed: [],
};

/** A saved state, possibly of another version: fields that do not fit fall back to their initial values. */
export function parseUiState(saved: unknown): SearchUiState {
  if (!isRecord(saved)) return initialUiState;
  const { query, mode, filtersShown, paths, languages, kind, grouped, similar, dismissed } = saved;
  return {
    query: textOf(query, viewLimits.queryChars),
    mode: searchModes.find((candidate) => candidate === mode),
    filtersShown: filtersShown === true,
    paths: textOf(paths, maxFilterChars),
    languages: textOf(languages, maxFilterChars),
    kind: chunkKinds.find((candidate) => candidate === kind),
    grouped: typeof grouped === 'boolean' ? grouped : initialUiState.grouped,
    ...placeOf(saved),
    similar: similarOf(similar),
    dismissed: textsOf(dismissed),
  };
}

/** How much of the list was shown, and where the user was in it. */
function placeOf({ k, toggled, activeKey, scrollTop }: Record<string, unknown>): SimilarMode['before'] {
  return {
    k: typeof k === 'number' && Number.isInteger(k) && k > 0 && k <= viewLimits.k ? k : undefined,
    toggled: textsOf(toggled),
    activeKey: typeof activeKey === 'string' ? activeKey : undefined,
    scrollTop: typeof scrollTop === 'number' && scrollTop >= 0 ? scrollTop : initialUiState.scrollTop,
  };
}

function similarOf(saved: unknown): SimilarMode | undefined {
  if (!isRecord(saved)) return undefined;
  const source = parseSimilarSource(saved['source']);
  const title = textOf(saved['title'], viewLimits.titleChars);
  const before = placeOf(isRecord(saved['before']) ? saved['before'] : {});
  return source === undefined || title === '' ? undefined : { source, title, before };
}

/** The filter of the fields as the engine understands it; the tokens of the query are the host's affair. */
export function filterOf(state: SearchUiState): SearchFilter {
  const paths = itemsOf(state.paths).flatMap(pathGlobs);
  const languages = itemsOf(state.languages).map(languageId);
  return {
    ...(paths.length > 0 && { paths }),
    ...(languages.length > 0 && { languages }),
    ...(state.kind && { kinds: [state.kind] }),
  };
}

/** How many of the filters are set, tokens of the query among them unless similar code is shown: the query is not asked. */
export function activeFilters(state: SearchUiState): number {
  const tokens = state.similar === undefined ? parseQuery(state.query).tokens : 0;
  return Object.keys(filterOf(state)).length + tokens;
}

/** The same without the {@link activeFilters}. */
export function withoutFilters({ query, similar }: SearchUiState): Partial<SearchUiState> {
  const fields = { paths: '', languages: '', kind: undefined };
  return similar === undefined ? { ...fields, query: parseQuery(query).text } : fields;
}

/** Splits at commas, but not at those inside the braces of a glob. */
function itemsOf(text: string): string[] {
  return text
    .split(/,(?![^{]*\})/)
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .slice(0, maxItems);
}

function textOf(value: unknown, maxChars: number): string {
  return typeof value === 'string' ? value.slice(0, maxChars) : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

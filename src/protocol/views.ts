/**
 * What the pages (search view, performance panel) and the extension host say to each other.
 *
 * A page holds no truth: it posts `ready`, the host answers with the full `state`, then with deltas. `ready` may come
 * at any time again (reload, hide and show without retained context); the host answers it the same way each time.
 * The pages keep only their own UI state (query, filters, expanded rows, scroll) with `setState`.
 * Every message from a page goes through its `parse…` function before the host acts on it.
 * Their content security policy can be `default-src 'none'` with scripts by nonce and style sheets by source.
 */
import type { BenchmarkReport } from './benchmark.ts';
import { isCount, isDuration, isOneOf, isRecord, isText } from './checks.ts';
import type { HistorySample, MetricsSnapshot } from './metrics.ts';
import { savedSearchActions } from './savedSearches.ts';
import type { SavedSearch, SavedSearchAction, SearchInput, SearchLists } from './savedSearches.ts';
import type { SyntaxRuns } from './syntax.ts';
import { chunkKinds, searchModes, testScopes } from './types.ts';
import type {
  ChunkKind,
  EngineStatus,
  HealthReport,
  IndexProgress,
  SearchFilter,
  SearchMode,
  SearchResponse,
} from './types.ts';
import { isFilePlace, parseLocation, parseSimilarSource } from './viewLocation.ts';
import type { SimilarSource, ViewLocation } from './viewLocation.ts';
import type { PerformanceStrings, SearchStrings } from './viewStrings.ts';

/** What a button in a page asks the host to do. Each maps to one command or one retry. */
export const viewActions = [
  'allowReranking',
  'cancelIndexing',
  'indexWorkspace',
  'manageTrust',
  'openFolder',
  'openSettings',
  'raiseBudget',
  'resumeIndexing',
  'runBenchmark',
  'setApiKey',
  'showLog',
  'showPerformance',
  'undoRemoveSearch',
] as const;
export type ViewAction = (typeof viewActions)[number];

/** What the host does with a hit, apart from opening it. `copyReference`: relative path and line. */
export const hitActions = ['peek', 'copyPath', 'copyReference', 'copyCode'] as const;
export type HitAction = (typeof hitActions)[number];

/** A localised sentence with, where there is one, the button that leads on. */
export interface ViewNotice {
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly action?: { readonly id: ViewAction; readonly label: string };
}

/** `indexing` does not keep anyone from searching: what is indexed already answers. */
export type ViewIndexState = 'noFolder' | 'notIndexed' | 'indexing' | 'ready';

export interface SearchViewStatus {
  readonly index: ViewIndexState;
  /** For `indexing`; summed over the folders. */
  readonly progress?: Omit<IndexProgress, 'folderId'>;
  /** What the user should know before searching: lexical only, paused, failed, untrusted. */
  readonly notice?: ViewNotice;
}

export interface SearchViewSettings {
  /** Results of one page of results. */
  readonly k: number;
  /** The mode of a view that was never used. */
  readonly mode: SearchMode;
  /** Pause after a key press before a search starts; 0 where this computer answers it. */
  readonly debounceMs: number;
}

export type SearchViewToHost =
  | { readonly type: 'ready' }
  | {
      readonly type: 'search';
      /** Grows with each search of one page; answers repeat it, and the page drops all but the newest. */
      readonly requestId: number;
      readonly query: string;
      readonly mode: SearchMode;
      readonly k: number;
      readonly filter: SearchFilter;
      /** Code like the one at this place is asked for; query and mode do not count. */
      readonly similarTo?: SimilarSource;
    }
  /** The query was cleared: abort the search if it still runs. */
  | { readonly type: 'cancel'; readonly requestId: number }
  | {
      readonly type: 'open';
      readonly location: ViewLocation;
      /** Open in an editor group to the side. */
      readonly beside: boolean;
      /** Keep the keyboard focus in the view (a click); false moves it into the editor (Enter). */
      readonly preserveFocus: boolean;
    }
  | { readonly type: 'hit'; readonly action: HitAction; readonly location: ViewLocation }
  /** The query led somewhere: it belongs into the history. */
  | { readonly type: 'remember'; readonly query: string }
  | { readonly type: 'save'; readonly search: SearchInput }
  | { readonly type: 'saved'; readonly action: SavedSearchAction; readonly id: string }
  /** The saved searches have come into view: how many new hits have the pinned ones? */
  | { readonly type: 'listsShown' }
  /** Script, layout and paint of one `results` message, without the idle wait for the frame: a sample of `render`. */
  | { readonly type: 'rendered'; readonly requestId: number; readonly results: number; readonly ms: number }
  | { readonly type: 'action'; readonly action: ViewAction };

/** What title-bar buttons, menus and other commands ask of the page. */
export type SearchViewCommand =
  | { readonly name: 'focusQuery' }
  | { readonly name: 'clear' }
  | { readonly name: 'toggleGrouping' }
  | { readonly name: 'toggleFilters' }
  | { readonly name: 'collapseAll' }
  | { readonly name: 'expandAll' }
  /** Runs the current query again, e.g. after the index changed. Keeps focus and selection. */
  | { readonly name: 'refresh' }
  /** Puts a query into the box, focuses it and searches. */
  | { readonly name: 'search'; readonly query: string }
  /** Fills query, mode and filters and searches. */
  | { readonly name: 'searchSaved'; readonly search: SavedSearch }
  /** Saves what is searched for. */
  | { readonly name: 'saveSearch' }
  /** Shows code like the one at a place, which `title` names. */
  | { readonly name: 'findSimilar'; readonly source: SimilarSource; readonly title: string };

export type HostToSearchView =
  | {
      readonly type: 'state';
      readonly strings: SearchStrings;
      /** BCP 47, `vscode.env.language`. */
      readonly locale: string;
      /** The user's keyboard is a Mac's: shortcuts are shown as its own. */
      readonly mac: boolean;
      readonly settings: SearchViewSettings;
      readonly status: SearchViewStatus;
      /** Language ids of the index, offered as completions of the filter; may be empty. */
      readonly languages: readonly string[];
      /** Open workspace folders; their names are shown when there are several. */
      readonly folders: readonly { readonly folderId: string; readonly name: string }[];
      readonly lists: SearchLists;
    }
  | { readonly type: 'status'; readonly status: SearchViewStatus }
  /** `notice`: a search was removed, which can be undone. */
  | { readonly type: 'lists'; readonly lists: SearchLists; readonly notice?: ViewNotice }
  | {
      readonly type: 'results';
      readonly requestId: number;
      /** False: the lexical results, more are on their way. True: the answer. */
      readonly final: boolean;
      readonly response: SearchResponse;
      /** The localised form of `response.degraded`, else of `response.rerankFailed`. */
      readonly notice?: ViewNotice;
    }
  | { readonly type: 'failed'; readonly requestId: number; readonly notice: ViewNotice }
  /** Syntax colours of snippets of a `results` message; several follow one, and more when the theme changes. */
  | {
      readonly type: 'colours';
      readonly requestId: number;
      /** Another number than before: what is known of colours belongs to an earlier theme. */
      readonly theme: number;
      /** As in ColouredTexts (src/protocol/syntax.ts). */
      readonly palette: readonly string[];
      readonly chunks: readonly ChunkColours[];
    }
  | { readonly type: 'command'; readonly command: SearchViewCommand };

/** The syntax colours of one snippet. */
export interface ChunkColours {
  readonly folderId: string;
  readonly chunkId: number;
  /** Of each line of the snippet; no lines where nothing is known of its language. */
  readonly lines: readonly SyntaxRuns[];
}

/** One finished search. */
export interface SearchSample {
  /** Epoch ms. */
  readonly at: number;
  readonly totalMs: number;
}

/** Samples of the latency chart; the host keeps this many of the newest and sends no more. */
export const maxSearchSamples = 240;

/** Everything the panel shows; replaced as a whole once per refresh. */
export interface PerformanceData {
  readonly metrics: MetricsSnapshot;
  readonly status: EngineStatus;
  readonly health: HealthReport;
}

export type PerformanceViewToHost =
  | { readonly type: 'ready' }
  /** `text` is the document as shown to the user, in their language and format. */
  | {
      readonly type: 'export';
      readonly format: 'json' | 'markdown';
      readonly to: 'file' | 'clipboard';
      readonly text: string;
    }
  | { readonly type: 'action'; readonly action: ViewAction };

export type HostToPerformanceView =
  | {
      readonly type: 'state';
      readonly strings: PerformanceStrings;
      readonly locale: string;
      /** Undefined until the engine has answered once. */
      readonly data?: PerformanceData;
      /** Oldest first, at most {@link maxSearchSamples}. */
      readonly samples: readonly SearchSample[];
      /** The last benchmark on this machine, if there was one. */
      readonly benchmark?: BenchmarkReport;
      /** Facts an export needs to be comparable: product and editor version, platform, processor, memory. */
      readonly environment: readonly { readonly name: string; readonly value: string }[];
    }
  /** Sent while the panel is visible, once a second at most. `samples` and `history`: those since the last message. */
  | {
      readonly type: 'data';
      readonly data: PerformanceData;
      readonly samples: readonly SearchSample[];
      /** Oldest first; the first message after `state` has all there is. */
      readonly history: readonly HistorySample[];
    }
  /** A benchmark has ended. */
  | { readonly type: 'benchmark'; readonly report: BenchmarkReport };

/** Bounds of what a page may send. A message beyond them is malformed. */
export const viewLimits = {
  queryChars: 10_000,
  filterItems: 100,
  filterItemChars: 1_000,
  /** Of a saved search. */
  idChars: 100,
  k: 1_000,
  titleChars: 1_000,
  exportChars: 4_000_000,
} as const;

/** The message of the search view, rebuilt from its known fields; undefined when it is not one. */
export function parseSearchViewMessage(value: unknown): SearchViewToHost | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'search':
      return parseSearch(value);
    case 'cancel': {
      const { requestId } = value;
      return isCount(requestId) ? { type: 'cancel', requestId } : undefined;
    }
    case 'open':
      return parseOpen(value);
    case 'hit': {
      const { action } = value;
      const location = parseLocation(value['location']);
      return location && isOneOf(hitActions, action) ? { type: 'hit', action, location } : undefined;
    }
    case 'remember': {
      const { query } = value;
      return isText(query, viewLimits.queryChars) ? { type: 'remember', query } : undefined;
    }
    case 'save': {
      const search = parseSearchInput(value['search']);
      return search && { type: 'save', search };
    }
    case 'saved': {
      const { action, id } = value;
      if (!isOneOf(savedSearchActions, action) || !isText(id, viewLimits.idChars)) return undefined;
      return { type: 'saved', action, id };
    }
    case 'listsShown':
      return { type: 'listsShown' };
    case 'rendered': {
      const { requestId, results, ms } = value;
      if (!isCount(requestId) || !isCount(results) || !isDuration(ms)) return undefined;
      return { type: 'rendered', requestId, results, ms };
    }
    case 'action':
      return parseAction(value);
    default:
      return undefined;
  }
}

/** The message of the performance panel, rebuilt from its known fields; undefined when it is not one. */
export function parsePerformanceViewMessage(value: unknown): PerformanceViewToHost | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'export': {
      const { format, to, text } = value;
      if (!isOneOf(['json', 'markdown'] as const, format) || !isOneOf(['file', 'clipboard'] as const, to)) {
        return undefined;
      }
      return isText(text, viewLimits.exportChars) ? { type: 'export', format, to, text } : undefined;
    }
    case 'action':
      return parseAction(value);
    default:
      return undefined;
  }
}

function parseSearch(value: Record<string, unknown>): SearchViewToHost | undefined {
  const { requestId, query, mode, k, similarTo } = value;
  const filter = parseFilter(value['filter']);
  if (!isCount(requestId) || !isText(query, viewLimits.queryChars) || !isOneOf(searchModes, mode)) return undefined;
  if (!isCount(k) || k < 1 || k > viewLimits.k || filter === undefined) return undefined;
  const search = { type: 'search', requestId, query, mode, k, filter } as const;
  if (similarTo === undefined) return search;
  const source = parseSimilarSource(similarTo);
  return source && { ...search, similarTo: source };
}

/** The search, rebuilt from its known fields; undefined when it is none. */
export function parseSearchInput(value: unknown): SearchInput | undefined {
  if (!isRecord(value)) return undefined;
  const { query, mode, paths, languages } = value;
  const filter = parseFilter(value['filter']);
  if (!isText(query, viewLimits.queryChars) || query.trim() === '' || !isOneOf(searchModes, mode)) return undefined;
  if (!isText(paths, viewLimits.filterItemChars) || !isText(languages, viewLimits.filterItemChars)) return undefined;
  return filter && { query, mode, paths, languages, filter };
}

/** Without `and`: it is the host that joins filters. */
function parseFilter(value: unknown): SearchFilter | undefined {
  if (!isRecord(value)) return undefined;
  const { paths, excludePaths, languages, excludeLanguages, kinds, excludeKinds, folders, tests, files } = value;
  if (!isOptionalList(paths, isItem) || !isOptionalList(excludePaths, isItem)) return undefined;
  if (!isOptionalList(languages, isItem) || !isOptionalList(excludeLanguages, isItem)) return undefined;
  if (!isOptionalList(kinds, isKind) || !isOptionalList(excludeKinds, isKind)) return undefined;
  if (!isOptionalList(folders, isItem) || !isOptionalList(files, isFilePlace)) return undefined;
  if (tests !== undefined && !isOneOf(testScopes, tests)) return undefined;
  return {
    ...(paths && { paths }),
    ...(excludePaths && { excludePaths }),
    ...(languages && { languages }),
    ...(excludeLanguages && { excludeLanguages }),
    ...(kinds && { kinds }),
    ...(excludeKinds && { excludeKinds }),
    ...(tests && { tests }),
    ...(folders && { folders }),
    ...(files && { files: files.map(({ folderId, path }) => ({ folderId, path })) }),
  };
}

function parseOpen(value: Record<string, unknown>): SearchViewToHost | undefined {
  const { beside, preserveFocus } = value;
  const location = parseLocation(value['location']);
  if (location === undefined || typeof beside !== 'boolean' || typeof preserveFocus !== 'boolean') return undefined;
  return { type: 'open', location, beside, preserveFocus };
}

function parseAction(value: Record<string, unknown>): { type: 'action'; action: ViewAction } | undefined {
  const { action } = value;
  return isOneOf(viewActions, action) ? { type: 'action', action } : undefined;
}

function isOptionalList<T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] | undefined {
  if (value === undefined) return true;
  if (!Array.isArray(value) || value.length > viewLimits.filterItems) return false;
  return value.every(isOne);
}

function isItem(value: unknown): value is string {
  return isText(value, viewLimits.filterItemChars);
}

function isKind(value: unknown): value is ChunkKind {
  return isOneOf(chunkKinds, value);
}

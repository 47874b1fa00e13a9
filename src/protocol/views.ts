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
import type { HistorySample, MetricsSnapshot } from './metrics.ts';
import { chunkKinds, searchModes } from './types.ts';
import type {
  EngineStatus,
  HealthReport,
  IndexProgress,
  RelativePath,
  SearchFilter,
  SearchMode,
  SearchResponse,
} from './types.ts';
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
] as const;
export type ViewAction = (typeof viewActions)[number];

/** A localised sentence with, where there is one, the button that leads on. */
export interface ViewNotice {
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly action?: { readonly id: ViewAction; readonly label: string };
}

/** A place in the workspace. Lines are 1-based, inclusive. */
export interface ViewLocation {
  readonly folderId: string;
  readonly path: RelativePath;
  readonly startLine: number;
  readonly endLine: number;
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
  /** Pause after a key press before a search starts. */
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
  | { readonly name: 'search'; readonly query: string };

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
    }
  | { readonly type: 'status'; readonly status: SearchViewStatus }
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
  | { readonly type: 'command'; readonly command: SearchViewCommand };

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
  pathChars: 4_096,
  k: 1_000,
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
  const { requestId, query, mode, k } = value;
  const filter = parseFilter(value['filter']);
  if (!isCount(requestId) || !isText(query, viewLimits.queryChars) || !isOneOf(searchModes, mode)) return undefined;
  if (!isCount(k) || k < 1 || k > viewLimits.k || filter === undefined) return undefined;
  return { type: 'search', requestId, query, mode, k, filter };
}

function parseFilter(value: unknown): SearchFilter | undefined {
  if (!isRecord(value)) return undefined;
  const { paths, languages, kinds, folders } = value;
  if (!isOptionalList(paths) || !isOptionalList(languages) || !isOptionalList(folders)) return undefined;
  if (!isOptionalList(kinds)) return undefined;
  if (kinds?.every((kind) => isOneOf(chunkKinds, kind)) === false) return undefined;
  return {
    ...(paths && { paths }),
    ...(languages && { languages }),
    ...(kinds && { kinds: kinds.filter((kind) => isOneOf(chunkKinds, kind)) }),
    ...(folders && { folders }),
  };
}

function parseOpen(value: Record<string, unknown>): SearchViewToHost | undefined {
  const { location, beside, preserveFocus } = value;
  if (!isRecord(location) || typeof beside !== 'boolean' || typeof preserveFocus !== 'boolean') return undefined;
  const { folderId, path, startLine, endLine } = location;
  if (!isText(folderId, viewLimits.pathChars) || !isContainedPath(path)) return undefined;
  if (!isCount(startLine) || startLine < 1 || !isCount(endLine) || endLine < startLine) return undefined;
  return { type: 'open', location: { folderId, path, startLine, endLine }, beside, preserveFocus };
}

function parseAction(value: Record<string, unknown>): { type: 'action'; action: ViewAction } | undefined {
  const { action } = value;
  return isOneOf(viewActions, action) ? { type: 'action', action } : undefined;
}

/** A relative path that cannot leave its folder, whatever the platform's separator. */
function isContainedPath(value: unknown): value is RelativePath {
  if (!isText(value, viewLimits.pathChars) || value === '' || value.includes('\0')) return false;
  if (/^[/\\]|^[a-z]:/i.test(value)) return false;
  return !value.split(/[/\\]/).includes('..');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, maxChars: number): value is string {
  return typeof value === 'string' && value.length <= maxChars;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isOneOf<T extends string>(values: readonly T[], value: unknown): value is T {
  return (values as readonly unknown[]).includes(value);
}

function isOptionalList(value: unknown): value is string[] | undefined {
  if (value === undefined) return true;
  if (!Array.isArray(value) || value.length > viewLimits.filterItems) return false;
  return value.every((item) => isText(item, viewLimits.filterItemChars));
}

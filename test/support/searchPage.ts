import type { Browser } from 'playwright-core';
import type { SearchResponse, SearchResult } from '../../src/protocol/types.ts';
import { searchStrings } from '../../src/protocol/viewStrings.ts';
import type { HostToSearchView, SearchViewToHost } from '../../src/protocol/views.ts';
import type { PageServer } from './pageServer.ts';
import { WebviewPage } from './webviewPage.ts';
import type { WebviewPageOptions } from './webviewPage.ts';

export type SearchPage = WebviewPage<HostToSearchView, SearchViewToHost>;
export type SearchViewState = Extract<HostToSearchView, { type: 'state' }>;

/** The full state of a host with one indexed folder. */
export function searchState(changes: Partial<SearchViewState> = {}): SearchViewState {
  return {
    type: 'state',
    strings: searchStrings,
    locale: 'en',
    mac: false,
    settings: { k: 20, mode: 'hybrid', debounceMs: 20 },
    status: { index: 'ready' },
    languages: ['python', 'typescript'],
    folders: [{ folderId: 'file:///shop', name: 'shop' }],
    lists: { recent: [], saved: [] },
    ...changes,
  };
}

export function searchResult(chunkId: number, changes: Partial<SearchResult> = {}): SearchResult {
  return {
    chunkId,
    folderId: 'file:///shop',
    path: `src/module${chunkId}.ts`,
    startLine: 10 * chunkId,
    endLine: 10 * chunkId + 4,
    symbol: `symbol${chunkId}`,
    kind: 'function',
    language: 'typescript',
    score: Math.max(0.01, 1 - chunkId / 100),
    sources: { lexical: { rank: chunkId, score: 12.5 } },
    snippet: `export function symbol${chunkId}() {\n  return ${chunkId};\n}`,
    unsaved: false,
    ...changes,
  };
}

export function searchResponse(results: readonly SearchResult[], totalMs = 8): SearchResponse {
  return { results, mode: 'hybrid', cached: false, timings: { totalMs } };
}

/** Opens the view and answers its `ready`. */
export async function openSearchPage(
  browser: Browser,
  server: PageServer,
  options: WebviewPageOptions = {},
  state: SearchViewState = searchState(),
): Promise<SearchPage> {
  const view = await WebviewPage.open<HostToSearchView, SearchViewToHost>(browser, server.url('search'), options);
  await view.received('ready', 1);
  await view.send(state);
  await view.page.getByRole('combobox', { name: state.strings.queryLabel }).waitFor();
  return view;
}

/** Answers the page's newest search. */
export async function answer(view: SearchPage, results: readonly SearchResult[], final = true): Promise<void> {
  const { requestId } = newestSearch(view);
  await view.send({ type: 'results', requestId, final, response: searchResponse(results) });
}

export function newestSearch(view: SearchPage): Extract<SearchViewToHost, { type: 'search' }> {
  const search = view.sent('search').at(-1);
  if (search === undefined) throw new Error('The page has not searched yet.');
  return search;
}

/** Types a query, waits for the search it starts, and answers it. */
export async function search(view: SearchPage, query: string, results: readonly SearchResult[]): Promise<void> {
  const before = view.sent('search').length;
  await view.page.getByRole('combobox', { name: 'Search by meaning' }).fill(query);
  await view.received('search', before + 1);
  await answer(view, results);
  if (results.length > 0) await view.page.getByRole('tree').waitFor();
}

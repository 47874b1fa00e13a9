import * as vscode from 'vscode';
import type { SavedSearch, SearchLists } from '../../protocol/savedSearches.ts';
import { toAppError } from '../../protocol/errors.ts';
import { searchStrings } from '../../protocol/viewStrings.ts';
import {
  type HostToSearchView,
  parseSearchViewMessage,
  type SearchViewCommand,
  type SearchViewToHost,
  type ViewAction,
} from '../../protocol/views.ts';
import type { Disposable } from '../../util/emitter.ts';
import { parseQuery } from '../../util/queryTokens.ts';
import type { Configuration } from '../configuration.ts';
import type { Folders } from '../folders.ts';
import type { HostMetrics } from '../hostMetrics.ts';
import type { LocationOpener } from '../locationOpener.ts';
import { runHitAction } from '../hitActions.ts';
import type { NewHits } from '../newHits.ts';
import { noticeOf, notIndexedNotice, rerankNoticeOf } from '../notices.ts';
import type { Overview } from '../overview.ts';
import type { QueryScopes } from '../queryScopes.ts';
import type { RecentQueries } from '../recentQueries.ts';
import { changeSavedSearch, removedNotice, saveSearch } from '../savedSearchCommands.ts';
import type { SavedSearches } from '../savedSearches.ts';
import type { Searches } from '../searches.ts';
import type { SyntaxColours } from '../syntaxColours.ts';
import { localise, pageHtml, webviewOptions } from './page.ts';
import { SnippetColouring } from './snippetColouring.ts';

const searchViewId = 'codeweaver.results';

/** While the index changes, the shown results are asked for again this often. */
const refreshIntervalMs = 2_000;

export interface SearchViewOptions {
  readonly extensionUri: vscode.Uri;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly overview: Overview;
  readonly searches: Searches;
  readonly scopes: QueryScopes;
  readonly opener: LocationOpener;
  readonly metrics: HostMetrics;
  readonly recent: RecentQueries;
  readonly saved: SavedSearches;
  readonly newHits: NewHits;
  readonly syntaxColours: SyntaxColours;
  readonly onError: (error: unknown) => void;
  readonly runAction: (action: ViewAction) => void;
  /** The user looks at the view: whatever was not started yet should be. */
  readonly onShown: () => void;
}

/** The search view in the side bar. The page is made anew whenever it is shown; it keeps its own UI state. */
export class SearchView implements vscode.WebviewViewProvider {
  readonly #options: SearchViewOptions;
  readonly #colouring: SnippetColouring;
  readonly #subscriptions: readonly Disposable[];
  #view: vscode.WebviewView | undefined;
  #ready = false;
  #sentPauseMs = 0;
  #search: { readonly requestId: number; readonly controller: AbortController } | undefined;
  /** Said to the page once it is ready. */
  readonly #waiting: SearchViewCommand[] = [];
  /** The newest query keeps to open editors. */
  #asksOpen = false;
  /** Languages the page knows. */
  #languages = '';
  #refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SearchViewOptions) {
    this.#options = options;
    this.#colouring = new SnippetColouring({ ...options, post: (message) => this.#post(message) });
    const sendState = (): void => this.#sendState();
    this.#subscriptions = [
      vscode.window.registerWebviewViewProvider(searchViewId, this),
      options.overview.onDidChange(() => this.#onOverview()),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
        // Going from tab to tab changes nothing, and asking again may be a request.
        if (this.#asksOpen && opened.length + closed.length > 0) this.refreshSoon();
      }),
      options.configuration.onDidChange(sendState),
      options.folders.onDidOpen(sendState),
      options.folders.onDidClose(sendState),
      ...[options.recent, options.newHits].map((list) => list.onDidChange(() => this.#sendLists())),
      options.saved.onDidChange(() => this.#sendLists(options.saved.removed)),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri, onShown } = this.#options;
    this.#view = view;
    this.#ready = false;
    view.webview.options = webviewOptions(extensionUri);
    const subscriptions = [
      view.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      view.onDidChangeVisibility(() => {
        if (view.visible) onShown();
        else this.#leave();
      }),
    ];
    view.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      if (this.#view === view) this.#view = undefined;
      this.#leave();
    });
    view.webview.html = pageHtml(view.webview, extensionUri, 'search', vscode.l10n.t(searchStrings.queryLabel));
    onShown();
  }

  /** Says something to the page; `reveal` brings it to the front first. */
  async command(command: SearchViewCommand, reveal: boolean): Promise<void> {
    if (this.#ready) this.#post({ type: 'command', command });
    else if (reveal) this.#waiting.push(command);
    if (reveal) await vscode.commands.executeCommand(`${searchViewId}.focus`);
  }

  /** The index changed: what is shown may be out of date. */
  refreshSoon(): void {
    if (!this.#ready || this.#refresh !== undefined) return;
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      this.#post({ type: 'command', command: { name: 'refresh' } });
    }, refreshIntervalMs);
  }

  dispose(): void {
    this.#leave();
    this.#colouring.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #leave(): void {
    this.#ready = false;
    clearTimeout(this.#refresh);
    this.#refresh = undefined;
    this.#search?.controller.abort();
    this.#search = undefined;
    this.#colouring.stop();
  }

  #receive(value: unknown): void {
    const message = parseSearchViewMessage(value);
    if (message === undefined) return;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#sendState();
        for (const command of this.#waiting.splice(0)) this.#post({ type: 'command', command });
        return;
      case 'search':
        void this.#answer(message);
        return;
      case 'cancel':
        if (this.#search?.requestId === message.requestId) this.#search.controller.abort();
        return;
      case 'open': {
        const { location, beside, preserveFocus } = message;
        void this.#options.opener.open(location, { beside, preserveFocus, preview: preserveFocus });
        return;
      }
      case 'hit':
        this.#run(runHitAction(message.action, message.location, this.#options));
        return;
      case 'remember':
        this.#run(this.#options.recent.add(message.query));
        return;
      case 'save':
        this.#run(saveSearch(this.#options.saved, message.search));
        return;
      case 'saved':
        this.#run(changeSavedSearch(this.#options.saved, message.action, message.id));
        return;
      case 'listsShown':
        if (this.#options.overview.search.index === 'ready') this.#run(this.#options.newHits.count());
        return;
      case 'rendered':
        this.#options.metrics.recordRender(message.ms);
        return;
      case 'action':
        this.#options.runAction(message.action);
        return;
    }
  }

  /** What goes wrong is logged; the page shows no more than what has changed. */
  #run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (toAppError(error).code !== 'Cancelled') this.#options.onError(error);
    });
  }

  /** A newer search ends the older one, down to its request. */
  async #answer(message: Extract<SearchViewToHost, { type: 'search' }>): Promise<void> {
    const { requestId, query, mode, k, filter, similarTo } = message;
    const { newHits, overview, scopes, searches } = this.#options;
    this.#search?.controller.abort();
    this.#colouring.stop();
    const controller = new AbortController();
    this.#search = { requestId, controller };
    this.#asksOpen = similarTo === undefined && parseQuery(query).scopes.includes('open');
    const send = (final: boolean) => (response: Awaited<ReturnType<Searches['search']>>) => {
      const { degraded, rerankFailed } = response;
      const notice = degraded ? noticeOf(degraded) : rerankFailed && rerankNoticeOf(rerankFailed);
      this.#post({ type: 'results', requestId, final, response, ...(notice && { notice }) });
      this.#colouring.start(requestId, response.results);
    };
    try {
      if (similarTo !== undefined) {
        send(true)(await searches.findSimilar({ ...similarTo, k, filter }, controller.signal));
        return;
      }
      const request = { query, mode, k, filter };
      const scoped = await scopes.resolve(request, controller.signal);
      if ('notice' in scoped) {
        this.#post({ type: 'failed', requestId, notice: scoped.notice });
        return;
      }
      send(true)(await searches.search(scoped.request, controller.signal, send(false)));
      if (overview.search.index === 'ready') this.#run(newHits.seen(request, controller.signal));
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code === 'Cancelled') return;
      const notice =
        similarTo !== undefined && failure.code === 'NotFound' ? notIndexedNotice(similarTo.path) : undefined;
      this.#post({ type: 'failed', requestId, notice: notice ?? noticeOf(failure) });
    }
  }

  #onOverview(): void {
    const { overview } = this.#options;
    const isSame = overview.languages.join() === this.#languages && this.#pauseMs() === this.#sentPauseMs;
    if (isSame) this.#post({ type: 'status', status: overview.search });
    else this.#sendState();
  }

  /** Follows from who answers, which shows only when the engine has said so. */
  #pauseMs(): number {
    const { configuration, searches } = this.#options;
    return searches.typingPauseMs(configuration.settings.editor.debounceMs);
  }

  #sendState(): void {
    const { configuration, folders, overview } = this.#options;
    const { k, mode } = configuration.settings.editor;
    const debounceMs = (this.#sentPauseMs = this.#pauseMs());
    const { languages } = overview;
    this.#languages = languages.join();
    this.#post({
      type: 'state',
      strings: localise(searchStrings),
      locale: vscode.env.language,
      mac: process.platform === 'darwin',
      settings: { k, mode, debounceMs },
      status: overview.search,
      languages,
      folders: folders.all.map(({ id, name }) => ({ folderId: id, name })),
      lists: this.#lists,
    });
  }

  get #lists(): SearchLists {
    const { recent, saved, newHits } = this.#options;
    const withNews = saved.all.map((search) => {
      const count = newHits.of(search.id);
      return search.pinned && count !== undefined ? { ...search, newHits: count } : search;
    });
    return { recent: recent.all, saved: withNews };
  }

  /** `removed` has just been removed. */
  #sendLists(removed?: SavedSearch): void {
    this.#post({ type: 'lists', lists: this.#lists, ...(removed && { notice: removedNotice(removed) }) });
  }

  #post(message: HostToSearchView): void {
    if (this.#ready) void this.#view?.webview.postMessage(message);
  }
}

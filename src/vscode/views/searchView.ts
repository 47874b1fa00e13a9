import * as vscode from 'vscode';
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
import type { Configuration } from '../configuration.ts';
import type { Folders } from '../folders.ts';
import type { HostMetrics } from '../hostMetrics.ts';
import type { LocationOpener } from '../locationOpener.ts';
import { noticeOf, rerankNoticeOf } from '../notices.ts';
import type { Overview } from '../overview.ts';
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
  readonly opener: LocationOpener;
  readonly metrics: HostMetrics;
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
  #search: { readonly requestId: number; readonly controller: AbortController } | undefined;
  /** Said to the page once it is ready. */
  readonly #waiting: SearchViewCommand[] = [];
  #refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SearchViewOptions) {
    this.#options = options;
    this.#colouring = new SnippetColouring({ ...options, post: (message) => this.#post(message) });
    const sendState = (): void => this.#sendState();
    this.#subscriptions = [
      vscode.window.registerWebviewViewProvider(searchViewId, this),
      options.overview.onDidChange(() => this.#post({ type: 'status', status: options.overview.search })),
      options.configuration.onDidChange(sendState),
      options.folders.onDidOpen(sendState),
      options.folders.onDidClose(sendState),
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
    view.webview.html = pageHtml(view.webview, extensionUri, 'search');
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
      case 'rendered':
        this.#options.metrics.recordRender(message.ms);
        return;
      case 'action':
        this.#options.runAction(message.action);
        return;
    }
  }

  /** A newer search ends the older one, down to its request. */
  async #answer({ requestId, query, mode, k, filter }: Extract<SearchViewToHost, { type: 'search' }>): Promise<void> {
    this.#search?.controller.abort();
    this.#colouring.stop();
    const controller = new AbortController();
    this.#search = { requestId, controller };
    const send = (final: boolean) => (response: Awaited<ReturnType<Searches['search']>>) => {
      const { degraded, rerankFailed } = response;
      const notice = degraded ? noticeOf(degraded) : rerankFailed && rerankNoticeOf(rerankFailed);
      this.#post({ type: 'results', requestId, final, response, ...(notice && { notice }) });
      this.#colouring.start(requestId, response.results);
    };
    try {
      const request = { query, mode, k, filter };
      send(true)(await this.#options.searches.search(request, controller.signal, send(false)));
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code !== 'Cancelled') this.#post({ type: 'failed', requestId, notice: noticeOf(failure) });
    }
  }

  #sendState(): void {
    const { configuration, folders, overview } = this.#options;
    const { k, mode, debounceMs } = configuration.settings.editor;
    this.#post({
      type: 'state',
      strings: localise(searchStrings),
      locale: vscode.env.language,
      mac: process.platform === 'darwin',
      settings: { k, mode, debounceMs },
      status: overview.search,
      languages: [],
      folders: folders.all.map(({ id, name }) => ({ folderId: id, name })),
    });
  }

  #post(message: HostToSearchView): void {
    if (this.#ready) void this.#view?.webview.postMessage(message);
  }
}

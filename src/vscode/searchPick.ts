import * as vscode from 'vscode';
import { toAppError } from '../protocol/errors.ts';
import type { SavedSearch } from '../protocol/savedSearches.ts';
import type { SearchRequest, SearchResponse, SearchResult } from '../protocol/types.ts';
import type { ViewAction } from '../protocol/views.ts';
import type { Disposable } from '../util/emitter.ts';
import { queryCompletions, type QueryCompletions } from '../util/queryCompletion.ts';
import { parseQuery, typingPause } from '../util/queryTokens.ts';
import type { Configuration } from './configuration.ts';
import { EditorPreview } from './editorPreview.ts';
import type { Folders } from './folders.ts';
import type { LocationOpener } from './locationOpener.ts';
import type { NewHits } from './newHits.ts';
import { noticeOf } from './notices.ts';
import type { OutputLog } from './outputLog.ts';
import type { Overview } from './overview.ts';
import {
  completionItems,
  noticeItem,
  type PickAct,
  type PickItem,
  queryItem,
  resultItem,
  savedItem,
  separator,
} from './pickItems.ts';
import { type QueryScopes, wordsMissingNotice } from './queryScopes.ts';
import type { RecentQueries } from './recentQueries.ts';
import { changeSavedSearch, removedNotice } from './savedSearchCommands.ts';
import type { SavedSearches } from './savedSearches.ts';
import type { Searches } from './searches.ts';

export interface SearchPickOptions {
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly overview: Overview;
  readonly searches: Searches;
  readonly scopes: QueryScopes;
  readonly opener: LocationOpener;
  readonly recent: RecentQueries;
  readonly saved: SavedSearches;
  readonly newHits: Pick<NewHits, 'seen'>;
  readonly log: OutputLog;
  readonly runAction: (action: ViewAction) => void;
  readonly openInView: (search: string | SavedSearch) => void;
  /** Context key that is on while the pick is open. */
  readonly onVisible: (visible: boolean) => void;
}

/** Queries of the history that are listed. */
const listedQueries = 10;

/** Pause between searches for the same while the index is being made. */
const retryMs = 500;

const { l10n } = vscode;

/** The quick pick that searches as you type. One per opening. */
export class SearchPick {
  readonly #options: SearchPickOptions;
  readonly #pick = vscode.window.createQuickPick<PickItem>();
  readonly #beside: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('split-horizontal'),
    tooltip: l10n.t('Open to the Side'),
  };
  readonly #inView: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('list-tree'),
    tooltip: l10n.t('Show in Search View'),
  };
  readonly #pin = savedButton('pin', l10n.t('Pin'));
  readonly #unpin = savedButton('pinned', l10n.t('Unpin'));
  readonly #remove = savedButton('trash', l10n.t('Remove'));
  readonly #preview: EditorPreview | undefined;
  readonly #subscriptions: Disposable[] = [];
  /** What was found, without completions. */
  #found: readonly PickItem[] = [];
  /** The list begins with completions. */
  #completing = false;
  #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #chosen = false;
  /** The index was being made, or had nothing: the same search may find more now. */
  #incomplete = false;
  /** The user has begun to choose: the list stays as it is. */
  #moved = false;
  /** Removed before this opening: not what the user has just done. */
  readonly #removedBefore: SavedSearch | undefined;
  /** Chosen, and its query not changed since: its mode and filters apply. */
  #saved: SavedSearch | undefined;
  /** The item that became active because the list changed: only a move of the user's is a wish to see it. */
  #automatic: PickItem | undefined;
  /** The editor has made that item active; what it says before is of the list before. */
  #settled = false;

  constructor(options: SearchPickOptions) {
    this.#options = options;
    this.#removedBefore = options.saved.removed;
    this.#preview = options.configuration.settings.editor.preview ? new EditorPreview(options.opener) : undefined;
  }

  /** Opens the pick; `query` is searched for at once. */
  show(query = ''): void {
    const pick = this.#pick;
    pick.placeholder = l10n.t(
      'Describe the code you look for; narrow it by path: lang: kind: in:open in:changed -test',
    );
    pick.matchOnDescription = false;
    pick.matchOnDetail = false;
    keepOrder(pick);
    pick.buttons = [this.#inView];
    pick.value = query;
    this.#subscriptions.push(
      pick.onDidChangeValue(() => this.#searchSoon()),
      pick.onDidChangeActive(([item]) => this.#onActive(item)),
      pick.onDidAccept(() => void this.accept(false)),
      pick.onDidTriggerItemButton(({ item, button }) => {
        if (item.act.type === 'saved') void this.#changeSaved(item.act.search, button);
        else void this.#choose(item, true);
      }),
      this.#options.saved.onDidChange(() => this.#showLists()),
      pick.onDidTriggerButton(() => this.#moveToView()),
      pick.onDidHide(() => void this.#onHide()),
      this.#options.overview.onDidChange(() => {
        this.#showProgress();
        if (this.#incomplete && !this.#moved) this.#timer ??= setTimeout(() => this.#searchAgain(), retryMs);
      }),
    );
    this.#showProgress();
    void this.#search();
    pick.show();
    this.#options.onVisible(true);
  }

  /** Chooses the active item, as Enter does. */
  async accept(beside: boolean): Promise<void> {
    const [item] = this.#pick.activeItems;
    if (item !== undefined) await this.#choose(item, beside);
  }

  dispose(): void {
    this.#pick.hide();
  }

  #showProgress(): void {
    const { progress } = this.#options.overview.search;
    const name = this.#saved?.name;
    const title = name === undefined ? l10n.t('Search by Meaning') : l10n.t('Search by Meaning: {0}', name);
    if (progress === undefined) this.#pick.title = title;
    else if (progress.total === 0) this.#pick.title = l10n.t('{0} (indexing…)', title);
    else {
      const percent = Math.floor((progress.done / progress.total) * 100);
      this.#pick.title = l10n.t('{0} (indexing, {1} %)', title, percent);
    }
  }

  #searchSoon(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
    // Completions do not wait for an answer, and those of the word before do not stay.
    if (this.#completions !== undefined || this.#completing) this.#setItems(this.#found);
    const { configuration, searches } = this.#options;
    const pauseMs = searches.typingPauseMs(configuration.settings.editor.debounceMs, false);
    this.#timer = setTimeout(() => void this.#search(), typingPause(this.#pick.value, pauseMs));
  }

  /** Not the user's doing: when they have begun to choose meanwhile, the list stays as it is. */
  #searchAgain(): void {
    this.#timer = undefined;
    if (!this.#moved) void this.#search();
  }

  async #search(): Promise<void> {
    this.#controller.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#incomplete = false;
    this.#moved = false;
    const controller = new AbortController();
    this.#controller = controller;
    const query = this.#pick.value.trim();
    if (this.#saved?.query.trim() !== query) this.#saved = undefined;
    this.#showProgress();
    const { text } = parseQuery(query);
    if (text === '') {
      this.#setItems(query === '' ? this.#withoutQuery() : [noticeItem(wordsMissingNotice())]);
      this.#pick.busy = false;
      return;
    }
    this.#pick.busy = true;
    const { mode, k } = this.#options.configuration.settings.editor;
    const show = (response: SearchResponse): void => this.#setItems(this.#itemsOf(response, text));
    try {
      // Each pause in typing would be a request.
      const request = { query, mode, k, rerank: false, ...(this.#saved && searchOf(this.#saved)) };
      const scoped = await this.#options.scopes.resolve(request, controller.signal);
      if ('notice' in scoped) this.#setItems([noticeItem(scoped.notice)]);
      else {
        show(await this.#options.searches.search(scoped.request, controller.signal, show));
        this.#noteSeen(request, controller.signal);
      }
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code === 'Cancelled') return;
      this.#setItems([noticeItem(noticeOf(failure))]);
    }
    this.#pick.busy = false;
  }

  #noteSeen(request: SearchRequest, signal: AbortSignal): void {
    const { log, newHits, overview } = this.#options;
    if (overview.search.index !== 'ready') return;
    newHits.seen(request, signal).catch((error: unknown) => log.background(error));
  }

  #withoutQuery(): PickItem[] {
    const { overview, recent } = this.#options;
    const { index, notice } = overview.search;
    if (index === 'noFolder') return [noFolderItem()];
    if (index === 'notIndexed') return [notIndexedItem()];
    const saved = this.#options.saved.all.map((search) =>
      savedItem(search, [search.pinned ? this.#unpin : this.#pin, this.#remove]),
    );
    const queries = recent.all.slice(0, listedQueries).map(queryItem);
    const { removed } = this.#options.saved;
    const undo = removed === undefined || removed === this.#removedBefore ? undefined : removedNotice(removed);
    const shown = [undo, notice].filter((item) => item !== undefined).map(noticeItem);
    return [
      ...(saved.length === 0 ? [] : [separator(l10n.t('saved')), ...saved]),
      ...(queries.length === 0 ? [] : [separator(l10n.t('recent')), ...queries]),
      ...(shown.length === 0 ? [] : [separator(''), ...shown]),
    ];
  }

  /** The lists changed while they are shown: what the user is on stays where it is. */
  #showLists(): void {
    if (this.#pick.value.trim() !== '') return;
    const [active] = this.#pick.activeItems;
    this.#pick.keepScrollPosition = true;
    this.#setItems(this.#withoutQuery());
    const same = this.#pick.items.find(({ act }) => isSameSaved(act, active?.act));
    if (same !== undefined) this.#pick.activeItems = [same];
    this.#pick.keepScrollPosition = false;
  }

  async #changeSaved({ id, pinned }: SavedSearch, button: vscode.QuickInputButton): Promise<void> {
    const action = button === this.#remove ? 'remove' : pinned ? 'unpin' : 'pin';
    await changeSavedSearch(this.#options.saved, action, id);
  }

  #itemsOf({ results, degraded }: SearchResponse, query: string): PickItem[] {
    const { folders, overview } = this.#options;
    this.#incomplete = results.length === 0 || overview.search.index === 'indexing';
    if (results.length === 0)
      return [
        overview.search.index === 'notIndexed' ? notIndexedItem() : noResultsItem(overview.search.index === 'indexing'),
      ];
    const names = folders.shownNames;
    const items = results.map((result) => resultItem(result, query, names.get(result.folderId), [this.#beside]));
    return degraded === undefined ? items : [separator(l10n.t('found by words')), ...items];
  }

  /**
   * A list that arrives after the user began to choose keeps what they are on. What the last word can be completed to
   * stands above, and is what Enter takes only where the word can be nothing else.
   */
  #setItems(found: readonly PickItem[]): void {
    this.#found = found;
    const completions = this.#completions;
    this.#completing = completions !== undefined;
    const items = [...(completions === undefined ? [] : completionItems(this.#pick.value, completions)), ...found];
    const [active] = this.#moved ? this.#pick.activeItems : [];
    const same = items.find(({ act }) => act.type === 'open' && isSame(act, active?.act));
    const chosen = same ?? (completions?.isCertain === false ? found.find(isChoice) : undefined);
    this.#automatic = chosen ?? items.find(isChoice);
    this.#settled = this.#automatic === undefined;
    this.#pick.items = items;
    if (chosen !== undefined) this.#pick.activeItems = [chosen];
  }

  /** Of the last word: a pick does not tell where the cursor is. */
  get #completions(): QueryCompletions | undefined {
    const { value } = this.#pick;
    return queryCompletions(value, value.length, this.#options.overview.languages);
  }

  #onActive(item: PickItem | undefined): void {
    if (item === this.#automatic) this.#settled = true;
    if (!this.#settled || item === this.#automatic || item?.act.type !== 'open') return;
    this.#automatic = undefined;
    this.#moved = true;
    this.#preview?.showSoon(item.act.result);
  }

  async #choose({ act }: PickItem, beside: boolean): Promise<void> {
    switch (act.type) {
      case 'open':
        await this.#open(act.result, beside);
        return;
      case 'query':
        this.#pick.value = act.query;
        await this.#search();
        return;
      case 'saved':
        this.#saved = act.search;
        this.#pick.value = act.search.query;
        await this.#search();
        return;
      case 'notice':
        // Undone where it was done: the list goes on.
        if (act.notice.action?.id !== 'undoRemoveSearch') this.#pick.hide();
        if (act.notice.action !== undefined) this.#options.runAction(act.notice.action.id);
        return;
      case 'nothing':
        return;
    }
  }

  async #open(result: SearchResult, beside: boolean): Promise<void> {
    this.#chosen = true;
    const query = this.#pick.value.trim();
    this.#pick.hide();
    // To the side means beside what the user had, not beside a preview of the same.
    await (beside ? this.#preview?.restore() : this.#preview?.keep());
    await this.#options.recent.add(query);
    await this.#options.opener.open(result, { beside, preview: false });
  }

  #moveToView(): void {
    const query = this.#pick.value.trim();
    this.#pick.hide();
    this.#options.openInView(this.#saved ?? query);
  }

  async #onHide(): Promise<void> {
    this.#controller.abort();
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#pick.dispose();
    this.#options.onVisible(false);
    if (!this.#chosen) await this.#preview?.restore();
  }
}

function isChoice({ kind }: PickItem): boolean {
  return kind !== vscode.QuickPickItemKind.Separator;
}

function savedButton(icon: string, tooltip: string): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon(icon), tooltip };
}

function searchOf({ mode, filter }: SavedSearch): Pick<SavedSearch, 'mode' | 'filter'> {
  return { mode, filter };
}

function isSameSaved(act: PickAct, other: PickAct | undefined): boolean {
  return act.type === 'saved' && other?.type === 'saved' && act.search.id === other.search.id;
}

function isSame({ result }: Extract<PickAct, { type: 'open' }>, other: PickAct | undefined): boolean {
  return other?.type === 'open' && other.result.chunkId === result.chunkId && other.result.folderId === result.folderId;
}

function noFolderItem(): PickItem {
  return noticeItem({
    severity: 'info',
    message: l10n.t('Open a folder to search it.'),
    action: { id: 'openFolder', label: l10n.t('Open Folder') },
  });
}

function notIndexedItem(): PickItem {
  return noticeItem({
    severity: 'info',
    message: l10n.t('This workspace is not indexed yet.'),
    action: { id: 'indexWorkspace', label: l10n.t('Index Workspace') },
  });
}

function noResultsItem(indexing: boolean): PickItem {
  const message = indexing
    ? l10n.t('No results yet: the workspace is still being indexed.')
    : l10n.t('No results. Try other words, or describe what the code does.');
  return noticeItem({ severity: 'info', message });
}

/** VS Code would put items first whose label has the typed letters; ours are ranked. The property is not in the public types. */
function keepOrder(pick: vscode.QuickPick<PickItem>): void {
  if ('sortByLabel' in pick) pick.sortByLabel = false;
}

import type { SearchInput } from '../../src/protocol/savedSearches.ts';
import type { SimilarSource, ViewLocation } from '../../src/protocol/viewLocation.ts';
import { viewLimits } from '../../src/protocol/views.ts';
import type { HostToSearchView, SearchViewCommand, SearchViewToHost, ViewAction } from '../../src/protocol/views.ts';
import { Announcer } from '../shared/announcer.ts';
import { createFormat } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import type { Host } from '../shared/host.ts';
import { measurePaint } from '../shared/painted.ts';
import { answerText, hasMore, isWhole, markedQuery, resultsOf, sameQuestion } from './answer.ts';
import type { Answer } from './answer.ts';
import { Controls } from './controls.ts';
import type { ControlChange } from './controls.ts';
import { IndexProgressBar } from './indexProgress.ts';
import { insteadOfResults } from './instead.ts';
import type { InsteadEvents } from './instead.ts';
import { Listing, resultKeys } from './listing.ts';
import { openMenuByKey } from './menuKey.ts';
import { Notices } from './notices.ts';
import { QueryHistory } from './queryHistory.ts';
import { isBlank, pauseAfter, questionOf, searchInputOf } from './question.ts';
import { ResultPane } from './resultPane.ts';
import { titleOf, whyOf } from './resultParts.ts';
import type { RowAction } from './rowActions.ts';
import { placeOf } from './rows.ts';
import type { ResultRow } from './rows.ts';
import { SavedControl } from './savedControl.ts';
import { SearchListsView } from './searchLists.ts';
import { SearchSession } from './session.ts';
import { SimilarBar } from './similarBar.ts';
import { enterSimilar, leaveSimilar } from './similarMode.ts';
import { queryTerms } from './snippet.ts';
import { stateAfter } from './stateAfter.ts';
import { withoutFilters } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';
import { UiStore } from './uiStore.ts';

type HostState = Extract<HostToSearchView, { type: 'state' }>;
type Results = Extract<HostToSearchView, { type: 'results' }>;

/** The search view: turns what the user does into UI state and questions, and answers into rows. */
export class SearchView {
  readonly #host: Host<SearchViewToHost, HostToSearchView>;
  readonly #session: SearchSession;
  readonly #format: Format;
  readonly #controls: Controls;
  readonly #notices: Notices;
  readonly #pane: ResultPane;
  readonly #progress: IndexProgressBar;
  readonly #announcer = new Announcer();
  readonly #similarBar: SimilarBar;
  readonly #lists: SearchListsView;
  readonly #saved: SavedControl;
  readonly #history = new QueryHistory();
  readonly #listing = new Listing();
  readonly #store: UiStore;
  #state: HostState;
  #answer: Answer | undefined;
  /** What the user looked at before a reload, until there are results to look at. */
  #restored: SearchUiState | undefined;
  /** The question is asked again without the user's doing: only news are worth saying. */
  #refreshing = false;
  /** Results are on their way that the user goes to. */
  #focusResults = false;

  constructor(host: Host<SearchViewToHost, HostToSearchView>, state: HostState) {
    this.#host = host;
    this.#state = state;
    this.#store = new UiStore(host.savedState(), (ui) => host.saveState(ui));
    this.#restored = this.#ui;
    const post = (message: SearchViewToHost): void => host.post(message);
    this.#session = new SearchSession(post);
    this.#saved = new SavedControl(state.lists, post);
    this.#format = createFormat(state.locale);
    const { strings } = state;
    this.#controls = new Controls(strings, this.#format, {
      change: (change) => this.#onChange(change),
      submit: () => this.#submit(),
      clear: () => this.#onCommand({ name: 'clear' }),
      clearFilters: this.#clearFilters,
      down: () => this.#down(),
      walkHistory: (direction) => this.#walkHistory(direction),
      escape: () => this.#closeSimilar(),
      toggleSaved: () => this.#saved.toggle(this.#searchInput),
      toggleSnippets: () => this.#showSnippets(this.#listing.snippetsShown === false),
    });
    this.#notices = new Notices(strings, {
      action: (action) => this.#actOnNotice(action),
      dismiss: (message) => this.#dismiss(message),
    });
    this.#similarBar = new SimilarBar(strings, () => this.#closeSimilar());
    this.#lists = new SearchListsView(strings, this.#format, {
      searchSaved: (search) => this.#onCommand({ name: 'searchSaved', search }),
      ask: (query) => this.#onCommand({ name: 'search', query }),
      change: (action, id) => host.post({ type: 'saved', action, id }),
      undo: () => this.#act('undoRemoveSearch'),
      backToQuery: () => this.#controls.focusQuery(true),
    });
    this.#pane = new ResultPane(strings, this.#format, {
      open: (row, options) => this.#open(placeOf(row), options),
      toggle: (key) => this.#toggle(key),
      act: (action, row) => this.#actOnHit(action, row),
      activeChanged: (activeKey) => {
        if (activeKey !== this.#ui.activeKey) this.#store.change({ activeKey });
      },
      backToQuery: () => this.#controls.focusQuery(true),
      leave: () => {
        if (!this.#closeSimilar()) this.#controls.focusQuery(true);
      },
      loadMore: () => this.#loadMore(),
      scrolled: (scrollTop) => this.#store.scrolled(scrollTop),
    });
    this.#progress = new IndexProgressBar(strings, this.#format, () => this.#act('cancelIndexing'));
    const parts = [this.#controls, this.#notices, this.#similarBar, this.#pane, this.#progress, this.#announcer];
    document.body.replaceChildren(...parts.map((part) => part.element));
    if (state.mac) document.addEventListener('keydown', openMenuByKey);
    this.receive(state);
  }

  receive(message: HostToSearchView): void {
    switch (message.type) {
      case 'state':
        this.#state = message;
        this.#saved.receive(message.lists, undefined);
        document.documentElement.lang = message.locale;
        this.#controls.updateLanguages(message.languages);
        this.#onStatus();
        break;
      case 'status':
        this.#state = { ...this.#state, status: message.status };
        this.#onStatus();
        break;
      case 'lists':
        this.#saved.receive(message.lists, message.notice);
        this.#render(true);
        break;
      case 'results': {
        const question = this.#session.accept(message.requestId, message.final);
        if (question === undefined) break;
        const { response, final, notice } = message;
        const answer: Answer = { type: 'results', question, response, final, notice };
        // A whole answer is not exchanged for half of the next one to the same question.
        if (final || !isWhole(this.#answer) || !sameQuestion(this.#answer, answer))
          void this.#showResults(answer, message);
        break;
      }
      case 'failed': {
        const question = this.#session.fail(message.requestId);
        if (question !== undefined) this.#show({ type: 'failure', question, notice: message.notice });
        break;
      }
      case 'colours':
        if (this.#session.accept(message.requestId, false) !== undefined) this.#pane.colour(message);
        break;
      case 'command':
        this.#onCommand(message.command);
    }
  }

  readonly #act = (action: ViewAction): void => this.#host.post({ type: 'action', action });

  /** The notice of a removal goes with its undoing, and with it the button that has the focus. */
  #actOnNotice(action: ViewAction): void {
    this.#act(action);
    if (action === 'undoRemoveSearch') this.#controls.focusQuery(false);
  }

  readonly #clearFilters = (): void => this.#onChange({ state: withoutFilters(this.#ui), typing: false });

  readonly #insteadEvents: InsteadEvents = {
    action: this.#act,
    retry: () => this.#ask(),
    ask: (query) => this.#onCommand({ name: 'search', query }),
    clearFilters: this.#clearFilters,
  };

  async #showResults(answer: Answer, { requestId, response }: Results): Promise<void> {
    const ms = await measurePaint(() => this.#show(answer));
    this.#host.post({ type: 'rendered', requestId, results: response.results.length, ms });
  }

  #show(answer: Answer): void {
    const previous = this.#answer;
    const keepPlace = sameQuestion(previous, answer);
    this.#answer = answer;
    this.#render(keepPlace);
    if (!isWhole(answer)) return;
    const news = !keepPlace || !isWhole(previous) || resultsOf(previous).length !== resultsOf(answer).length;
    if (news || !this.#refreshing) this.#announcer.say(answerText(answer, this.#state.strings, this.#format));
    this.#refreshing = false;
    if (this.#restored !== undefined) this.#pane.restore(this.#restored.activeKey, this.#restored.scrollTop);
    this.#restored = undefined;
    if (this.#focusResults && !this.#pane.focusResults() && this.#ui.similar !== undefined)
      this.#similarBar.focusClose();
    this.#focusResults = false;
    if (this.#session.isOutdated) this.#ask(true);
  }

  /** The question may have waited for a folder or for the first index. */
  #onStatus(): void {
    if (this.#answer === undefined && !this.#session.busy) this.#schedule(0);
    this.#render(true);
  }

  #onChange({ state, typing }: ControlChange): void {
    const asks = Object.keys(state).some((name) => name !== 'grouped' && name !== 'filtersShown');
    // Another query or mode is about the query again; filters are for similar code, too.
    const leaves = 'query' in state || 'mode' in state ? leaveSimilar(this.#ui) : {};
    this.#store.change(asks ? { ...leaves, ...state, k: undefined, toggled: [] } : state);
    if (asks) {
      this.#focusResults = false;
      this.#restored = undefined;
      this.#schedule(typing ? pauseAfter(state, this.#state.settings) : 0);
    }
    this.#render(true);
  }

  #onCommand(command: SearchViewCommand): void {
    const state = stateAfter(command, this.#ui);
    if (state !== undefined) this.#onChange({ state, typing: false });
    if (state?.query !== undefined) this.#controls.focusQuery(false);
    switch (command.name) {
      case 'focusQuery':
        return this.#controls.focusQuery(true);
      case 'expandAll':
      case 'collapseAll':
        return this.#showSnippets(command.name === 'expandAll');
      case 'refresh':
        return this.#ask(true);
      case 'saveSearch':
        return this.#saveSearch();
      case 'findSimilar':
        return this.#findSimilar(command.source, command.title);
      default:
        return;
    }
  }

  get #texts(): { readonly strings: HostState['strings']; readonly format: Format } {
    return { strings: this.#state.strings, format: this.#format };
  }

  get #ui(): SearchUiState {
    return this.#store.state;
  }

  get #searchInput(): SearchInput {
    return searchInputOf(this.#ui, this.#state.settings);
  }

  #schedule(delayMs: number): void {
    if (this.#canAsk()) {
      this.#session.schedule(questionOf(this.#ui, this.#state.settings), delayMs);
    } else {
      this.#session.cancel();
      this.#answer = undefined;
    }
  }

  #ask(refreshing = false): void {
    if (!this.#canAsk() || (refreshing && this.#session.putOff())) return;
    this.#refreshing = refreshing;
    this.#session.ask(questionOf(this.#ui, this.#state.settings));
    this.#render(true);
  }

  #canAsk(): boolean {
    const { index } = this.#state.status;
    return !isBlank(this.#ui) && (index === 'ready' || index === 'indexing');
  }

  #submit(): void {
    if (isBlank({ ...this.#ui, similar: undefined })) return;
    this.#store.change(leaveSimilar(this.#ui));
    this.#remember();
    this.#ask();
  }

  /** The query led somewhere. Similar code is not what it asked for. */
  #remember(): void {
    this.#history.end();
    const query = this.#ui.query.trim();
    if (query !== '' && this.#ui.similar === undefined) this.#host.post({ type: 'remember', query });
  }

  #open(location: ViewLocation, options: { readonly beside: boolean; readonly preserveFocus: boolean }): void {
    this.#remember();
    this.#host.post({ type: 'open', location, ...options });
  }

  #down(): void {
    if (!this.#walkHistory('newer') && !this.#pane.focusResults()) this.#lists.focus();
  }

  #walkHistory(direction: 'older' | 'newer'): boolean {
    const shown = this.#ui.query;
    const query =
      direction === 'older' ? this.#history.older(this.#saved.lists.recent, shown) : this.#history.newer(shown);
    if (query === undefined) return false;
    this.#onChange({ state: { query }, typing: false });
    this.#controls.focusQuery(true);
    return true;
  }

  #actOnHit(action: RowAction, row: ResultRow): void {
    const location = placeOf(row);
    if (action === 'openBeside') return this.#open(location, { beside: true, preserveFocus: false });
    if (action !== 'findSimilar') return this.#host.post({ type: 'hit', action, location });
    const { folderId, path, startLine } = location;
    this.#findSimilar({ folderId, path, line: startLine }, titleOf(row.result, this.#texts));
  }

  #findSimilar(source: SimilarSource, title: string): void {
    this.#store.change(enterSimilar(this.#ui, source, title.slice(0, viewLimits.titleChars)));
    this.#restored = undefined;
    this.#focusResults = true;
    this.#schedule(0);
    this.#render(true);
  }

  /** Back to where the user was in the results of the query; false when they are shown. */
  #closeSimilar(): boolean {
    if (this.#ui.similar === undefined) return false;
    this.#store.change(leaveSimilar(this.#ui));
    this.#restored = this.#ui;
    this.#focusResults = true;
    this.#schedule(0);
    this.#render(true);
    if (!this.#canAsk()) this.#controls.focusQuery(false);
    return true;
  }

  #saveSearch(): void {
    if (this.#ui.query.trim() !== '') return this.#saved.save(this.#searchInput);
    this.#announcer.say(this.#state.strings.saveBlank);
    this.#controls.focusQuery(false);
  }

  #loadMore(): void {
    const { k } = questionOf(this.#ui, this.#state.settings);
    this.#store.change({ k: Math.min(viewLimits.k, k + this.#state.settings.k) });
    this.#ask();
  }

  #dismiss(message: string): void {
    if (!this.#saved.dismiss(message)) this.#store.dismiss(message);
    this.#render(true);
    this.#controls.focusQuery(false);
  }

  #toggle(key: string): void {
    const row = this.#listing.rows.find((candidate) => candidate.key === key);
    // The focus stays on the row, so what appears below it has to be said.
    if (row?.type === 'result' && !row.expanded) {
      this.#announcer.say(whyOf(row.result, this.#texts).join('. '));
    }
    this.#store.toggle(key);
    this.#render(true);
  }

  /** All snippets in full, or all short; files are unfolded either way. */
  #showSnippets(shown: boolean): void {
    const keys = resultKeys(this.#answer, this.#ui, this.#state.folders);
    this.#store.change({ toggled: shown ? keys : [] });
    this.#render(true);
  }

  #render(keepPlace: boolean): void {
    const { strings, status, settings, mac } = this.#state;
    const answer = this.#answer;
    this.#listing.update(answer, this.#ui, this.#state.folders);
    this.#controls.update(this.#ui, {
      mode: settings.mode,
      snippetsShown: this.#listing.snippetsShown,
      saved: this.#saved.find(this.#searchInput) !== undefined,
    });
    this.#notices.update(
      [this.#saved.notice, status.notice, answer?.type === 'results' ? answer.notice : undefined],
      this.#ui.dismissed,
    );
    this.#similarBar.update(this.#ui.similar);
    this.#lists.update(this.#saved.lists);
    this.#progress.update(status);
    const facts = { status: status.index, answer, mac, lists: this.#lists.element, ui: this.#ui };
    const instead = insteadOfResults(facts, strings, this.#insteadEvents);
    this.#pane.update({
      summary: answer === undefined ? strings.searching : answerText(answer, strings, this.#format),
      busy: this.#session.busy,
      rows: this.#listing.rows,
      terms: queryTerms(markedQuery(answer)),
      keepPlace,
      more: this.#session.busy ? 'unknown' : hasMore(answer) ? 'yes' : 'no',
      instead,
    });
    this.#saved.onShown(instead?.key === 'empty' && status.index === 'ready');
  }
}

import { viewLimits } from '../../src/protocol/views.ts';
import type { HostToSearchView, SearchViewCommand, SearchViewToHost, ViewAction } from '../../src/protocol/views.ts';
import { Announcer } from '../shared/announcer.ts';
import { createFormat } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import type { Host } from '../shared/host.ts';
import { measurePaint } from '../shared/painted.ts';
import { answerText, isWhole, resultsOf, sameQuestion } from './answer.ts';
import type { Answer } from './answer.ts';
import { Controls } from './controls.ts';
import type { ControlChange } from './controls.ts';
import { IndexProgressBar } from './indexProgress.ts';
import { insteadOfResults } from './instead.ts';
import type { InsteadEvents } from './instead.ts';
import { Notices } from './notices.ts';
import { ResultPane } from './resultPane.ts';
import { rowsOf } from './rows.ts';
import type { Row, RowOptions } from './rows.ts';
import { SearchSession } from './session.ts';
import type { Question } from './session.ts';
import { queryTerms } from './snippet.ts';
import { activeFilters, filterOf, parseUiState } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';

type HostState = Extract<HostToSearchView, { type: 'state' }>;
type Results = Extract<HostToSearchView, { type: 'results' }>;

/** Closed messages that are remembered. */
const maxDismissed = 20;
/** Scrolling is saved after a pause of this length. */
const saveDelayMs = 100;

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
  #state: HostState;
  #ui: SearchUiState;
  #answer: Answer | undefined;
  /** What the user looked at before a reload, until there are results to look at. */
  #restored: SearchUiState | undefined;
  #saveTimer: number | undefined;
  /** The question is asked again without the user's doing: only news are worth saying. */
  #refreshing = false;
  #rows: readonly Row[] = [];
  #rowSources: readonly unknown[] = [];

  constructor(host: Host<SearchViewToHost, HostToSearchView>, state: HostState) {
    this.#host = host;
    this.#state = state;
    this.#ui = this.#restored = parseUiState(host.savedState());
    this.#session = new SearchSession((message) => host.post(message));
    this.#format = createFormat(state.locale);
    const { strings } = state;
    this.#controls = new Controls(strings, this.#format, {
      change: (change) => this.#onChange(change),
      submit: () => this.#ask(),
      clear: () => this.#clear(),
      enterResults: () => this.#pane.focusResults(),
      toggleSnippets: () => this.#showSnippets(this.#snippetsShown() === false),
    });
    this.#notices = new Notices(strings, { action: this.#act, dismiss: (message) => this.#dismiss(message) });
    this.#pane = new ResultPane(strings, this.#format, {
      open: ({ folderId, path, startLine, endLine }, options) =>
        host.post({ type: 'open', location: { folderId, path, startLine, endLine }, ...options }),
      toggle: (key) => this.#toggle(key),
      activeChanged: (activeKey) => {
        if (activeKey !== this.#ui.activeKey) this.#change({ activeKey });
      },
      backToQuery: () => this.#controls.focusQuery(true),
      loadMore: () => this.#loadMore(),
      scrolled: (scrollTop) => this.#onScroll(scrollTop),
    });
    this.#progress = new IndexProgressBar(strings, this.#format, () => this.#act('cancelIndexing'));
    document.body.replaceChildren(
      this.#controls.element,
      this.#notices.element,
      this.#pane.element,
      this.#progress.element,
      this.#announcer.element,
    );
    this.receive(state);
  }

  receive(message: HostToSearchView): void {
    switch (message.type) {
      case 'state':
        this.#state = message;
        document.documentElement.lang = message.locale;
        this.#controls.updateLanguages(message.languages);
        this.#onStatus();
        break;
      case 'status':
        this.#state = { ...this.#state, status: message.status };
        this.#onStatus();
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

  readonly #insteadEvents: InsteadEvents = {
    action: this.#act,
    retry: () => this.#ask(),
    ask: (query) => this.#onCommand({ name: 'search', query }),
    clearFilters: () => this.#onChange({ state: { paths: '', languages: '', kind: undefined }, typing: false }),
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
    if (this.#restored === undefined) return;
    this.#pane.restore(this.#restored.activeKey, this.#restored.scrollTop);
    this.#restored = undefined;
  }

  /** The question may have waited for a folder or for the first index. */
  #onStatus(): void {
    if (this.#answer === undefined && !this.#session.busy) this.#schedule(0);
    this.#render(true);
  }

  #onChange({ state, typing }: ControlChange): void {
    const asks = Object.keys(state).some((name) => name !== 'grouped' && name !== 'filtersShown');
    this.#change(asks ? { ...state, k: undefined, toggled: [] } : state);
    if (asks) this.#restored = undefined;
    if (asks) this.#schedule(typing ? this.#state.settings.debounceMs : 0);
    this.#render(true);
  }

  #onCommand(command: SearchViewCommand): void {
    switch (command.name) {
      case 'focusQuery':
        return this.#controls.focusQuery(true);
      case 'clear':
        return this.#clear();
      case 'toggleGrouping':
        return this.#onChange({ state: { grouped: !this.#ui.grouped }, typing: false });
      case 'toggleFilters':
        return this.#onChange({ state: { filtersShown: !this.#ui.filtersShown }, typing: false });
      case 'expandAll':
        return this.#showSnippets(true);
      case 'collapseAll':
        return this.#showSnippets(false);
      case 'refresh':
        this.#refreshing = true;
        return this.#ask();
      case 'search':
        this.#onChange({ state: { query: command.query.slice(0, viewLimits.queryChars) }, typing: false });
        return this.#controls.focusQuery(false);
    }
  }

  #question(): Question {
    const { query, mode, k } = this.#ui;
    const { settings } = this.#state;
    return { query: query.trim(), mode: mode ?? settings.mode, k: k ?? settings.k, filter: filterOf(this.#ui) };
  }

  #schedule(delayMs: number): void {
    if (this.#canAsk()) {
      this.#session.schedule(this.#question(), delayMs);
    } else {
      this.#session.cancel();
      this.#answer = undefined;
    }
  }

  #ask(): void {
    if (!this.#canAsk()) return;
    this.#session.ask(this.#question());
    this.#render(true);
  }

  #canAsk(): boolean {
    const { index } = this.#state.status;
    return this.#ui.query.trim() !== '' && (index === 'ready' || index === 'indexing');
  }

  #clear(): void {
    this.#onChange({ state: { query: '' }, typing: false });
    this.#controls.focusQuery(false);
  }

  #loadMore(): void {
    const { k } = this.#question();
    this.#change({ k: Math.min(viewLimits.k, k + this.#state.settings.k) });
    this.#ask();
  }

  #dismiss(message: string): void {
    this.#change({ dismissed: [...this.#ui.dismissed, message].slice(-maxDismissed) });
    this.#render(true);
    this.#controls.focusQuery(false);
  }

  #toggle(key: string): void {
    const { toggled } = this.#ui;
    this.#change({ toggled: toggled.includes(key) ? toggled.filter((other) => other !== key) : [...toggled, key] });
    this.#render(true);
  }

  /** All snippets in full, or all short; files are unfolded either way. */
  #showSnippets(shown: boolean): void {
    const unfolded = rowsOf(resultsOf(this.#answer), { ...this.#rowOptions(), toggled: new Set() });
    const keys = unfolded.filter((row) => row.type === 'result').map(({ key }) => key);
    this.#change({ toggled: shown ? keys : [] });
    this.#render(true);
  }

  #snippetsShown(): boolean | undefined {
    const results = this.#rows.filter((row) => row.type === 'result');
    return results.length === 0 ? undefined : results.every((row) => row.expanded);
  }

  /** Makes the rows anew when something they are made from is another. */
  #updateRows(): void {
    const sources = [this.#answer, this.#ui.grouped, this.#ui.toggled, this.#state.folders];
    if (sources.every((source, index) => source === this.#rowSources[index])) return;
    this.#rowSources = sources;
    this.#rows = rowsOf(resultsOf(this.#answer), this.#rowOptions());
  }

  #rowOptions(): RowOptions {
    const { folders } = this.#state;
    const names = folders.length > 1 ? folders.map(({ folderId, name }) => [folderId, name] as const) : [];
    return { grouped: this.#ui.grouped, toggled: new Set(this.#ui.toggled), folderNames: new Map(names) };
  }

  #render(keepPlace: boolean): void {
    const { strings, status, settings, mac } = this.#state;
    const answer = this.#answer;
    const results = answer?.type === 'results' ? answer : undefined;
    this.#updateRows();
    const full = results !== undefined && results.response.results.length >= results.question.k;
    this.#controls.update(this.#ui, { mode: settings.mode, snippetsShown: this.#snippetsShown() });
    this.#notices.update([status.notice, results?.notice], this.#ui.dismissed);
    this.#progress.update(status);
    this.#pane.update({
      summary: answer === undefined ? strings.searching : answerText(answer, strings, this.#format),
      busy: this.#session.busy,
      rows: this.#rows,
      terms: queryTerms(results?.question.query ?? ''),
      keepPlace,
      more: this.#session.busy ? 'unknown' : full && results.question.k < viewLimits.k ? 'yes' : 'no',
      instead: insteadOfResults(
        {
          status: status.index,
          answer,
          blank: this.#ui.query.trim() === '',
          filtered: activeFilters(this.#ui) > 0,
          mac,
        },
        strings,
        this.#insteadEvents,
      ),
    });
  }

  #onScroll(scrollTop: number): void {
    this.#ui = { ...this.#ui, scrollTop };
    window.clearTimeout(this.#saveTimer);
    this.#saveTimer = window.setTimeout(() => this.#host.saveState(this.#ui), saveDelayMs);
  }

  #change(change: Partial<SearchUiState>): void {
    this.#ui = { ...this.#ui, ...change };
    this.#host.saveState(this.#ui);
  }
}

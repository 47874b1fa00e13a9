import close from '@vscode/codicons/src/icons/close.svg';
import collapseAll from '@vscode/codicons/src/icons/collapse-all.svg';
import expandAll from '@vscode/codicons/src/icons/expand-all.svg';
import filter from '@vscode/codicons/src/icons/filter.svg';
import starEmpty from '@vscode/codicons/src/icons/star-empty.svg';
import starFull from '@vscode/codicons/src/icons/star-full.svg';
import listTree from '@vscode/codicons/src/icons/list-tree.svg';
import { searchModes } from '../../src/protocol/types.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { viewLimits } from '../../src/protocol/views.ts';
import { iconButton } from '../shared/button.ts';
import { element, setAttributes, setShown } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import { icon } from '../shared/icon.ts';
import { Completions } from './completions.ts';
import { FilterFields } from './filterFields.ts';
import { activeFilters } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';

/** A change the user made; `typing` may be followed by more at once. */
export type ControlChange = { readonly state: Partial<SearchUiState>; readonly typing: boolean };

export interface ControlEvents {
  change(change: ControlChange): void;
  /** Enter in the query box. */
  submit(): void;
  clear(): void;
  clearFilters(): void;
  /** Arrow Down in the query box. */
  down(): void;
  /** Arrow Up in the query box, or with Alt either: earlier queries and back. */
  walkHistory(direction: 'older' | 'newer'): void;
  /** Escape in the query box; false: it clears the box. */
  escape(): boolean;
  /** Saves what is searched for, or removes it from what is saved. */
  toggleSaved(): void;
  toggleSnippets(): void;
}

/** Query box, mode, filters and list options. Shows the UI state it is given and reports changes; keeps none itself. */
export class Controls {
  readonly element: HTMLElement;
  readonly #query: HTMLInputElement;
  readonly #completions: Completions;
  readonly #star: HTMLButtonElement;
  readonly #clear: HTMLButtonElement;
  readonly #mode: HTMLSelectElement;
  readonly #filters: HTMLButtonElement;
  readonly #group: HTMLButtonElement;
  readonly #snippets: HTMLButtonElement;
  readonly #fields: FilterFields;
  readonly #strings: SearchStrings;
  readonly #format: Format;

  constructor(strings: SearchStrings, format: Format, events: ControlEvents) {
    this.#strings = strings;
    this.#format = format;
    this.#query = element('input', {
      type: 'search',
      class: 'query',
      'aria-label': strings.queryLabel,
      placeholder: strings.queryPlaceholder,
      maxlength: viewLimits.queryChars,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    const typed = (query: string): void => events.change({ state: { query }, typing: true });
    this.#query.addEventListener('input', () => typed(this.#query.value));
    this.#completions = new Completions(this.#query, strings, typed);
    this.#query.addEventListener('keydown', (event) => this.#onQueryKey(event, events));
    this.#star = iconButton(starEmpty, strings.saveSearch, () => events.toggleSaved());
    this.#clear = iconButton(close, strings.clearQuery, () => events.clear());

    const hints = {
      hybrid: strings.modeHybridHint,
      semantic: strings.modeSemanticHint,
      lexical: strings.modeLexicalHint,
    };
    const names = { hybrid: strings.modeHybrid, semantic: strings.modeSemantic, lexical: strings.modeLexical };
    const options = searchModes.map((mode) => element('option', { value: mode, title: hints[mode] }, names[mode]));
    this.#mode = element('select', { class: 'mode', 'aria-label': strings.modeLabel }, ...options);
    this.#mode.addEventListener('change', () => {
      const mode = searchModes.find((candidate) => candidate === this.#mode.value);
      if (mode !== undefined) events.change({ state: { mode }, typing: false });
    });

    this.#fields = new FilterFields(strings, events);
    this.#filters = iconButton(filter, strings.toggleFilters, () => this.#flip('filtersShown', this.#filters, events));
    setAttributes(this.#filters, { 'aria-controls': this.#fields.element.id });
    this.#group = iconButton(listTree, strings.groupByFile, () => this.#flip('grouped', this.#group, events));
    this.#snippets = iconButton(expandAll, strings.expandAll, () => events.toggleSnippets());
    const toolbar = element('div', { class: 'toolbar' }, this.#mode, this.#filters, this.#group, this.#snippets);
    const buttons = element('div', { class: 'query-buttons' }, this.#star, this.#clear);
    const box = element('div', { class: 'query-box' }, this.#query, buttons, this.#completions.element);
    this.element = element('form', { class: 'controls', role: 'search' }, box, toolbar, this.#fields.element);
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  /** `snippetsShown`: every snippet is expanded, so the button hides them; undefined: there is none. */
  update(state: SearchUiState, options: { mode: string; snippetsShown: boolean | undefined; saved: boolean }): void {
    if (this.#query.value !== state.query) {
      this.#query.value = state.query;
      this.#completions.close();
    }
    setShown(this.#clear, state.query !== '');
    this.#updateStar(state.query.trim() !== '', options.saved);
    this.#mode.value = state.mode ?? options.mode;
    const active = activeFilters(state);
    const label = active === 0 ? this.#strings.toggleFilters : this.#activeText(active);
    setAttributes(this.#filters, { title: label, 'aria-label': label, 'aria-expanded': state.filtersShown });
    this.#filters.classList.toggle('marked', active > 0);
    setAttributes(this.#group, { 'aria-pressed': state.grouped });
    this.#updateSnippets(options.snippetsShown);
    this.#fields.update(state);
  }

  updateLanguages(languages: readonly string[]): void {
    this.#fields.updateLanguages(languages);
    this.#completions.updateLanguages(languages);
  }

  focusQuery(select: boolean): void {
    this.#query.focus();
    if (select) this.#query.select();
  }

  #updateStar(shown: boolean, saved: boolean): void {
    setShown(this.#star, shown);
    if (this.#star.getAttribute('aria-pressed') === String(saved)) return;
    const title = saved ? this.#strings.unsaveSearch : this.#strings.saveSearch;
    setAttributes(this.#star, { 'aria-pressed': saved, title });
    this.#star.replaceChildren(icon(saved ? starFull : starEmpty));
  }

  #updateSnippets(shown: boolean | undefined): void {
    const label = shown === true ? this.#strings.collapseAll : this.#strings.expandAll;
    this.#snippets.disabled = shown === undefined;
    if (this.#snippets.title === label) return;
    setAttributes(this.#snippets, { title: label, 'aria-label': label });
    this.#snippets.replaceChildren(icon(shown === true ? collapseAll : expandAll));
  }

  #activeText(count: number): string {
    const text = fill(this.#strings[`filtersActive${this.#format.plural(count)}`], this.#format.integer(count));
    return `${this.#strings.toggleFilters} (${text})`;
  }

  #flip(name: 'filtersShown' | 'grouped', button: HTMLButtonElement, events: ControlEvents): void {
    const attribute = name === 'grouped' ? 'aria-pressed' : 'aria-expanded';
    events.change({ state: { [name]: button.getAttribute(attribute) !== 'true' }, typing: false });
  }

  #onQueryKey(event: KeyboardEvent, events: ControlEvents): void {
    if (event.isComposing || this.#completions.onKey(event)) return;
    if (event.key === 'ArrowUp') events.walkHistory('older');
    else if (event.key === 'ArrowDown' && event.altKey) events.walkHistory('newer');
    else if (event.key === 'ArrowDown') events.down();
    else if (event.key === 'Enter') events.submit();
    else if (event.key !== 'Escape' || !events.escape()) return;
    event.preventDefault();
  }
}

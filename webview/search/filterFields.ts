import { chunkKinds } from '../../src/protocol/types.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { textButton } from '../shared/button.ts';
import { element, setShown } from '../shared/element.ts';
import type { ControlChange, ControlEvents } from './controls.ts';
import { activeFilters, maxFilterChars } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';

type FilterEvents = Pick<ControlEvents, 'change' | 'clearFilters'>;

/** The labelled fields behind the filter button. */
export class FilterFields {
  readonly element: HTMLElement;
  readonly #paths: HTMLInputElement;
  readonly #languages: HTMLInputElement;
  readonly #kind: HTMLSelectElement;
  readonly #known = element('datalist', { id: 'known-languages' });
  readonly #clear: HTMLButtonElement;

  constructor(strings: SearchStrings, events: FilterEvents) {
    const change = (made: ControlChange): void => events.change(made);
    const field = (id: string, placeholder: string): HTMLInputElement =>
      element('input', {
        type: 'text',
        id,
        placeholder,
        maxlength: maxFilterChars,
        autocomplete: 'off',
        spellcheck: 'false',
      });
    this.#paths = field('filter-paths', strings.pathPlaceholder);
    this.#paths.addEventListener('input', () => change({ state: { paths: this.#paths.value }, typing: true }));
    this.#languages = field('filter-languages', strings.languagePlaceholder);
    this.#languages.setAttribute('list', this.#known.id);
    this.#languages.addEventListener('input', () =>
      change({ state: { languages: this.#languages.value }, typing: true }),
    );
    const kinds = chunkKinds.map((kind) => element('option', { value: kind }, strings[`kind_${kind}`]));
    this.#kind = element('select', { id: 'filter-kind' }, element('option', { value: '' }, strings.kindAny), ...kinds);
    this.#kind.addEventListener('change', () => {
      const kind = chunkKinds.find((candidate) => candidate === this.#kind.value);
      change({ state: { kind }, typing: false });
    });
    this.#clear = textButton(strings.clearFilters, 'link', () => {
      events.clearFilters();
      this.#paths.focus();
    });
    this.element = element(
      'fieldset',
      { class: 'filters', id: 'filters', 'aria-label': strings.filterGroup },
      labelled(strings.pathLabel, this.#paths),
      labelled(strings.languageLabel, this.#languages),
      labelled(strings.kindLabel, this.#kind),
      this.#known,
      this.#clear,
    );
  }

  update(state: SearchUiState): void {
    setShown(this.element, state.filtersShown);
    if (this.#paths.value !== state.paths) this.#paths.value = state.paths;
    if (this.#languages.value !== state.languages) this.#languages.value = state.languages;
    this.#kind.value = state.kind ?? '';
    setShown(this.#clear, activeFilters(state) > 0);
  }

  updateLanguages(languages: readonly string[]): void {
    this.#known.replaceChildren(...languages.map((language) => element('option', { value: language })));
  }
}

function labelled(label: string, control: HTMLElement): Element {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
}

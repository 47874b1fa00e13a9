import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { complete, queryCompletions } from '../../src/util/queryCompletion.ts';
import type { QueryCompletion, QueryCompletions } from '../../src/util/queryCompletion.ts';
import { element, setAttributes, setShown } from '../shared/element.ts';

const listId = 'completions';

/**
 * Completes tokens in the query box: makes of it an editable combobox with a listbox below, whose options the arrow keys
 * walk through while the focus stays in the box (ARIA Authoring Practices, "Editable Combobox With List Autocomplete").
 */
export class Completions {
  /** Stands below the input, in a box that is positioned. */
  readonly element = element('ul', { class: 'completions', id: listId, role: 'listbox', hidden: true });
  readonly #input: HTMLInputElement;
  readonly #strings: SearchStrings;
  readonly #accepted: (query: string) => void;
  #languages: readonly string[] = [];
  #shown: QueryCompletions | undefined;
  /** Index of the option that Enter takes; -1: none, Enter searches. */
  #active = -1;

  constructor(input: HTMLInputElement, strings: SearchStrings, accepted: (query: string) => void) {
    this.#input = input;
    this.#strings = strings;
    this.#accepted = accepted;
    this.element.setAttribute('aria-label', strings.completionsLabel);
    setAttributes(input, {
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': listId,
      'aria-expanded': false,
    });
    input.addEventListener('input', (event) => {
      if (event instanceof InputEvent && event.isComposing) this.close();
      else this.#open();
    });
    input.addEventListener('compositionend', () => this.#open());
    input.addEventListener('blur', () => this.close());
    input.addEventListener('click', () => this.close());
    // The focus stays in the query box.
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
  }

  updateLanguages(languages: readonly string[]): void {
    this.#languages = languages;
  }

  close(): void {
    this.#shown = undefined;
    this.#active = -1;
    this.#render();
  }

  /** Whether the key was for the list. Closed, it takes none. */
  onKey(event: KeyboardEvent): boolean {
    if (this.#shown === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key) {
      case 'ArrowDown':
        this.#move(1);
        break;
      case 'ArrowUp':
        this.#move(-1);
        break;
      case 'Enter':
      case 'Tab': {
        const item = this.#shown.items[this.#active];
        if (item === undefined || event.shiftKey) {
          this.close();
          return false;
        }
        this.#accept(item);
        break;
      }
      case 'Escape':
        this.close();
        break;
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'Home':
      case 'End':
        this.close();
        return false;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #open(): void {
    const { value, selectionStart, selectionEnd } = this.#input;
    const cursor = selectionStart === selectionEnd ? selectionStart : null;
    this.#shown = cursor === null ? undefined : queryCompletions(value, cursor, this.#languages);
    this.#active = this.#shown?.isCertain === true ? 0 : -1;
    this.#render();
  }

  /** Past either end there is the box itself, with nothing chosen. */
  #move(by: number): void {
    const count = this.#shown?.items.length ?? 0;
    this.#active = ((this.#active + 1 + by + count + 1) % (count + 1)) - 1;
    this.#renderActive();
  }

  #accept(item: QueryCompletion): void {
    if (this.#shown === undefined) return;
    const { query, cursor } = complete(this.#input.value, this.#shown, item);
    this.#input.value = query;
    this.#input.setSelectionRange(cursor, cursor);
    this.#accepted(query);
    this.#open();
  }

  #render(): void {
    const items = this.#shown?.items ?? [];
    this.element.replaceChildren(...items.map((item, index) => this.#option(item, index)));
    setShown(this.element, items.length > 0);
    setAttributes(this.#input, { 'aria-expanded': items.length > 0 });
    this.#renderActive();
  }

  #renderActive(): void {
    const options = [...this.element.children];
    options.forEach((option, index) => setAttributes(option, { 'aria-selected': index === this.#active }));
    const active = options[this.#active];
    setAttributes(this.#input, { 'aria-activedescendant': active?.id });
    active?.scrollIntoView({ block: 'nearest' });
  }

  #option(item: QueryCompletion, index: number): HTMLElement {
    const option = element(
      'li',
      { class: 'completion', id: `completion-${index}`, role: 'option', 'aria-selected': false },
      element('span', { class: 'completion-text' }, item.text),
    );
    if (item.hint !== undefined)
      option.append(' ', element('span', { class: 'completion-hint' }, this.#strings[item.hint]));
    option.addEventListener('click', () => this.#accept(item));
    return option;
  }
}

import close from '@vscode/codicons/src/icons/close.svg';
import references from '@vscode/codicons/src/icons/references.svg';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { iconButton } from '../shared/button.ts';
import { element, setShown, setText } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import { icon } from '../shared/icon.ts';
import type { SimilarMode } from './similarMode.ts';

/** Says what the results are similar to, and leads back to those of the query. */
export class SimilarBar {
  readonly element: HTMLElement;
  readonly #text = element('span', { class: 'similar-text' });
  readonly #close: HTMLButtonElement;
  readonly #strings: SearchStrings;

  constructor(strings: SearchStrings, onClose: () => void) {
    this.#strings = strings;
    this.#close = iconButton(close, strings.similarClose, onClose);
    this.element = element('div', { class: 'similar', role: 'group' }, this.#text, this.#close);
    this.element.prepend(icon(references));
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      onClose();
    });
  }

  update(similar: SimilarMode | undefined): void {
    setShown(this.element, similar !== undefined);
    if (similar === undefined) return;
    const text = fill(this.#strings.similarTo, similar.title);
    setText(this.#text, text);
    this.#text.title = text;
    this.element.setAttribute('aria-label', text);
  }

  focusClose(): void {
    this.#close.focus();
  }
}

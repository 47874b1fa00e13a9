import { element } from './element.ts';

/** Long enough that the answers to fast typing are not read out one by one. */
const quietMs = 500;

/** Says things to screen readers without moving the focus. */
export class Announcer {
  readonly element = element('div', { class: 'visually-hidden', role: 'status' });
  #timer: number | undefined;

  /** The newest text within half a second is said; the same text is said again, too. */
  say(text: string): void {
    window.clearTimeout(this.#timer);
    this.element.textContent = '';
    this.#timer = window.setTimeout(() => (this.element.textContent = text), quietMs);
  }
}

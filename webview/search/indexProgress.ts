import close from '@vscode/codicons/src/icons/close.svg';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import type { SearchViewStatus } from '../../src/protocol/views.ts';
import { iconButton } from '../shared/button.ts';
import { element, setAttributes, setShown, setText } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';

/** The line at the foot of the view that says how far indexing is; it moves nothing above it. */
export class IndexProgressBar {
  readonly element: HTMLElement;
  readonly #text = element('div', { class: 'progress-text' });
  readonly #bar = element('div', { class: 'progress-bar', role: 'progressbar', 'aria-valuemin': 0 });
  readonly #filled = element('div', { class: 'progress-fill' });
  readonly #strings: SearchStrings;
  readonly #format: Format;

  constructor(strings: SearchStrings, format: Format, cancel: () => void) {
    this.#strings = strings;
    this.#format = format;
    this.#bar.append(this.#filled);
    const line = element(
      'div',
      { class: 'progress-line' },
      this.#text,
      iconButton(close, strings.cancelIndexing, cancel),
    );
    this.element = element('footer', { class: 'index-progress' }, this.#bar, line);
  }

  update({ index, progress }: SearchViewStatus): void {
    setShown(this.element, index === 'indexing');
    if (index !== 'indexing') return;
    const phase = this.#phaseText(progress?.phase);
    const known = progress !== undefined && progress.total > 0;
    setText(this.#text, known ? `${phase} · ${this.#countText(progress)}` : phase);
    this.#text.title = this.#text.textContent;
    this.#bar.classList.toggle('indeterminate', !known);
    this.#filled.style.width = known ? `${Math.min(100, (100 * progress.done) / progress.total)}%` : '';
    setAttributes(this.#bar, {
      'aria-label': phase,
      'aria-valuemax': known ? progress.total : undefined,
      'aria-valuenow': known ? Math.min(progress.done, progress.total) : undefined,
      'aria-valuetext': known ? this.#countText(progress) : undefined,
    });
  }

  #phaseText(phase: string | undefined): string {
    if (phase === 'embedding') return this.#strings.progressEmbedding;
    return phase === 'chunking' ? this.#strings.progressChunking : this.#strings.progressDiscovering;
  }

  #countText({ done, total, remainingMs }: NonNullable<SearchViewStatus['progress']>): string {
    const count = fill(this.#strings.progressCount, this.#format.integer(done), this.#format.integer(total));
    if (remainingMs === undefined) return count;
    return `${count} · ${fill(this.#strings.progressRemaining, this.#format.duration(remainingMs))}`;
  }
}

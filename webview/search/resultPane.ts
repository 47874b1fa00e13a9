import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import type { HostToSearchView } from '../../src/protocol/views.ts';
import { textButton } from '../shared/button.ts';
import { element, setAttributes, setShown, setText } from '../shared/element.ts';
import type { Format } from '../shared/format.ts';
import type { Instead } from './instead.ts';
import { ResultTree } from './resultTree.ts';
import type { ResultTreeEvents } from './resultTree.ts';
import type { Row } from './rows.ts';
import { SnippetColours } from './snippetColours.ts';

export interface ResultPaneEvents extends Omit<ResultTreeEvents, 'leave'> {
  backToQuery(): void;
  /** Escape. */
  leave(): void;
  loadMore(): void;
  scrolled(scrollTop: number): void;
}

export interface ResultPaneContent {
  /** "12 results in 8 ms". */
  readonly summary: string;
  readonly busy: boolean;
  readonly rows: readonly Row[];
  readonly terms: ReadonlySet<string>;
  /** The rows belong to the same question as the ones before. */
  readonly keepPlace: boolean;
  /** `unknown`: more results were asked for and are not there yet. */
  readonly more: 'yes' | 'no' | 'unknown';
  /** Stands in place of the rows. */
  readonly instead: Instead | undefined;
}

/** The scrolling part of the view: summary, tree, "Load more", or what stands in their place. */
export class ResultPane {
  readonly element: HTMLElement;
  readonly #summary = element('div', { class: 'summary' });
  readonly #instead = element('div', { class: 'instead' });
  readonly #tree: ResultTree;
  readonly #more: HTMLButtonElement;
  /** Rows that were there when more were asked for. */
  #before: ReadonlySet<string> | undefined;
  #rows: readonly Row[] = [];
  #insteadKey: string | undefined;
  readonly #backToQuery: () => void;

  constructor(strings: SearchStrings, format: Format, events: ResultPaneEvents) {
    this.#backToQuery = () => events.backToQuery();
    this.element = element('main', { class: 'results' });
    const leave = (to: 'query' | 'after' | 'out'): void => {
      if (to === 'query') events.backToQuery();
      else if (to === 'out') events.leave();
      else if (!this.#more.hidden) this.#more.focus();
    };
    this.#tree = new ResultTree(
      this.element,
      { strings, format, colours: new SnippetColours(), terms: new Set(), columns: 0, bestScore: 1 },
      { ...events, leave },
    );
    this.#more = textButton(strings.loadMore, 'secondary', () => {
      if (this.#before !== undefined) return;
      this.#before = new Set(this.#rows.map(({ key }) => key));
      events.loadMore();
    });
    this.#more.classList.add('load-more');
    this.#more.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') events.leave();
      else if (event.key !== 'ArrowUp' || !this.#tree.focusLast()) return;
      event.preventDefault();
    });
    this.element.append(this.#summary, this.#tree.element, this.#more, this.#instead);
    this.element.addEventListener('scroll', () => events.scrolled(this.element.scrollTop), { passive: true });
  }

  update(content: ResultPaneContent): void {
    this.#rows = content.rows;
    const focused = document.activeElement;
    const inList = focused === this.#more || this.#tree.element.contains(focused);
    setText(this.#summary, content.summary);
    setShown(this.#summary, content.instead === undefined);
    setShown(this.#tree.element, content.instead === undefined && content.rows.length > 0);
    setAttributes(this.#tree.element, { 'aria-busy': content.busy });
    this.element.classList.toggle('busy', content.busy);
    this.#tree.update(content.rows, content.terms, content.keepPlace);
    this.#updateInstead(content.instead);
    this.#updateMore(content.instead === undefined ? content.more : 'no');
    if (inList && content.rows.length === 0) this.#backToQuery(); // The row that had the focus is gone.
  }

  colour(message: Extract<HostToSearchView, { type: 'colours' }>): void {
    this.#tree.colour(message);
  }

  /** Puts back what the user looked at before the page was reloaded. */
  restore(activeKey: string | undefined, scrollTop: number): void {
    this.#tree.restoreActive(activeKey);
    this.element.scrollTop = scrollTop;
  }

  focusResults(): boolean {
    return this.#tree.focus();
  }

  #updateInstead(instead: Instead | undefined): void {
    if (instead?.key === this.#insteadKey) return;
    this.#insteadKey = instead?.key;
    const focused = this.#instead.contains(document.activeElement);
    this.#instead.replaceChildren(...(instead === undefined ? [] : [instead.create()]));
    if (focused) this.#backToQuery(); // The button that was pressed is gone.
  }

  /** The focus goes on to the first new result, as its button may be gone. */
  #updateMore(more: ResultPaneContent['more']): void {
    setAttributes(this.#more, { 'aria-disabled': more === 'unknown' ? true : undefined });
    if (more === 'unknown') return;
    const before = this.#before;
    this.#before = undefined;
    const firstNew = before && this.#rows.findIndex((row) => row.type === 'result' && !before.has(row.key));
    if (this.#more === document.activeElement && firstNew !== undefined) {
      if (firstNew >= 0) this.#tree.focus(firstNew);
      else if (more === 'no') this.#tree.focusLast();
    }
    setShown(this.#more, more === 'yes');
  }
}

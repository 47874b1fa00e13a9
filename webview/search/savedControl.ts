import { isSameSearch } from '../../src/protocol/savedSearches.ts';
import type { SavedSearch, SearchInput, SearchLists } from '../../src/protocol/savedSearches.ts';
import type { SearchViewToHost, ViewNotice } from '../../src/protocol/views.ts';

/** The saved searches and the history as the host has them, and what is done with them. */
export class SavedControl {
  readonly #post: (message: SearchViewToHost) => void;
  #lists: SearchLists;
  #notice: ViewNotice | undefined;
  #shown = false;

  constructor(lists: SearchLists, post: (message: SearchViewToHost) => void) {
    this.#lists = lists;
    this.#post = post;
  }

  get lists(): SearchLists {
    return this.#lists;
  }

  /** A search was removed, which can be undone. */
  get notice(): ViewNotice | undefined {
    return this.#notice;
  }

  /** What was said of a removal stays until it is undone, or something else is done with the saved searches. */
  receive(lists: SearchLists, notice: ViewNotice | undefined): void {
    if (notice !== undefined || savedOf(lists) !== savedOf(this.#lists)) this.#notice = notice;
    this.#lists = lists;
  }

  /** Whether the message was that of the notice, which is gone now. */
  dismiss(message: string): boolean {
    if (this.#notice?.message !== message) return false;
    this.#notice = undefined;
    return true;
  }

  find(input: SearchInput): SavedSearch | undefined {
    return this.#lists.saved.find((search) => isSameSearch(search, input));
  }

  save(search: SearchInput): void {
    this.#post({ type: 'save', search });
  }

  /** Saves a search, or removes it when it is saved. */
  toggle(input: SearchInput): void {
    const saved = this.find(input);
    if (saved === undefined) this.save(input);
    else this.#post({ type: 'saved', action: 'remove', id: saved.id });
  }

  /** What is new is counted each time the lists come into view and the index is up to date. */
  onShown(shown: boolean): void {
    if (shown && !this.#shown && this.#lists.saved.some(({ pinned }) => pinned)) this.#post({ type: 'listsShown' });
    this.#shown = shown;
  }
}

/** The saved searches, whatever is new of them. */
function savedOf({ saved }: SearchLists): string {
  return JSON.stringify(saved, (key, value: unknown) => (key === 'newHits' ? undefined : value));
}

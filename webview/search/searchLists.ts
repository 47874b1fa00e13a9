import edit from '@vscode/codicons/src/icons/edit.svg';
import pin from '@vscode/codicons/src/icons/pin.svg';
import pinned from '@vscode/codicons/src/icons/pinned.svg';
import starFull from '@vscode/codicons/src/icons/star-full.svg';
import trash from '@vscode/codicons/src/icons/trash.svg';
import type { SavedSearch, SavedSearchAction, SearchLists } from '../../src/protocol/savedSearches.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { iconButton } from '../shared/button.ts';
import { element, setAttributes, setShown } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import { icon } from '../shared/icon.ts';
import { KeyedList } from '../shared/keyedList.ts';
import type { KeyedRow } from '../shared/keyedList.ts';

/** Queries of the history that are listed; the keys of the query box reach all of them. */
const listedQueries = 10;

type Entry =
  { readonly type: 'saved'; readonly search: SavedSearch } | { readonly type: 'recent'; readonly query: string };

export interface SearchListsEvents {
  searchSaved(search: SavedSearch): void;
  ask(query: string): void;
  change(action: SavedSearchAction, id: string): void;
  /** Brings back what was removed last. */
  undo(): void;
  backToQuery(): void;
}

/**
 * Saved searches and the newest of the history, one tab stop for all. Arrow keys move, F2 renames, Delete removes,
 * Ctrl+Z brings back.
 */
export class SearchListsView {
  readonly element: HTMLElement;
  readonly #saved: KeyedList<Entry>;
  readonly #recent: KeyedList<Entry>;
  readonly #sections: { readonly saved: HTMLElement; readonly recent: HTMLElement };
  readonly #events: SearchListsEvents;
  #entries: readonly Entry[] = [];
  #activeKey: string | undefined;

  constructor(strings: SearchStrings, format: Format, events: SearchListsEvents) {
    this.#events = events;
    const savedList = element('ul', { class: 'entries' });
    const recentList = element('ul', { class: 'entries' });
    const create = (entry: Entry): KeyedRow<Entry> => createEntry(entry, strings, format);
    this.#saved = new KeyedList(savedList, keyOf, create);
    this.#recent = new KeyedList(recentList, keyOf, create);
    this.#sections = {
      saved: element('div', {}, element('h3', {}, strings.savedTitle), savedList),
      recent: element('div', {}, element('h3', {}, strings.recentTitle), recentList),
    };
    this.element = element('div', { class: 'lists' }, this.#sections.saved, this.#sections.recent);
    this.element.addEventListener('click', (event) => this.#onClick(event.target as Element));
    this.element.addEventListener('keydown', (event) => this.#onKeyDown(event));
    this.element.addEventListener('focusin', ({ target }) => {
      this.#activeKey = this.#entryOf(target as Element)?.key ?? this.#activeKey;
      this.#updateTabStop();
    });
  }

  update(lists: SearchLists): void {
    const focused = this.element.contains(document.activeElement);
    const index = this.#entries.findIndex((entry) => keyOf(entry) === this.#activeKey);
    const saved = lists.saved.map((search): Entry => ({ type: 'saved', search }));
    const recent = lists.recent.slice(0, listedQueries).map((query): Entry => ({ type: 'recent', query }));
    this.#entries = [...saved, ...recent];
    this.#saved.update(saved);
    this.#recent.update(recent);
    setShown(this.#sections.saved, saved.length > 0);
    setShown(this.#sections.recent, recent.length > 0);
    this.#updateTabStop();
    // The entry that had the focus is gone: the one in its place has it.
    if (focused && !this.element.contains(document.activeElement) && !this.#focus(index)) this.#events.backToQuery();
  }

  /** Moves the focus to the entry that is the tab stop; false when there is none. */
  focus(): boolean {
    return this.#focus(Math.max(0, this.#activeIndex()));
  }

  #focus(index: number): boolean {
    const entry = this.#entries[Math.min(Math.max(0, index), this.#entries.length - 1)];
    const button = entry && this.#buttonOf(entry);
    button?.focus();
    return button !== undefined;
  }

  #activeIndex(): number {
    return this.#entries.findIndex((entry) => keyOf(entry) === this.#activeKey);
  }

  #updateTabStop(): void {
    const active = Math.max(0, this.#activeIndex());
    this.#entries.forEach((entry, index) => {
      const button = this.#buttonOf(entry);
      if (button !== undefined) button.tabIndex = index === active ? 0 : -1;
    });
  }

  #buttonOf(entry: Entry): HTMLElement | undefined {
    const list = entry.type === 'saved' ? this.#saved : this.#recent;
    return list.get(keyOf(entry))?.querySelector<HTMLElement>('.entry-name') ?? undefined;
  }

  #entryOf(target: Element): { readonly key: string; readonly entry: Entry } | undefined {
    const key = target.closest('.entry')?.getAttribute('data-key');
    const entry = this.#entries.find((candidate) => keyOf(candidate) === key);
    return entry && { key: keyOf(entry), entry };
  }

  #onClick(target: Element): void {
    const found = this.#entryOf(target);
    const action = target.closest('[data-action]')?.getAttribute('data-action');
    if (found === undefined) return;
    if (found.entry.type === 'recent') this.#events.ask(found.entry.query);
    else if (action === null || action === undefined) this.#events.searchSaved(found.entry.search);
    else
      this.#change(
        action === 'pin' && found.entry.search.pinned ? 'unpin' : (action as SavedSearchAction),
        found.entry,
      );
  }

  #onKeyDown(event: KeyboardEvent): void {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key === 'z') this.#events.undo();
    else if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    else if (!this.#move(key) && !this.#changeByKey(key, event.target as Element)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(key: string): boolean {
    const index = this.#activeIndex();
    if (key === 'ArrowDown') this.#focus(index + 1);
    else if (key === 'ArrowUp' && index > 0) this.#focus(index - 1);
    else if (key === 'Home') this.#focus(0);
    else if (key === 'End') this.#focus(this.#entries.length - 1);
    else if (key === 'ArrowUp' || key === 'Escape') this.#events.backToQuery();
    else return false;
    return true;
  }

  #changeByKey(key: string, target: Element): boolean {
    const action = key === 'F2' ? 'rename' : key === 'Delete' ? 'remove' : undefined;
    const entry = this.#entryOf(target)?.entry;
    if (action === undefined || entry?.type !== 'saved') return false;
    this.#change(action, entry);
    return true;
  }

  #change(action: SavedSearchAction, { search }: Extract<Entry, { type: 'saved' }>): void {
    this.#events.change(action, search.id);
  }
}

function keyOf(entry: Entry): string {
  return entry.type === 'saved' ? `saved ${entry.search.id}` : `recent ${entry.query}`;
}

function createEntry(entry: Entry, strings: SearchStrings, format: Format): KeyedRow<Entry> {
  const row = element('li', { class: 'entry', 'data-key': keyOf(entry) });
  let shown = '';
  return {
    element: row,
    update(item) {
      const content = JSON.stringify(item);
      if (content === shown) return;
      shown = content;
      // The button stays, and with it the focus.
      const name = row.querySelector('.entry-name') ?? element('button', { type: 'button', class: 'entry-name' });
      if (item.type === 'recent') {
        name.replaceChildren(element('span', { class: 'entry-text' }, item.query));
        setAttributes(name, { title: item.query });
        row.prepend(name);
        return;
      }
      const { id, query, pinned: isPinned } = item.search;
      name.replaceChildren(...savedParts(item.search, strings, format));
      setAttributes(name, { title: query });
      const context = { webviewSection: 'savedSearch', id, pinned: isPinned, preventDefaultContextMenuItems: true };
      setAttributes(row, { 'data-vscode-context': JSON.stringify(context) });
      row.prepend(name);
      row.querySelector('.entry-actions')?.remove();
      row.append(
        element(
          'span',
          { class: 'entry-actions' },
          actionButton(isPinned ? pinned : pin, isPinned ? strings.unpin : strings.pin, 'pin'),
          actionButton(edit, strings.rename, 'rename'),
          actionButton(trash, strings.remove, 'remove'),
        ),
      );
    },
  };
}

function savedParts(search: SavedSearch, strings: SearchStrings, format: Format): Element[] {
  const { name, query, newHits = 0 } = search;
  const parts = [icon(search.pinned ? pinned : starFull), element('span', { class: 'entry-text' }, name)];
  if (search.pinned) parts.push(element('span', { class: 'visually-hidden' }, strings.pinned));
  if (name !== query.trim()) parts.push(element('span', { class: 'entry-query' }, query));
  if (newHits > 0) {
    const text = fill(strings[`newHits${format.plural(newHits)}`], format.integer(newHits));
    parts.push(element('span', { class: 'badge' }, text));
  }
  return parts;
}

/** For the mouse; keys and the context menu do the same. */
function actionButton(svg: string, label: string, action: SavedSearchAction): HTMLElement {
  const button = iconButton(svg, label, () => undefined);
  setAttributes(button, { 'data-action': action, tabindex: -1 });
  button.addEventListener('mousedown', (event) => event.preventDefault());
  return button;
}

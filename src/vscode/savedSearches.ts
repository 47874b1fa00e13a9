import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import { isRecord, isText } from '../protocol/checks.ts';
import { isSameSearch } from '../protocol/savedSearches.ts';
import type { SavedSearch, SearchInput } from '../protocol/savedSearches.ts';
import { parseSearchInput, viewLimits } from '../protocol/views.ts';
import { Emitter } from '../util/emitter.ts';

const storageKey = 'codeweaver.savedSearches';
/** More than this nobody finds again. */
export const maxSavedSearches = 50;
const maxNameChars = 200;

/** The searches that the user saved in this workspace. */
export class SavedSearches {
  readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
  readonly #changed = new Emitter<void>();
  #removed: { readonly search: SavedSearch; readonly index: number } | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(state: Pick<vscode.Memento, 'get' | 'update'>) {
    this.#state = state;
  }

  /** Pinned ones first, then the newest. */
  get all(): readonly SavedSearch[] {
    const stored = this.#stored;
    return [...stored.filter(({ pinned }) => pinned), ...stored.filter(({ pinned }) => !pinned)];
  }

  /** The search that the last removal removed, while it can be undone. */
  get removed(): SavedSearch | undefined {
    return this.#removed?.search;
  }

  /** The saved search of this id, or the one that asks the same. */
  find(wanted: string | SearchInput): SavedSearch | undefined {
    return this.#stored.find((saved) =>
      typeof wanted === 'string' ? saved.id === wanted : isSameSearch(saved, wanted),
    );
  }

  /** False when there is no room; what is saved already stays as it is. */
  async add(input: SearchInput): Promise<boolean> {
    const stored = this.#stored;
    if (this.find(input) !== undefined) return true;
    if (stored.length >= maxSavedSearches) return false;
    const name = input.query.trim().slice(0, maxNameChars);
    await this.#store([{ ...input, id: randomUUID(), name, pinned: false }, ...stored]);
    return true;
  }

  /** A blank name gives it back its query as its name. */
  async rename(id: string, text: string): Promise<void> {
    const name = text.trim().slice(0, maxNameChars);
    await this.#change(id, (search) => ({ ...search, name: name === '' ? search.query.slice(0, maxNameChars) : name }));
  }

  async setPinned(id: string, pinned: boolean): Promise<void> {
    await this.#change(id, (search) => ({ ...search, pinned }));
  }

  async remove(id: string): Promise<void> {
    const stored = this.#stored;
    const index = stored.findIndex((search) => search.id === id);
    const search = stored[index];
    if (search === undefined) return;
    this.#removed = { search, index };
    await this.#write(stored.filter((other) => other !== search));
  }

  /** Puts back what was removed last, at its place. */
  async undoRemove(): Promise<void> {
    const removed = this.#removed;
    if (removed === undefined) return;
    await this.#store(this.#stored.toSpliced(removed.index, 0, removed.search));
  }

  get #stored(): readonly SavedSearch[] {
    const stored = this.#state.get<unknown>(storageKey);
    if (!Array.isArray(stored)) return [];
    return stored
      .map(parseSavedSearch)
      .filter((search) => search !== undefined)
      .slice(0, maxSavedSearches);
  }

  async #change(id: string, change: (search: SavedSearch) => SavedSearch): Promise<void> {
    await this.#store(this.#stored.map((search) => (search.id === id ? change(search) : search)));
  }

  /** Any other change ends the time in which a removal can be undone. */
  async #store(searches: readonly SavedSearch[]): Promise<void> {
    this.#removed = undefined;
    await this.#write(searches);
  }

  async #write(searches: readonly SavedSearch[]): Promise<void> {
    await this.#state.update(storageKey, searches);
    this.#changed.fire();
  }
}

/** What another version stored may not fit: such a search is left out. */
function parseSavedSearch(value: unknown): SavedSearch | undefined {
  const input = parseSearchInput(value);
  if (input === undefined || !isRecord(value)) return undefined;
  const { id, name, pinned } = value;
  if (!isText(id, viewLimits.idChars) || !isText(name, maxNameChars)) return undefined;
  return { ...input, id, name, pinned: pinned === true };
}

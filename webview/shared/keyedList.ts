/** One element of a {@link KeyedList}, kept as long as its key is in the list. */
export interface KeyedRow<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

/**
 * Keeps a parent's children in step with a list of keyed items: elements are reused by key, and the one that has the
 * focus is never moved, because a moved element loses the focus and a screen reader starts over.
 * Keys are unique within a list.
 */
export class KeyedList<T> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (item: T) => string;
  readonly #create: (item: T) => KeyedRow<T>;
  #rows = new Map<string, KeyedRow<T>>();

  constructor(parent: HTMLElement, keyOf: (item: T) => string, create: (item: T) => KeyedRow<T>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  /** The element of a key. */
  get(key: string): HTMLElement | undefined {
    return this.#rows.get(key)?.element;
  }

  /** Shows other content of items that are in the list; of others nothing. */
  refresh(items: readonly T[]): void {
    for (const item of items) this.#rows.get(this.#keyOf(item))?.update(item);
  }

  update(items: readonly T[]): void {
    const rows = new Map<string, KeyedRow<T>>();
    for (const item of items) {
      const key = this.#keyOf(item);
      const row = this.#rows.get(key) ?? this.#create(item);
      row.update(item);
      rows.set(key, row);
    }
    for (const [key, row] of this.#rows) if (!rows.has(key)) row.element.remove();
    this.#rows = rows;
    this.#place([...rows.values()].map((row) => row.element));
  }

  /** Everything before the focused element is put in order from it backwards, the rest forwards. */
  #place(elements: readonly HTMLElement[]): void {
    const focused = elements.findIndex((candidate) => candidate.contains(document.activeElement));
    let after: Element | null = elements[focused] ?? null;
    for (let index = focused - 1; index >= 0; index--) {
      const current = elements[index] as HTMLElement;
      if (after?.previousElementSibling !== current) this.#parent.insertBefore(current, after);
      after = current;
    }
    let before: Element | null = elements[focused] ?? null;
    for (const current of elements.slice(focused + 1)) {
      const next: Element | null = before === null ? this.#parent.firstElementChild : before.nextElementSibling;
      if (next !== current) this.#parent.insertBefore(current, next);
      before = current;
    }
  }
}

/** Walks through earlier queries, from what is being typed and back to it. A query that was changed ends the walk. */
export class QueryHistory {
  #entries: readonly string[] = [];
  #place = -1;
  #draft = '';

  /** The query before the shown one; undefined at the oldest. `recent`: newest first. */
  older(recent: readonly string[], shown: string): string | undefined {
    if (!this.#isAt(shown)) {
      this.#draft = shown;
      this.#entries = recent.filter((query) => query !== shown.trim());
      this.#place = -1;
    }
    const next = this.#entries[this.#place + 1];
    if (next !== undefined) this.#place += 1;
    return next;
  }

  /** The query after the shown one, at last what was being typed; undefined when the shown one is that. */
  newer(shown: string): string | undefined {
    if (!this.#isAt(shown)) return undefined;
    this.#place -= 1;
    return this.#entries[this.#place] ?? this.#draft;
  }

  /** The shown query is no step of a walk any more. */
  end(): void {
    this.#place = -1;
  }

  #isAt(shown: string): boolean {
    return this.#entries[this.#place] === shown;
  }
}

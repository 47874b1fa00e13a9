import type * as vscode from 'vscode';

const storageKey = 'codeweaver.recentQueries';
const maxQueries = 10;

/** The queries of this workspace that led somewhere, newest first. */
export class RecentQueries {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get all(): readonly string[] {
    return this.#state.get<readonly string[]>(storageKey, []);
  }

  async add(query: string): Promise<void> {
    const others = this.all.filter((other) => other !== query);
    await this.#state.update(storageKey, [query, ...others].slice(0, maxQueries));
  }
}

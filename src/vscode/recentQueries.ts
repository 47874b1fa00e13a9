import type * as vscode from 'vscode';
import { isText } from '../protocol/checks.ts';
import { viewLimits } from '../protocol/views.ts';
import { Emitter } from '../util/emitter.ts';

const storageKey = 'codeweaver.recentQueries';
/** As many as anyone walks back through by key. */
const maxQueries = 50;

/** The queries of this workspace that led somewhere, newest first: the history of the search view and the quick pick. */
export class RecentQueries {
  readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
  readonly #changed = new Emitter<void>();

  readonly onDidChange = this.#changed.event;

  constructor(state: Pick<vscode.Memento, 'get' | 'update'>) {
    this.#state = state;
  }

  get all(): readonly string[] {
    const stored = this.#state.get<unknown>(storageKey);
    if (!Array.isArray(stored)) return [];
    return stored.filter((query): query is string => isText(query, viewLimits.queryChars)).slice(0, maxQueries);
  }

  /** A blank query is none. */
  async add(text: string): Promise<void> {
    const query = text.trim();
    if (query === '' || this.all[0] === query) return;
    const others = this.all.filter((other) => other !== query);
    await this.#state.update(storageKey, [query, ...others].slice(0, maxQueries));
    this.#changed.fire();
  }

  async clear(): Promise<void> {
    await this.#state.update(storageKey, undefined);
    this.#changed.fire();
  }
}

import { parseUiState } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';

/** Closed messages that are remembered. */
const maxDismissed = 20;
/** Scrolling is saved after a pause of this length. */
const saveDelayMs = 100;

/** The UI state, saved as it changes. */
export class UiStore {
  readonly #save: (state: SearchUiState) => void;
  #state: SearchUiState;
  #saveTimer: number | undefined;

  constructor(saved: unknown, save: (state: SearchUiState) => void) {
    this.#state = parseUiState(saved);
    this.#save = save;
  }

  get state(): SearchUiState {
    return this.#state;
  }

  change(change: Partial<SearchUiState>): void {
    this.#state = { ...this.#state, ...change };
    this.#save(this.#state);
  }

  /** Unfolds or folds a row. */
  toggle(key: string): void {
    const { toggled } = this.#state;
    this.change({ toggled: toggled.includes(key) ? toggled.filter((other) => other !== key) : [...toggled, key] });
  }

  /** The message of a notice that was closed. */
  dismiss(message: string): void {
    this.change({ dismissed: [...this.#state.dismissed, message].slice(-maxDismissed) });
  }

  scrolled(scrollTop: number): void {
    this.#state = { ...this.#state, scrollTop };
    window.clearTimeout(this.#saveTimer);
    this.#saveTimer = window.setTimeout(() => this.#save(this.#state), saveDelayMs);
  }
}

import type { FileChange } from '../protocol/types.ts';

/** A batch ends when nothing has come for this long… */
const quietMs = 60;
/** …or for this long once it is large: a branch switch or an installation is under way. */
const largeQuietMs = 400;
const largeBatch = 50;
/** A stream of events that never pauses is delivered this often. */
const maxWaitMs = 3_000;

/**
 * Collects file events into batches with each path once: what happened to it last counts. `deliver` is called from a
 * timer, never with an empty batch.
 */
export class ChangeBatcher {
  readonly #deliver: (changes: readonly FileChange[]) => void;
  readonly #changes = new Map<string, FileChange>();
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(deliver: (changes: readonly FileChange[]) => void) {
    this.#deliver = deliver;
  }

  add(change: FileChange): void {
    this.#changes.set(change.path, change);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.flush(), this.#changes.size > largeBatch ? largeQuietMs : quietMs);
    this.#deadline ??= setTimeout(() => this.flush(), maxWaitMs);
  }

  /** Delivers what has come so far, now. */
  flush(): void {
    this.#stopTimers();
    if (this.#changes.size === 0) return;
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    this.#deliver(changes);
  }

  /** Forgets what was not delivered. */
  dispose(): void {
    this.#stopTimers();
    this.#changes.clear();
  }

  #stopTimers(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#deadline);
    this.#quiet = undefined;
    this.#deadline = undefined;
  }
}

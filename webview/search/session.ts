import type { SearchViewToHost } from '../../src/protocol/views.ts';

/** A search without its number. */
export type Question = Omit<Extract<SearchViewToHost, { type: 'search' }>, 'type' | 'requestId'>;

/**
 * One search at a time: waits for a pause in typing, numbers the requests and knows which answers are stale.
 * Numbers start at the clock, so that an answer to an earlier life of the page is stale too.
 */
export class SearchSession {
  readonly #post: (message: SearchViewToHost) => void;
  #requestId = Date.now();
  #timer: number | undefined;
  #asked: Question | undefined;
  #pending = false;

  constructor(post: (message: SearchViewToHost) => void) {
    this.#post = post;
  }

  /** A search waits to be sent or answered. */
  get busy(): boolean {
    return this.#pending || this.#timer !== undefined;
  }

  /** Asks after `delayMs` without another call. A question that is already being answered is not asked twice. */
  schedule(question: Question, delayMs: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#asked !== undefined && JSON.stringify(this.#asked) === JSON.stringify(question)) return;
    this.#timer = window.setTimeout(() => this.ask(question), delayMs);
  }

  ask(question: Question): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asked = question;
    this.#pending = true;
    this.#requestId += 1;
    this.#post({ type: 'search', requestId: this.#requestId, ...question });
  }

  /** Drops the question: later answers to it are stale. */
  cancel(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending) this.#post({ type: 'cancel', requestId: this.#requestId });
    this.#pending = false;
    this.#asked = undefined;
    this.#requestId += 1;
  }

  /** The question an answer belongs to; undefined when it is stale. `final` ends the question. */
  accept(requestId: number, final: boolean): Question | undefined {
    if (requestId !== this.#requestId) return undefined;
    if (final) this.#pending = false;
    return this.#asked;
  }

  /** The newest question failed: typing it again asks it again. */
  fail(requestId: number): Question | undefined {
    const question = this.accept(requestId, true);
    if (question !== undefined) this.#asked = undefined;
    return question;
  }
}

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
  #isOutdated = false;

  constructor(post: (message: SearchViewToHost) => void) {
    this.#post = post;
  }

  /** A search waits to be sent or answered. */
  get busy(): boolean {
    return this.#pending || this.#timer !== undefined;
  }

  /** The answer that was under way when {@link putOff} was called is there, and no newer question was asked. */
  get isOutdated(): boolean {
    return this.#isOutdated && !this.#pending;
  }

  /**
   * Whether asking again because the index has changed has to wait: for the answer under way, which would never come if
   * each change ended it, or for the question that will be asked anyway.
   */
  putOff(): boolean {
    this.#isOutdated = this.#pending;
    return this.busy;
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
    this.#isOutdated = false;
    this.#requestId += 1;
    this.#post({ type: 'search', requestId: this.#requestId, ...question });
  }

  /** Drops the question: later answers to it are stale. */
  cancel(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending) this.#post({ type: 'cancel', requestId: this.#requestId });
    this.#pending = false;
    this.#isOutdated = false;
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

import type { Clock } from '../ports.ts';

/** Other work of this thread (a search) waits at most about this long. */
const turnMs = 8;

/** Shares the thread: work that takes seconds goes on in turns of some milliseconds. */
export class Turns {
  readonly #clock: Clock;
  #end: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#end = clock.monotonicMs() + turnMs;
  }

  /** Lets others have theirs when this turn has lasted long enough. */
  async next(): Promise<void> {
    if (this.#clock.monotonicMs() < this.#end) return;
    await this.#clock.yield();
    this.#end = this.#clock.monotonicMs() + turnMs;
  }
}

import type { AppError } from '../../protocol/errors.ts';
import type { Clock } from '../ports.ts';

/** Keeps a failure for a while, in which nobody asks again for what has just failed. */
export class FailurePause {
  readonly #clock: Clock;
  #failure: AppError | undefined;
  #untilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: there is no pause. */
  get failure(): AppError | undefined {
    return this.#clock.now() < this.#untilMs ? this.#failure : undefined;
  }

  start(failure: AppError, ms: number): void {
    this.#failure = failure;
    this.#untilMs = this.#clock.now() + ms;
  }
}

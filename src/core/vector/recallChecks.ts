import { throwIfAborted, toAppError } from '../../protocol/errors.ts';
import type { RecallStats } from '../../protocol/vectorStats.ts';
import { linkSignals } from '../../util/linkSignals.ts';
import type { Clock, RecallOptions } from '../ports.ts';
import { RecallCheck, type RecallSubject } from './recallCheck.ts';

/** Stored vectors searched for: the result has a standard error of about two hundredths. */
const defaultSamples = 50;

/** The recall checks of one index, and what the last one found. */
export class RecallChecks {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #running = new Set<AbortController>();
  #last: RecallStats | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  get last(): RecallStats | undefined {
    return this.#last;
  }

  /** How many times as much as by default searches look at. */
  get effort(): number {
    return this.#last?.effort ?? 1;
  }

  /** Undefined: there are no vectors, or {@link end} was called meanwhile. Rejects with CancelledError when the signal fires. */
  async run(
    subject: Omit<RecallSubject, 'effort' | 'record'>,
    { goal, samples = defaultSamples }: RecallOptions,
    signal: AbortSignal | undefined,
  ): Promise<RecallStats | undefined> {
    const own = new AbortController();
    this.#running.add(own);
    const either = linkSignals(own.signal, signal);
    const recording = { ...subject, effort: this.effort, record: (stats: RecallStats) => void (this.#last = stats) };
    const options = { goal, samples, clock: this.#clock, random: this.#random, signal: either.signal };
    try {
      return await new RecallCheck(recording, options).run();
    } catch (error) {
      throwIfAborted(signal);
      if (own.signal.aborted) return undefined;
      throw toAppError(error);
    } finally {
      either.unlink();
      this.#running.delete(own);
    }
  }

  /** Vectors change or go: what is being measured is not true of them any more. */
  end(): void {
    for (const check of this.#running) check.abort();
  }

  /** Searches go another way from now on: what was found says nothing about it. */
  forget(): void {
    this.end();
    this.#last = undefined;
  }
}

import { SimulatedClock, type SimulatedClockOptions } from '../../src/node/benchmark/simulatedClock.ts';

/** A clock that the test moves. Time stands still until {@link FakeClock.advance} or {@link FakeClock.settle}. */
export class FakeClock extends SimulatedClock {
  #sleeping = 0;

  constructor(options: SimulatedClockOptions = {}) {
    super({ startMs: Date.UTC(2025, 0, 1), turns: 20, ...options });
  }

  /** Sleeps that have not ended: the timers a real clock would hold. */
  get sleeping(): number {
    return this.#sleeping;
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.#sleeping++;
    try {
      await super.sleep(ms, signal);
    } finally {
      this.#sleeping--;
    }
  }

  /** Lets everything happen that needs no more time, then moves on by `ms`, waking sleepers on their way in order. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.now() + ms;
    do await this.quiet();
    while (this.wakeNext(targetMs));
  }
}

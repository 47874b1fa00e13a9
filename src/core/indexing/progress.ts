import type { IndexPhase, IndexProgress } from '../../protocol/types.ts';
import type { Clock } from '../ports.ts';

/** Progress is said at most this often. */
const intervalMs = 100;
/** Weight of the newest second in the smoothed rate. */
const smoothing = 0.3;

/** Turns counts into progress events with a smoothed rate and the time left. */
export class Progress {
  readonly #folderId: string;
  readonly #clock: Clock;
  readonly #emit: (progress: IndexProgress) => void;
  #phase: IndexPhase = 'idle';
  #saidMs = 0;
  #rateMs = 0;
  #rateDone = 0;
  #perSecond: number | undefined;

  constructor(folderId: string, clock: Clock, emit: (progress: IndexProgress) => void) {
    this.#folderId = folderId;
    this.#clock = clock;
    this.#emit = emit;
  }

  get phase(): IndexPhase {
    return this.#phase;
  }

  /** Starts a phase; always said. */
  start(phase: IndexPhase, total: number): void {
    this.#phase = phase;
    this.#perSecond = undefined;
    this.#rateMs = this.#clock.monotonicMs();
    this.#rateDone = 0;
    this.#say(0, total);
  }

  update(done: number, total: number): void {
    const now = this.#clock.monotonicMs();
    const elapsedMs = now - this.#rateMs;
    if (elapsedMs >= 1_000) {
      const perSecond = ((done - this.#rateDone) * 1_000) / elapsedMs;
      this.#perSecond =
        this.#perSecond === undefined ? perSecond : this.#perSecond + smoothing * (perSecond - this.#perSecond);
      this.#rateMs = now;
      this.#rateDone = done;
    }
    if (now - this.#saidMs >= intervalMs || done === total) this.#say(done, total);
  }

  #say(done: number, total: number): void {
    this.#saidMs = this.#clock.monotonicMs();
    const rate = this.#perSecond;
    this.#emit({
      folderId: this.#folderId,
      phase: this.#phase,
      done,
      total,
      ...(rate === undefined ? {} : { perSecond: rate }),
      ...(rate === undefined || rate <= 0 ? {} : { remainingMs: ((total - done) / rate) * 1_000 }),
    });
  }
}

import { throwIfAborted } from '../../protocol/errors.ts';
import type { RecallAction, RecallStats } from '../../protocol/vectorStats.ts';
import { abortable } from '../../util/abortable.ts';
import type { Clock, VectorHit } from '../ports.ts';
import { maxEffort } from './planner.ts';

/** Hits of an answer that is judged: recall@10. */
const hits = 10;
const effortStep = 1.5;
/** Steps up to here leave a search far cheaper than comparing all; a worn index is built anew before there are more. */
const reasonableEffort = effortStep ** 4;

/** What a check needs of an index. */
export interface RecallSubject {
  /** In force when the check begins, 1 or more. */
  readonly effort: number;
  ids(): Promise<Float64Array>;
  get(id: number): Promise<Float32Array | undefined>;
  /** The nearest by comparing all vectors. */
  exact(query: Float32Array, k: number): Promise<readonly VectorHit[]>;
  /** The way searches go, with this effort. */
  search(query: Float32Array, k: number, effort: number): Promise<readonly VectorHit[]>;
  /** Begins to build anew what changes have worn; false: there is nothing of that kind. */
  rebuild(): Promise<boolean>;
  /** Resolves when no background work is left. */
  settle(): Promise<void>;
  /** From now on searches go by what was found. */
  record(stats: RecallStats): void;
}

export interface RecallCheckOptions {
  readonly goal: number;
  readonly samples: number;
  readonly clock: Clock;
  /** 0..1, draws the samples. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

interface Question {
  readonly query: Float32Array;
  readonly truth: readonly VectorHit[];
}

interface Measured {
  readonly effort: number;
  readonly recall: number;
}

/**
 * Holds an index to its goal for recall. Below it, searches are made to look at more, step by step, until the goal is
 * reached; where that is not enough within reason and changes have worn the index, it is built anew. Well above it,
 * searches look at less again. One query per turn of the event loop. Vectors must not change meanwhile: who changes one
 * has to fire the signal.
 */
export class RecallCheck {
  readonly #subject: RecallSubject;
  readonly #options: RecallCheckOptions;
  readonly #startMs: number;
  readonly #questions: Question[] = [];

  constructor(subject: RecallSubject, options: RecallCheckOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
  }

  /** What was found and done; undefined without vectors. Rejects with CancelledError when the signal fires. */
  async run(): Promise<RecallStats | undefined> {
    const { goal } = this.#options;
    await this.#settle();
    await this.#draw();
    if (this.#questions.length === 0) return undefined;
    const before = await this.#measure(this.#subject.effort);
    if (before.recall >= goal) return this.#finish(before, await this.#lower(before));
    const raised = await this.#raise(before, reasonableEffort);
    if (raised.recall >= goal) return this.#finish(before, raised);
    if (!(await this.#subject.rebuild())) return this.#finish(before, await this.#raise(raised, maxEffort));
    this.#record({ effort: 1, recall: before.recall }, 'rebuilt');
    await this.#settle();
    return this.#finish(before, await this.#raise(await this.#measure(1), maxEffort), 'rebuilt');
  }

  async #finish(before: Measured, after: Measured, action = actionOf(before, after)): Promise<RecallStats> {
    await this.#turn();
    return this.#record(after, action);
  }

  /** Other calls of this thread come first. */
  async #turn(): Promise<void> {
    await this.#options.clock.yield();
    throwIfAborted(this.#options.signal);
  }

  /** What is measured or built at the moment is not how searches will go. */
  async #settle(): Promise<void> {
    await abortable(this.#subject.settle(), this.#options.signal);
  }

  async #draw(): Promise<void> {
    const { samples, random } = this.#options;
    const ids = await this.#subject.ids();
    const count = Math.min(samples, ids.length);
    for (let i = 0; i < count; i++) {
      const drawn = i + Math.floor(random() * (ids.length - i));
      [ids[i], ids[drawn]] = [ids[drawn]!, ids[i]!];
      await this.#turn();
      const query = await this.#subject.get(ids[i]!);
      if (query !== undefined) this.#questions.push({ query, truth: await this.#subject.exact(query, hits) });
    }
  }

  async #measure(effort: number): Promise<Measured> {
    let sum = 0;
    for (const { query, truth } of this.#questions) {
      await this.#turn();
      sum += foundShare(truth, await this.#subject.search(query, hits, effort));
    }
    return { effort, recall: sum / this.#questions.length };
  }

  /** The least effort, up to `limit`, that reaches the goal; else the one that comes nearest to it. */
  async #raise(from: Measured, limit: number): Promise<Measured> {
    const { goal } = this.#options;
    let best = from;
    for (let { effort } = from; effort < limit && best.recall < goal;) {
      effort = Math.min(effort * effortStep, limit);
      const next = await this.#measure(effort);
      if (next.recall > best.recall) best = next;
    }
    return best;
  }

  /** Half way from the goal to 1 has to be left, or samples drawn next time could fall below the goal again. */
  async #lower(from: Measured): Promise<Measured> {
    const least = (this.#options.goal + 1) / 2;
    let best = from;
    while (best.effort > 1) {
      const next = await this.#measure(Math.max(1, best.effort / effortStep));
      if (next.recall < least) break;
      best = next;
    }
    return best;
  }

  #record({ effort, recall }: Measured, action: RecallAction): RecallStats {
    const { goal, clock } = this.#options;
    const stats = {
      ...{ at10: recall, samples: this.#questions.length, goal, effort, action },
      ...{ at: clock.now(), ms: clock.monotonicMs() - this.#startMs },
    };
    this.#subject.record(stats);
    return stats;
  }
}

function actionOf(before: Measured, after: Measured): RecallAction {
  if (after.effort === before.effort) return 'none';
  return after.effort > before.effort ? 'raisedEffort' : 'loweredEffort';
}

/** Among equally near rows any are the nearest. */
function foundShare(truth: readonly VectorHit[], found: readonly VectorHit[]): number {
  const ids = new Set(truth.map(({ id }) => id));
  const worst = truth.at(-1)?.score ?? 0;
  const right = found.filter(({ id, score }) => ids.has(id) || score >= worst);
  return Math.min(1, right.length / Math.max(1, truth.length));
}

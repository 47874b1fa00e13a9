import { percentile } from '../../../src/util/percentile.ts';
import { collectGarbage } from '../collectGarbage.ts';
import type { DataSet } from '../data/dataSet.ts';
import { Random } from '../data/random.ts';
import { findExactHits, recallOf } from '../exactHits.ts';
import type { Contender } from './contender.ts';
import { hitCount, runQueries } from './searches.ts';
import { timed, timedSettling } from './timed.ts';

const replaceCount = 1_000;
/** Replacements and re-additions come in calls of so many, as an edited file has so many chunks. */
const batchRows = 20;
export const churnRounds = 50;
const churnShare = 0.01;

/** Which ids get which spare vectors: the same for every engine. */
export class Changes {
  readonly #data: DataSet;
  readonly #rowCount: number;

  constructor(data: DataSet) {
    this.#data = data;
    this.#rowCount = data.rows.length / data.dimensions;
  }

  get churnRows(): number {
    return Math.max(1, Math.round(churnShare * this.#rowCount));
  }

  replacedIds(): readonly number[] {
    return new Random(100).sample(replaceCount, 1, this.#rowCount);
  }

  churnedIds(round: number): readonly number[] {
    return new Random(200 + round).sample(this.churnRows, 1, this.#rowCount);
  }

  churned(round: number, index: number): Float32Array {
    return this.spare(replaceCount + round * this.churnRows + index);
  }

  /** From the beginning again when they are used up. */
  spare(index: number): Float32Array {
    const { spares, dimensions } = this.#data;
    const start = (index % (spares.length / dimensions)) * dimensions;
    return spares.subarray(start, start + dimensions);
  }
}

/** Gives existing ids other vectors. */
export async function measureReplacing(contender: Contender, data: DataSet, capMs: number): Promise<void> {
  const { engine, rows, result } = contender;
  const changes = new Changes(data);
  const ids = changes.replacedIds();
  let count = 0;
  let replaceMs = 0;
  collectGarbage();
  while (count < ids.length && replaceMs < capMs) {
    const batch = ids.slice(count, count + batchRows);
    const vectors = batch.map((_, index) => changes.spare(count + index));
    batch.forEach((id, index) => {
      rows.replace(id, vectors[index]!);
    });
    replaceMs += await timed(() => engine.add(batch, vectors));
    count += batch.length;
  }
  const settleMs = await timedSettling(engine);
  result.replacesPerSecond = (1_000 * count) / replaceMs;
  const { recallAt10 } = await recallNow(contender, data);
  result.replaced = { count, settleMs, recallAt10 };
}

/** One engine's rounds of removing one row in a hundred and adding each again as another. */
export class Churn {
  readonly #contender: Contender;
  readonly #changes: Changes;
  readonly #data: DataSet;
  readonly #capMs: number;
  #rounds = 0;
  #removeMs = 0;
  #addMs = 0;
  #settleMs = 0;

  constructor(contender: Contender, data: DataSet, capMs: number) {
    this.#contender = contender;
    this.#changes = new Changes(data);
    this.#data = data;
    this.#capMs = capMs;
  }

  /** Does nothing any more when the engine's time is up. */
  async run(): Promise<void> {
    if (this.#removeMs + this.#addMs + this.#settleMs >= this.#capMs) return;
    const { engine, rows } = this.#contender;
    const ids = this.#changes.churnedIds(this.#rounds);
    collectGarbage();
    for (const id of ids) this.#removeMs += await timed(() => engine.remove(id));
    for (let first = 0; first < ids.length; first += batchRows) {
      const batch = ids.slice(first, first + batchRows);
      const vectors = batch.map((_, index) => this.#changes.churned(this.#rounds, first + index));
      batch.forEach((id, index) => {
        rows.replace(id, vectors[index]!);
      });
      this.#addMs += await timed(() => engine.add(batch, vectors));
    }
    this.#settleMs += await timedSettling(engine);
    this.#rounds++;
  }

  async finish(): Promise<void> {
    const { result } = this.#contender;
    const rowsPerRound = this.#changes.churnRows;
    const changed = this.#rounds * rowsPerRound;
    result.removesPerSecond = (1_000 * changed) / this.#removeMs;
    result.churn = {
      rounds: this.#rounds,
      rowsPerRound,
      addsPerSecond: (1_000 * changed) / this.#addMs,
      settleMs: this.#settleMs,
      ...(await recallNow(this.#contender, this.#data)),
    };
  }
}

/** Held against the rows as this engine has them: after a cap they differ from engine to engine. */
async function recallNow(
  { engine, rows }: Contender,
  data: DataSet,
): Promise<{ readonly p50Ms: number; readonly recallAt10: number }> {
  const { queries, dimensions } = data;
  const [exact] = rows.whileInPlace(() => findExactHits(data.rows, queries, dimensions, hitCount, [undefined]));
  const { latenciesMs, answers } = await runQueries(engine, data);
  const recallAt10 = recallOf(answers, exact!, queries, dimensions, (id) => rows.row(id));
  return { p50Ms: percentile(latenciesMs, 50), recallAt10 };
}

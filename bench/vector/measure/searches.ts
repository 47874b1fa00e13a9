import { percentile } from '../../../src/util/percentile.ts';
import { collectGarbage } from '../collectGarbage.ts';
import type { DataSet } from '../data/dataSet.ts';
import { Random } from '../data/random.ts';
import type { BenchEngine } from '../engine.ts';
import { type ExactHits, findExactHits, recallOf } from '../exactHits.ts';
import type { Contender } from './contender.ts';

export const hitCount = 10;
const warmUpQueries = 30;

/** Searches restricted to a share of the rows, and what is right there. */
export interface Filter {
  readonly selectivity: number;
  readonly allowed: ReadonlySet<number>;
  readonly exact: ExactHits;
}

export interface Truth {
  readonly exact: ExactHits;
  readonly filters: readonly Filter[];
}

interface Batch {
  readonly latenciesMs: readonly number[];
  readonly answers: readonly (readonly number[])[];
}

/** Everything right for a data set in one pass over its rows. */
export function findTruth({ rows, queries, dimensions }: DataSet, selectivities: readonly number[]): Truth {
  const rowCount = rows.length / dimensions;
  const sets = selectivities.map((selectivity, index) => {
    const count = Math.max(1, Math.round(selectivity * rowCount));
    return new Set(new Random(index + 1).sample(count, 1, rowCount));
  });
  const masks = sets.map((allowed) => Uint8Array.from({ length: rowCount }, (_, row) => Number(allowed.has(row + 1))));
  const [exact, ...filtered] = findExactHits(rows, queries, dimensions, hitCount, [undefined, ...masks]);
  return {
    exact: exact!,
    filters: selectivities.map((selectivity, index) => ({
      selectivity,
      allowed: sets[index]!,
      exact: filtered[index]!,
    })),
  };
}

/** All queries, one after the other. */
export async function runQueries(
  engine: BenchEngine,
  { queries, dimensions }: DataSet,
  allowed?: ReadonlySet<number>,
  count = queries.length / dimensions,
): Promise<Batch> {
  const latenciesMs: number[] = [];
  const answers: (readonly number[])[] = [];
  collectGarbage();
  for (let index = 0; index < count; index++) {
    const query = queries.subarray(index * dimensions, (index + 1) * dimensions);
    const startMs = performance.now();
    const outcome = engine.search(query, hitCount, allowed);
    // A synchronous answer is there already: waiting for it would add a turn of the event loop.
    const ids = outcome instanceof Promise ? await outcome : outcome;
    latenciesMs.push(performance.now() - startMs);
    answers.push(ids);
  }
  return { latenciesMs, answers };
}

/** One engine's plain searches, a round at a time. */
export class SearchRounds {
  readonly #contender: Contender;
  readonly #data: DataSet;
  readonly #rounds: (readonly number[])[] = [];

  constructor(contender: Contender, data: DataSet) {
    this.#contender = contender;
    this.#data = data;
  }

  async run(exact: ExactHits): Promise<void> {
    const { engine, result, rows } = this.#contender;
    const { queries, dimensions } = this.#data;
    if (this.#rounds.length === 0) await warmUp(engine, this.#data);
    const { latenciesMs, answers } = await runQueries(engine, this.#data);
    this.#rounds.push(latenciesMs);
    const all = this.#rounds.flat();
    result.p50Ms = percentile(all, 50);
    result.p95Ms = percentile(all, 95);
    result.p50MsOfRounds = this.#rounds.map((round) => percentile(round, 50));
    result.recallAt10 ??= recallOf(answers, exact, queries, dimensions, (id) => rows.row(id));
  }
}

/** One engine's searches with one filter, a round at a time. */
export class FilteredRounds {
  readonly #contender: Contender;
  readonly #data: DataSet;
  readonly #filter: Filter;
  readonly #latenciesMs: number[] = [];

  constructor(contender: Contender, data: DataSet, filter: Filter) {
    this.#contender = contender;
    this.#data = data;
    this.#filter = filter;
  }

  async run(): Promise<void> {
    const { engine, result, rows } = this.#contender;
    const { queries, dimensions } = this.#data;
    const { selectivity, allowed, exact } = this.#filter;
    if (this.#latenciesMs.length === 0) await warmUp(engine, this.#data, allowed);
    const { latenciesMs, answers } = await runQueries(engine, this.#data, allowed);
    this.#latenciesMs.push(...latenciesMs);
    const measured = {
      selectivity,
      p50Ms: percentile(this.#latenciesMs, 50),
      p95Ms: percentile(this.#latenciesMs, 95),
      recallAt10: recallOf(answers, exact, queries, dimensions, (id) => rows.row(id), allowed),
    };
    const others = (result.filtered ?? []).filter((entry) => entry.selectivity !== selectivity);
    result.filtered = [...others, measured].sort((a, b) => a.selectivity - b.selectivity);
  }
}

async function warmUp(engine: BenchEngine, data: DataSet, allowed?: ReadonlySet<number>): Promise<void> {
  const count = Math.min(warmUpQueries, data.queries.length / data.dimensions);
  await runQueries(engine, data, allowed, count);
}

import { writeFile } from 'node:fs/promises';
import { machineFacts } from '../shared/machine.ts';
import { renderTable, writeReport } from '../shared/report.ts';
import { collectGarbage } from './collectGarbage.ts';
import { type DataKind, type DataSet, loadDataSet } from './data/dataSet.ts';
import { type EngineFactory, graphParameters } from './engine.ts';
import { Churn, churnRounds, measureReplacing } from './measure/changes.ts';
import { build, type Contender } from './measure/contender.ts';
import { measureSaving } from './measure/saving.ts';
import { FilteredRounds, findTruth, hitCount, SearchRounds, type Truth } from './measure/searches.ts';
import { parseOptions, type VectorArguments, type VectorOptions } from './options.ts';
import { installedVersions } from './peers/installPeers.ts';
import { ratiosOf } from './ratios.ts';
import type { EngineResult, Skipped } from './result.ts';
import { tableOf } from './table.ts';

const selectivities = [0.01, 0.1, 0.5];

/**
 * Vector indexes side by side, all in this process: in each round one after the other answers the same
 * queries, so that what the machine does besides falls on all of them. Recall is held against comparing every row.
 */
export async function benchVector(given: VectorArguments): Promise<void> {
  const options = parseOptions(given);
  const machine = machineFacts();
  const results: EngineResult[] = [];
  const skipped: Skipped[] = [];
  for (const rowCount of options.rowCounts) {
    for (const kind of options.data) await new Comparison(options, kind, rowCount, results, skipped).run();
  }
  const ratios = ratiosOf(results);
  const parameters = {
    n: options.rowCounts,
    dim: options.dimensions,
    data: options.data,
    rounds: options.rounds,
    queries: options.queryCount,
    k: hitCount,
    threads: options.threads,
    engines: options.engines.map(({ name }) => name),
    sections: [...options.sections],
    capMs: options.capMs,
    churnRounds,
    graphs: graphParameters,
    versions: installedVersions(),
  };
  const rows = tableOf(results, ratios, skipped);
  const data = { parameters, results, ratios, skipped };
  if (options.jsonFile === undefined) {
    await writeReport('vector', `Vector indexes, ${options.dimensions} dimensions`, machine, rows, data);
    return;
  }
  await writeFile(options.jsonFile, `${JSON.stringify({ machine, ...data }, null, 2)}\n`);
  process.stdout.write(`${renderTable(rows)}\n`);
}

/** All engines on one data set. One that fails is left out from there on, with the reason; what it did counts. */
class Comparison {
  readonly #options: VectorOptions;
  readonly #kind: DataKind;
  readonly #rowCount: number;
  readonly #results: EngineResult[];
  readonly #skipped: Skipped[];
  readonly #contenders: Contender[] = [];
  readonly #failed = new Set<Contender>();

  constructor(options: VectorOptions, kind: DataKind, rowCount: number, results: EngineResult[], skipped: Skipped[]) {
    this.#options = options;
    this.#kind = kind;
    this.#rowCount = rowCount;
    this.#results = results;
    this.#skipped = skipped;
  }

  async run(): Promise<void> {
    const { dimensions, queryCount, sections, rounds, capMs } = this.#options;
    this.#say(`${this.#rowCount} rows of ${dimensions} dimensions`);
    const data = await loadDataSet({ kind: this.#kind, rowCount: this.#rowCount, dimensions, queryCount });
    const truth = findTruth(data, sections.has('filter') ? selectivities : []);
    for (const factory of this.#options.engines) await this.#open(factory, data);
    await this.#search(data, truth, rounds);
    if (sections.has('save'))
      await this.#eachInTurn('save', (contender) => measureSaving(contender, data, truth.exact));
    if (sections.has('replace'))
      await this.#eachInTurn('replace', (contender) => measureReplacing(contender, data, capMs));
    if (sections.has('churn')) await this.#churn(data, capMs);
    for (const { engine, result } of this.#contenders.splice(0)) {
      if (result.recallAt10 !== undefined) this.#results.push(result as EngineResult);
      await engine.dispose();
    }
    // What native packages hold goes with their objects, a turn of the event loop after the collection.
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #open(factory: EngineFactory, data: DataSet): Promise<void> {
    try {
      const contender = await build(factory, data, this.#options.threads);
      this.#contenders.push(contender);
      this.#say(`${factory.name} built, ${(contender.result.addsPerSecond ?? 0).toFixed(0)} adds/s`);
    } catch (error) {
      this.#leaveOut(factory.name, error);
    }
  }

  async #search(data: DataSet, truth: Truth, rounds: number): Promise<void> {
    const searches = new Map(this.#contenders.map((contender) => [contender, new SearchRounds(contender, data)]));
    for (let round = 0; round < rounds; round++) {
      await this.#eachInTurn('search', async (contender) => searches.get(contender)?.run(truth.exact), round);
    }
    for (const filter of truth.filters) {
      const filtered = new Map(
        this.#contenders
          .filter(({ engine }) => engine.filters)
          .map((contender) => [contender, new FilteredRounds(contender, data, filter)]),
      );
      for (let round = 0; round < rounds; round++)
        await this.#eachInTurn('filter', async (contender) => filtered.get(contender)?.run(), round);
    }
  }

  async #churn(data: DataSet, capMs: number): Promise<void> {
    const churns = new Map(this.#contenders.map((contender) => [contender, new Churn(contender, data, capMs)]));
    for (let round = 0; round < churnRounds; round++)
      await this.#eachInTurn('churn', async (contender) => churns.get(contender)?.run(), round);
    await this.#eachInTurn('churn', async (contender) => churns.get(contender)?.finish());
  }

  /** Each round begins with another one: nobody always comes after the same neighbour. */
  async #eachInTurn(what: string, body: (contender: Contender) => Promise<void>, round = 0): Promise<void> {
    const start = round % Math.max(1, this.#contenders.length);
    for (const contender of [...this.#contenders.slice(start), ...this.#contenders.slice(0, start)]) {
      if (this.#failed.has(contender)) continue;
      try {
        await body(contender);
      } catch (error) {
        this.#leaveOut(contender.engine.name, error, what);
        this.#failed.add(contender);
      }
    }
  }

  #leaveOut(engine: string, error: unknown, what = 'build'): void {
    const reason = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    const { dimensions: dim } = this.#options;
    this.#skipped.push({ engine, n: this.#rowCount, dim, data: this.#kind, reason });
    this.#say(`${engine} left out: ${reason}`);
  }

  #say(text: string): void {
    process.stderr.write(`${this.#kind}: ${text}\n`);
  }
}

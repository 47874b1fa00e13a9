import { collectGarbage } from '../collectGarbage.ts';
import { CurrentRows } from '../currentRows.ts';
import type { DataKind, DataSet } from '../data/dataSet.ts';
import type { BenchEngine, EngineFactory, EngineOptions } from '../engine.ts';
import type { EngineResult } from '../result.ts';
import { timed, timedSettling } from './timed.ts';

/** Rows that are handed over in one call. */
const batchRows = 512;

/** One engine with its rows in it, and what is known of it so far. */
export interface Contender {
  readonly factory: EngineFactory;
  readonly engine: BenchEngine;
  readonly options: EngineOptions;
  /** The rows as this engine has them by now. */
  readonly rows: CurrentRows;
  readonly result: Measured;
}

/** Filled section by section. */
export type Measured = { -readonly [Key in keyof EngineResult]?: EngineResult[Key] };

/** Opens an engine and fills it, in the order of the rows. Once, unlike searches: for a graph of many rows it takes long. */
export async function build(
  factory: EngineFactory,
  { kind, rows, dimensions }: DataSet,
  threads: number,
): Promise<Contender> {
  const rowCount = rows.length / dimensions;
  const current = new CurrentRows(rows, dimensions);
  const options = { dimensions, capacity: rowCount, threads, rows: current };
  const engine = await factory.open(options);
  try {
    const result = await fill(engine, options, kind);
    return { factory, engine, options, rows: current, result };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function fill(
  engine: BenchEngine,
  { dimensions, capacity: rowCount, rows }: EngineOptions,
  kind: DataKind,
): Promise<Measured> {
  collectGarbage();
  let addMs = 0;
  for (let first = 1; first <= rowCount; first += batchRows) {
    const ids = Array.from({ length: Math.min(batchRows, rowCount - first + 1) }, (_, index) => first + index);
    const batch = ids.map((id) => rows.row(id));
    addMs += await timed(() => engine.add(ids, batch));
  }
  const settleMs = await timedSettling(engine);
  const { m, efConstruction, ef, ...others } = engine.parameters;
  return {
    engine: engine.name,
    n: rowCount,
    dim: dimensions,
    data: kind,
    addsPerSecond: (1_000 * rowCount) / (engine.settlesLater === true ? addMs : addMs + settleMs),
    settleMs,
    bytesPerVector: engine.bytes() / rowCount,
    rescored: engine.rescored,
    ...(m === undefined ? {} : { m }),
    ...(efConstruction === undefined ? {} : { efConstruction }),
    ...(ef === undefined ? {} : { ef }),
    ...others,
  };
}

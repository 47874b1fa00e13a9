/** The vectors as they are now, by id (from 1): an engine that keeps codes only may rescore from here. */
export interface RowTable {
  readonly dimensions: number;
  /** Not to be changed, nor kept beyond the next change of that id. */
  row(id: number): Float32Array;
}

export interface EngineOptions {
  readonly dimensions: number;
  /** The most rows there will be at a time; for engines that cannot grow. */
  readonly capacity: number;
  /** Threads an engine may use; 0: as many as it does by itself. */
  readonly threads: number;
  /** What the engine was given, kept up to date by the benchmark; its memory counts for nobody but who says so in `bytes`. */
  readonly rows: RowTable;
}

/** What the benchmark asks of an index. Vectors have unit length. Everything may be synchronous or not. */
export interface BenchEngine {
  readonly name: string;
  /** Whether hits are ordered by exact f32 scores, so that recall does not end with the precision of the codes. */
  readonly rescored: boolean;
  /** Whether what was added is found at full speed and recall at once: settling is then no part of building. */
  readonly settlesLater?: boolean;
  /** Whether `search` heeds `allowed`. */
  readonly filters: boolean;
  /** `m`, `efConstruction`, `ef` where the engine has them; they go into the result by these names. */
  readonly parameters: Readonly<Record<string, number>>;
  /** An id that is there gets the new vector. */
  add(ids: readonly number[], rows: readonly Float32Array[]): void | Promise<void>;
  remove(id: number): void | Promise<void>;
  /** Ids, best first. */
  search(query: Float32Array, k: number, allowed?: ReadonlySet<number>): readonly number[] | Promise<readonly number[]>;
  /** Finishes work in the background (building a graph), so that searches are at their best. */
  settle?(): Promise<void>;
  /** Memory of the index. Asked for once: when all rows are in and settled, before the next engine is opened. */
  bytes(): number;
  save?(directory: string): void | Promise<void>;
  dispose(): void | Promise<void>;
}

export interface EngineFactory {
  readonly name: string;
  open(options: EngineOptions): Promise<BenchEngine>;
  /** Opens what {@link BenchEngine.save} wrote. */
  load?(directory: string, options: EngineOptions): Promise<BenchEngine>;
}

/** The same for every graph that lets us choose; ours may add what it needs. */
export const graphParameters = { m: 16, efConstruction: 200, ef: 100 } as const;

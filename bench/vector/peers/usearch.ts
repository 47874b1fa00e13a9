import { join } from 'node:path';
import { type BenchEngine, type EngineFactory, type EngineOptions, graphParameters, type RowTable } from '../engine.ts';
import { dotProduct } from '../exactHits.ts';
import { requireInstalled } from './installPeers.ts';
import { nativeBytes } from './nativeMemory.ts';

/** The part of usearch in use. */
interface Usearch {
  readonly Index: new (options: {
    readonly dimensions: number;
    readonly metric: 'ip';
    readonly quantization: Quantization;
    readonly connectivity: number;
    readonly expansion_add: number;
    readonly expansion_search: number;
    readonly multi: boolean;
  }) => NativeIndex;
}

interface NativeIndex {
  /** One vector after the other in one array, on so many threads. */
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  remove(key: bigint): unknown;
  contains(key: bigint): boolean;
  search(query: Float32Array, k: number, threads: number): { readonly keys: BigUint64Array };
  save(path: string): void;
  load(path: string): void;
}

type Quantization = 'f32' | 'i8';

interface UsearchVariant {
  readonly name: string;
  readonly quantization: Quantization;
  /** So many candidates are fetched and ordered by exact scores; undefined: hits are taken as they come. */
  readonly rescoredCandidates?: number;
}

const { m, efConstruction, ef } = graphParameters;

/**
 * Inner product, not usearch's default of cosine: over unit vectors it orders alike, and is the faster one (by a factor
 * of up to two for f32). Its binding takes no filter.
 */
export function usearch(variant: UsearchVariant): EngineFactory {
  const file = `${variant.name}.usearch`;
  const createIndex = async (dimensions: number): Promise<NativeIndex> => {
    const { Index } = (await requireInstalled('usearch')) as Usearch;
    return new Index({
      dimensions,
      metric: 'ip',
      quantization: variant.quantization,
      connectivity: m,
      expansion_add: efConstruction,
      expansion_search: ef,
      multi: false,
    });
  };
  return {
    name: variant.name,
    open: async (options) => new UsearchEngine(variant, await createIndex(options.dimensions), options, file),
    load: async (directory, options) => {
      const index = await createIndex(options.dimensions);
      index.load(join(directory, file));
      return new UsearchEngine(variant, index, options, file);
    },
  };
}

class UsearchEngine implements BenchEngine {
  readonly name: string;
  readonly rescored: boolean;
  readonly filters = false;
  readonly parameters: Readonly<Record<string, number>>;
  #index: NativeIndex | undefined;
  readonly #rows: RowTable;
  readonly #capacity: number;
  readonly #threads: number;
  readonly #candidates: number | undefined;
  readonly #file: string;

  constructor(
    { name, rescoredCandidates }: UsearchVariant,
    index: NativeIndex,
    { rows, capacity, threads }: EngineOptions,
    file: string,
  ) {
    this.name = name;
    this.rescored = rescoredCandidates !== undefined;
    this.parameters = { ...graphParameters, ...(rescoredCandidates && { rescoredCandidates }) };
    this.#index = index;
    this.#rows = rows;
    this.#capacity = capacity;
    this.#threads = threads;
    this.#candidates = rescoredCandidates;
    this.#file = file;
  }

  add(ids: readonly number[], rows: readonly Float32Array[]): void {
    const index = this.#open();
    const keys = BigUint64Array.from(ids, BigInt);
    // A key that is there is refused.
    keys.forEach((key) => {
      if (index.contains(key)) index.remove(key);
    });
    const { dimensions } = this.#rows;
    const vectors = new Float32Array(rows.length * dimensions);
    rows.forEach((row, position) => {
      vectors.set(row, position * dimensions);
    });
    index.add(keys, vectors, this.#threads);
  }

  remove(id: number): void {
    this.#open().remove(BigInt(id));
  }

  search(query: Float32Array, k: number): readonly number[] {
    const { keys } = this.#open().search(query, this.#candidates ?? k, 1);
    const ids = Array.from(keys, Number);
    return this.#candidates === undefined ? ids : this.#rescore(query, ids, k);
  }

  /** With rescoring, the f32 rows as well: they have to lie in memory for it. */
  bytes(): number {
    const rowBytes = this.rescored ? this.#capacity * this.#rows.dimensions * 4 : 0;
    return nativeBytes(this, this.#rows.dimensions) + rowBytes;
  }

  save(directory: string): void {
    this.#open().save(join(directory, this.#file));
  }

  /** Freed by the garbage collector: it has no other way. */
  dispose(): void {
    this.#index = undefined;
  }

  #open(): NativeIndex {
    if (this.#index === undefined) throw new Error('The index has been disposed.');
    return this.#index;
  }

  #rescore(query: Float32Array, ids: readonly number[], k: number): readonly number[] {
    return ids
      .map((id) => ({ id, score: dotProduct(query, 0, this.#rows.row(id), 0, query.length) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, k)
      .map(({ id }) => id);
  }
}

import { AppError } from '../../protocol/errors.ts';
import type { Graph, GraphOptions } from './graph.ts';
import { sameRow } from './rows.ts';

/** The part of hnswlib-wasm's Emscripten module in use; each instance has a memory of its own. */
export interface HnswlibModule {
  /** Exchanged by the module whenever its memory grows. */
  readonly HEAPF32: Float32Array;
  readonly HEAPU32: Uint32Array;
  readonly HierarchicalNSW: new (space: 'ip', dimensions: number, autoSaveFile: string) => HnswlibIndex;
  /** Text of a C++ exception, which arrives as a WebAssembly.Exception. */
  getExceptionMessage(exception: unknown): string | readonly string[];
}

interface HnswlibIndex {
  initIndex(capacity: number, m: number, efConstruction: number, randomSeed: number): void;
  addPoint(vector: Float32Array, label: number, replaceDeleted: boolean): void;
  setEfSearch(ef: number): void;
  searchKnn(
    query: Float32Array,
    k: number,
    filter: ((label: number) => boolean) | undefined,
  ): { readonly neighbors: readonly number[] };
  delete(): void;
}

/** Fixed, so that the same rows always give the same graph. */
const randomSeed = 100;

/**
 * A {@link Graph} by hnswlib-wasm, one module instance each: dropping the graph gives its whole memory back (the memory of
 * one instance never shrinks), and no graph ever grows past the capacity it was made for.
 *
 * Left aside because of what they do in 0.8.2: resizing (copies everything, keeps both), markDelete (150 µs each, and
 * replacing needs a switch that is not exposed), getPoint (50 µs per row), writeIndex/readIndex (end in IndexedDB).
 * Space `ip`: 1 - inner product, which for unit vectors orders like cosine and does not normalise a second time.
 */
export class HnswlibGraph implements Graph {
  readonly #module: HnswlibModule;
  readonly #options: GraphOptions;
  #index: HnswlibIndex | undefined;
  #count = 0;
  readonly #firstRows: Float32Array[] = [];
  #base: number | undefined;

  constructor(module: HnswlibModule, options: GraphOptions) {
    this.#module = module;
    this.#options = options;
    this.#index = this.#guard(() => {
      const index = new module.HierarchicalNSW('ip', options.dimensions, '');
      index.initIndex(options.capacity, options.m, options.efConstruction, randomSeed);
      return index;
    });
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#index === undefined ? 0 : this.#module.HEAPF32.byteLength;
  }

  add(vector: Float32Array): void {
    this.#guard(() => this.#open().addPoint(vector, this.#count, false));
    if (this.#count < 2) this.#firstRows.push(vector.slice());
    this.#count++;
  }

  search(query: Float32Array, k: number, ef: number, accept?: (row: number) => boolean): readonly number[] {
    const { neighbors } = this.#guard(() => {
      const index = this.#open();
      index.setEfSearch(ef);
      return index.searchKnn(query, k, accept);
    });
    return neighbors;
  }

  rows(): { readonly heap: Float32Array; readonly base: number; readonly stride: number } {
    this.#base ??= this.#findRows();
    return { heap: this.#module.HEAPF32, base: this.#base, stride: this.#stride };
  }

  dispose(): void {
    this.#index?.delete();
    this.#index = undefined;
  }

  /** Words from row to row in hnswlib's level-0 memory: link count and 2m links, the vector, the label (size_t: one word). */
  get #stride(): number {
    return 1 + 2 * this.#options.m + this.#options.dimensions + 1;
  }

  /**
   * The package tells nobody where that memory is. Rows 0 and 1 are looked for at their distance, each followed by its
   * label; whoever gives up their own copies compares every row once more (SegmentBuilder).
   */
  #findRows(): number {
    const { HEAPF32: heap, HEAPU32: words } = this.#module;
    const { dimensions } = this.#options;
    const [first, second] = this.#firstRows;
    if (first !== undefined && second !== undefined) {
      // By the first component that is not zero, as most of the memory is.
      const mark = first.findIndex((component) => component !== 0);
      const value = first[mark]!;
      for (let found = heap.indexOf(value); found >= 0; found = heap.indexOf(value, found + 1)) {
        const at = found - mark;
        const next = at + this.#stride;
        if (words[at + dimensions] !== 0 || words[next + dimensions] !== 1) continue;
        if (sameRow(heap, at, first) && sameRow(heap, next, second)) return at;
      }
    }
    throw new AppError('Internal', 'The vectors were not found in the memory of hnswlib-wasm.');
  }

  #open(): HnswlibIndex {
    if (this.#index === undefined) throw new AppError('Internal', 'The graph has been disposed.');
    return this.#index;
  }

  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw new AppError('Internal', `hnswlib-wasm failed: ${this.#describe(error)}`, { cause: error });
    }
  }

  #describe(error: unknown): string {
    if (error instanceof Error) return error.message;
    try {
      return String(this.#module.getExceptionMessage(error));
    } catch {
      // Not a C++ exception either (Emscripten also throws bare numbers).
      return String(error);
    }
  }
}

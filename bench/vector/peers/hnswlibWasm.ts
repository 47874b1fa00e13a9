import { pathToFileURL } from 'node:url';
import { type BenchEngine, type EngineFactory, type EngineOptions, graphParameters } from '../engine.ts';
import { resolveInstalled } from './installPeers.ts';

/** The part of hnswlib-wasm's Emscripten module in use; each instance has a memory of its own. */
interface HnswlibModule {
  /** Exchanged by the module whenever its memory grows. */
  readonly HEAPF32: Float32Array;
  readonly HierarchicalNSW: new (space: 'ip', dimensions: number, autoSaveFile: string) => WasmGraph;
  /** Text of a C++ exception, which arrives as a WebAssembly.Exception. */
  getExceptionMessage(exception: unknown): string | readonly string[];
}

interface WasmGraph {
  initIndex(capacity: number, m: number, efConstruction: number, randomSeed: number): void;
  addPoint(vector: Float32Array, label: number, replaceDeleted: boolean): void;
  markDelete(label: number): void;
  unmarkDelete(label: number): void;
  setEfSearch(ef: number): void;
  searchKnn(
    query: Float32Array,
    k: number,
    filter: ((label: number) => boolean) | undefined,
  ): { readonly neighbors: readonly number[] };
  delete(): void;
}

type CreateModule = (options: { print: () => void; printErr: () => void }) => Promise<HnswlibModule>;

const { m, efConstruction, ef } = graphParameters;

/** Cannot be saved here: its writeIndex and readIndex end in IndexedDB. */
export const hnswlibWasm: EngineFactory = {
  name: 'hnswlib-wasm',
  open: async (options) => new HnswlibWasmEngine(await loadHnswlib(), options),
};

/**
 * hnswlib-wasm 0.8.2 is made for web pages. Its own loader insists on IndexedDB, so the Emscripten factory inside the
 * package is called instead (the WebAssembly is inlined in it: nothing is fetched or read). The factory refuses to run
 * without a `window`; it looks for one synchronously when called, so one exists for exactly that call and no other code
 * sees it. What it prints is dropped: whatever it prints as an error it throws as well.
 */
async function loadHnswlib(): Promise<HnswlibModule> {
  const file = await resolveInstalled('hnswlib-wasm', 'dist/hnswlib-317962d7.js');
  const { default: createModule } = (await import(pathToFileURL(file).href)) as { readonly default: CreateModule };
  const hasWindow = 'window' in globalThis;
  if (!hasWindow) Object.defineProperty(globalThis, 'window', { value: {}, configurable: true });
  let loading: Promise<HnswlibModule>;
  try {
    loading = createModule({ print: () => undefined, printErr: () => undefined });
  } finally {
    if (!hasWindow) Reflect.deleteProperty(globalThis, 'window');
  }
  return loading;
}

/** One module instance each: dropping it gives its whole memory back (the memory of an instance never shrinks). */
class HnswlibWasmEngine implements BenchEngine {
  readonly name = hnswlibWasm.name;
  readonly rescored = false;
  readonly filters = true;
  readonly parameters = graphParameters;
  readonly #module: HnswlibModule;
  #graph: WasmGraph | undefined;
  readonly #deleted = new Set<number>();

  constructor(module: HnswlibModule, { dimensions, capacity }: EngineOptions) {
    this.#module = module;
    this.#graph = this.#guard(() => {
      // 1 - inner product orders unit vectors like cosine and does not normalise a second time.
      const graph = new module.HierarchicalNSW('ip', dimensions, '');
      // One more than there will be: a full index refuses even to replace a row.
      graph.initIndex(capacity + 1, m, efConstruction, 100);
      graph.setEfSearch(ef);
      return graph;
    });
  }

  /**
   * A label that is there is updated in place: its links and its neighbours' are made anew. A deleted one has to be
   * taken back first; the place of another one (`replaceDeleted`) loses the labels of those that were deleted with it.
   */
  add(ids: readonly number[], rows: readonly Float32Array[]): void {
    this.#guard(() => {
      ids.forEach((id, index) => {
        if (this.#deleted.delete(id)) this.#open().unmarkDelete(id);
        this.#open().addPoint(rows[index]!, id, false);
      });
    });
  }

  remove(id: number): void {
    this.#guard(() => {
      this.#open().markDelete(id);
      this.#deleted.add(id);
    });
  }

  search(query: Float32Array, k: number, allowed?: ReadonlySet<number>): readonly number[] {
    const filter = allowed && ((label: number): boolean => allowed.has(label));
    return this.#guard(() => this.#open().searchKnn(query, k, filter)).neighbors;
  }

  /** The module's whole memory, which holds the index and little else. */
  bytes(): number {
    return this.#module.HEAPF32.byteLength;
  }

  dispose(): void {
    this.#graph?.delete();
    this.#graph = undefined;
  }

  #open(): WasmGraph {
    if (this.#graph === undefined) throw new Error('The index has been disposed.');
    return this.#graph;
  }

  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw new Error(this.#describe(error), { cause: error });
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

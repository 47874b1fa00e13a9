import { join } from 'node:path';
import { type BenchEngine, type EngineFactory, type EngineOptions, graphParameters } from '../engine.ts';
import { requireInstalled } from './installPeers.ts';
import { nativeBytes } from './nativeMemory.ts';

/** The part of hnswlib-node in use. Vectors are plain arrays: it takes nothing else. */
interface HnswlibNode {
  readonly HierarchicalNSW: new (space: 'ip', dimensions: number) => NativeGraph;
}

interface NativeGraph {
  initIndex(capacity: number, m: number, efConstruction: number, randomSeed: number): void;
  addPoint(vector: number[], label: number): void;
  markDelete(label: number): void;
  searchKnn(query: number[], k: number, filter?: (label: number) => boolean): { readonly neighbors: number[] };
  setEf(ef: number): void;
  writeIndexSync(path: string): void;
  readIndexSync(path: string): void;
}

const fileName = 'hnswlib-node.bin';
const { m, efConstruction, ef } = graphParameters;

/** hnswlib's own C++ through N-API, built as npm builds it: for any x64 processor, so with SSE only. */
export const hnswlibNode: EngineFactory = {
  name: 'hnswlib-node',
  open: async (options) => {
    const module = await loadModule();
    const graph = new module.HierarchicalNSW('ip', options.dimensions);
    graph.initIndex(options.capacity, m, efConstruction, 100);
    return new HnswlibNodeEngine(graph, options);
  },
  load: async (directory, options) => {
    const module = await loadModule();
    const graph = new module.HierarchicalNSW('ip', options.dimensions);
    graph.readIndexSync(join(directory, fileName));
    return new HnswlibNodeEngine(graph, options);
  },
};

async function loadModule(): Promise<HnswlibNode> {
  return (await requireInstalled('hnswlib-node')) as HnswlibNode;
}

class HnswlibNodeEngine implements BenchEngine {
  readonly name = hnswlibNode.name;
  readonly rescored = false;
  readonly filters = true;
  readonly parameters = graphParameters;
  #graph: NativeGraph | undefined;
  readonly #dimensions: number;
  /** One array for every vector on its way in: making one each time would cost more than copying into it. */
  readonly #scratch: number[];

  constructor(graph: NativeGraph, { dimensions }: EngineOptions) {
    this.#graph = graph;
    this.#dimensions = dimensions;
    this.#scratch = new Array<number>(dimensions).fill(0.5);
    graph.setEf(ef);
  }

  /** A label that is there, deleted or not, is updated in place: its links and its neighbours' are made anew. */
  add(ids: readonly number[], rows: readonly Float32Array[]): void {
    ids.forEach((id, index) => this.#open().addPoint(this.#plain(rows[index]!), id));
  }

  remove(id: number): void {
    this.#open().markDelete(id);
  }

  search(query: Float32Array, k: number, allowed?: ReadonlySet<number>): readonly number[] {
    const filter = allowed && ((label: number): boolean => allowed.has(label));
    // Best first, as hnswlib-node turns hnswlib's queue around.
    return this.#open().searchKnn(this.#plain(query), k, filter).neighbors;
  }

  bytes(): number {
    return nativeBytes(this, this.#dimensions);
  }

  save(directory: string): void {
    this.#open().writeIndexSync(join(directory, fileName));
  }

  /** Freed by the garbage collector: it has no other way. */
  dispose(): void {
    this.#graph = undefined;
  }

  #open(): NativeGraph {
    if (this.#graph === undefined) throw new Error('The index has been disposed.');
    return this.#graph;
  }

  #plain(vector: Float32Array): number[] {
    const plain = this.#scratch;
    for (let i = 0; i < plain.length; i++) plain[i] = vector[i]!;
    return plain;
  }
}

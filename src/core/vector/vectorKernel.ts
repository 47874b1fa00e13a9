import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';

/** The kernel's code: compiled once, instantiated per shard. */
export interface KernelCode {
  readonly module: WebAssembly.Module;
  /** Names the build: memory images are read back by the same build only. */
  readonly build: string;
}

export interface KernelParameters {
  readonly dimensions: number;
  /** The first dimensions, which the scan's filter looks at alone; all, unless vectors of the space can be cut short. */
  readonly prefixDimensions: number;
  readonly m: number;
  readonly efConstruction: number;
  /** The memory it may take, in bytes, at most 4 GiB less one page. */
  readonly maxBytes: number;
}

/** Hits of one search, best first. */
export interface KernelHits {
  readonly ids: Float64Array;
  /** Cosine by 8-bit codes. */
  readonly scores: Float32Array;
  /** How far each score can be from the cosine of the vectors themselves. */
  readonly errors: Float32Array;
}

/** What a search looks at; `allowed` are the ids of the last {@link VectorKernel.allow}. */
export interface RowChoice {
  readonly allowedOnly?: boolean;
  readonly ungraphedOnly?: boolean;
}

/** Part of the kernel's memory that belongs to an image. Start and length are multiples of 64. */
export interface MemoryRange {
  readonly start: number;
  readonly bytes: number;
}

type Call = (...args: number[]) => number;
type Exports = Readonly<Record<string, Call>> & { readonly memory: WebAssembly.Memory };

const pageBytes = 65_536;
/** As in src/kernel/base.h. */
const maxBatch = 64;
const maxIds = 8192;
/** Signs of a row that the filter looks at: after the rotation any of them tell as much, and more cost more than they tell. */
const maxSigns = 512;
const status = { notFinite: -1, zero: -2, full: -3 } as const;

/**
 * One shard's vectors inside WebAssembly (src/kernel): 8-bit codes, sign bits, graph. Speaks the kernel's protocol:
 * vectors and ids are written straight into its memory, hits are read from it. Nothing here decides anything.
 * Functions that take vectors throw AppError `VectorNotFinite`, {@link add} `VectorCapacity` when the memory is used up.
 */
export class VectorKernel {
  readonly parameters: KernelParameters;
  readonly #exports: Exports;
  #buffer: ArrayBufferLike | undefined;
  #input = new Float32Array();
  #ids = new Float64Array();
  #scores = new Float32Array();
  #errors = new Float32Array();

  private constructor(exports: Exports, parameters: KernelParameters) {
    this.#exports = exports;
    this.parameters = parameters;
  }

  static create(code: KernelCode, parameters: KernelParameters): VectorKernel {
    const kernel = VectorKernel.#instantiate(code, parameters);
    if (kernel.#call('init', ...kernel.#numbers()) !== 0)
      throw new AppError('InvalidArgument', phrase`No index can have these parameters: ${JSON.stringify(parameters)}.`);
    return kernel;
  }

  /**
   * An instance whose memory `fill` has set to an image: given the instance's memory, large enough for `heapBytes` of heap,
   * it writes the ranges. Undefined when the image was made with other parameters.
   */
  static async restore(
    code: KernelCode,
    parameters: KernelParameters,
    heapBytes: number,
    fill: (kernel: VectorKernel, ranges: readonly MemoryRange[]) => Promise<void>,
  ): Promise<VectorKernel | undefined> {
    const kernel = VectorKernel.#instantiate(code, parameters);
    const start = kernel.#address('heapStart');
    if (start + heapBytes > parameters.maxBytes) return undefined;
    const missing = Math.ceil((start + heapBytes) / pageBytes) - kernel.bytes / pageBytes;
    if (missing > 0) kernel.#exports.memory.grow(missing);
    await fill(kernel, kernel.#ranges(heapBytes));
    return kernel.#call('restored', ...kernel.#numbers()) === 0 ? kernel : undefined;
  }

  /** Vectors in it. */
  get count(): number {
    return this.#call('count', 0);
  }

  /** Bytes of its memory. It never shrinks. */
  get bytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** Rows in the graph, removed ones included. */
  get nodes(): number {
    return this.#call('nodes');
  }

  /** Removed rows the graph still passes through. */
  get ghosts(): number {
    return this.#call('ghosts');
  }

  /** Rows the last walk through the graph compared the query with. */
  get comparisons(): number {
    return this.#call('comparisons');
  }

  /** The largest of all errors that {@link KernelHits} can have for the current query. */
  get maxError(): number {
    return this.#call('maxError');
  }

  /** Adds or replaces. `vectors`: one row of `dimensions` floats after the other. Rows before a refused one may be in. */
  add(ids: Float64Array, vectors: Float32Array): void {
    const { dimensions } = this.parameters;
    for (let start = 0; start < ids.length; start += maxBatch) {
      const count = Math.min(maxBatch, ids.length - start);
      this.#refresh();
      this.#input.set(vectors.subarray(start * dimensions, (start + count) * dimensions));
      this.#ids.set(ids.subarray(start, start + count));
      const done = this.#call('add', count);
      if (done < count) this.#refuse(this.#call('addStatus'));
    }
  }

  /** False when the id is unknown. */
  remove(id: number): boolean {
    return this.#call('remove', id) === 1;
  }

  has(id: number): boolean {
    return this.#call('has', id) === 1;
  }

  /** The unit vector as its codes have it, within `maxError` of the one that was added. */
  get(id: number): Float32Array | undefined {
    if (this.#call('decode', id) === 0) return undefined;
    this.#refresh();
    return this.#input.slice(0, this.parameters.dimensions);
  }

  ids(): Float64Array {
    const all = new Float64Array(this.count);
    let filled = 0;
    let row = 0;
    for (let count = this.#call('listIds', row); count > 0; count = this.#call('listIds', row)) {
      this.#refresh();
      all.set(this.#ids.subarray(0, count), filled);
      filled += count;
      row = this.#call('listedTo');
    }
    return all;
  }

  /** Sets the filter for `allowedOnly`; how many of the ids are here. */
  allow(ids: Float64Array): number {
    this.#call('forbidAll');
    let found = 0;
    for (let start = 0; start < ids.length; start += maxIds) {
      const part = ids.subarray(start, start + maxIds);
      this.#refresh();
      this.#ids.set(part);
      found += this.#call('allow', part.length);
    }
    return found;
  }

  /** Sets the query. */
  ask(query: Float32Array): void {
    this.#refresh();
    this.#input.set(query);
    const answer = this.#call('ask');
    if (answer !== 0) this.#refuse(answer);
  }

  /** Begins an answer of the best `wanted` rows (at most 8,192) of those that the next calls look at. */
  begin(wanted: number): void {
    this.#call('begin', wanted);
  }

  /** Looks at every row's codes. */
  flat(choice: RowChoice = {}): void {
    this.#call('flat', flags(choice));
  }

  /** Looks at the codes of the about `wanted` rows whose signs are nearest to the query's. */
  scan(wanted: number, choice: RowChoice = {}): void {
    this.#call('scan', flags(choice), wanted);
  }

  /** Walks the graph with `ef` candidates. */
  walk(ef: number, choice: RowChoice = {}): void {
    this.#call('search', ef, flags(choice));
  }

  /** The answer begun last. */
  finish(): KernelHits {
    const count = this.#call('finish');
    this.#refresh();
    return {
      ids: this.#ids.slice(0, count),
      scores: this.#scores.slice(0, count),
      errors: this.#errors.slice(0, count),
    };
  }

  /** Inserts up to `count` rows into the graph; how many there were. Throws AppError `VectorCapacity`. */
  insert(count: number): number {
    const inserted = this.#call('insert', count);
    if (inserted < 0) this.#refuse(inserted);
    return inserted;
  }

  /** Forgets the graph. */
  dropGraph(): void {
    this.#call('drop');
  }

  /** Compares the query with `count` rows far from each other. */
  probe(count: number): void {
    this.#call('probe', count);
  }

  /** The parts of the memory that are the index. */
  ranges(): readonly MemoryRange[] {
    return this.#ranges(this.#address('heapTop') - this.#address('heapStart'));
  }

  /** A view of the memory, valid until it grows. */
  view({ start, bytes }: MemoryRange): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, start, bytes);
  }

  /** 64 bits, as two numbers of 32. */
  checksum({ start, bytes }: MemoryRange): readonly [high: number, low: number] {
    const high = this.#call('checksum', start, bytes);
    return [high >>> 0, this.#call('sumLow') >>> 0];
  }

  static #instantiate({ module }: KernelCode, parameters: KernelParameters): VectorKernel {
    const { exports } = new WebAssembly.Instance(module);
    return new VectorKernel(exports as unknown as Exports, parameters);
  }

  #ranges(heapBytes: number): readonly MemoryRange[] {
    return [
      { start: this.#address('storeStart'), bytes: this.#call('storeBytes') },
      { start: this.#address('heapStart'), bytes: heapBytes },
    ];
  }

  #numbers(): number[] {
    const { dimensions, prefixDimensions, m, efConstruction, maxBytes } = this.parameters;
    const signs = Math.min(prefixDimensions, maxSigns);
    return [dimensions, prefixDimensions, signs, m, efConstruction, Math.floor(maxBytes / pageBytes)];
  }

  #call(name: string, ...args: number[]): number {
    return this.#exports[name]!(...args);
  }

  /** Above 2 GiB, an address comes as a negative number. */
  #address(name: string): number {
    return this.#call(name) >>> 0;
  }

  /** Growing the memory detaches all views. */
  #refresh(): void {
    const { buffer } = this.#exports.memory;
    if (this.#buffer === buffer) return;
    this.#buffer = buffer;
    this.#input = new Float32Array(buffer, this.#call('input'), maxBatch * this.parameters.dimensions);
    this.#ids = new Float64Array(buffer, this.#call('ids'), maxIds);
    this.#scores = new Float32Array(buffer, this.#call('hitScores'), maxIds);
    this.#errors = new Float32Array(buffer, this.#call('hitErrors'), maxIds);
  }

  #refuse(code: number): never {
    if (code === status.full) {
      throw new AppError(
        'VectorCapacity',
        phrase`The vector index has used up the memory it may take. Exclude folders, or choose a model with fewer dimensions.`,
        { data: { bytes: this.bytes, maxBytes: this.parameters.maxBytes } },
      );
    }
    const reason = code === status.zero ? phrase`is zero and has no direction` : phrase`contains NaN or infinity`;
    throw new AppError('VectorNotFinite', phrase`A vector ${reason}. The embedding model or its server is at fault.`, {
      data: { dimensions: this.parameters.dimensions },
    });
  }
}

function flags({ allowedOnly = false, ungraphedOnly = false }: RowChoice): number {
  return (allowedOnly ? 1 : 0) | (ungraphedOnly ? 2 : 0);
}

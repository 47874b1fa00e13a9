import { damagedModel, type ModelFile } from './modelFile.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly layout: (rows: number, dimensions: number, bits: number) => number;
  readonly rows: () => number;
  readonly documentScales: () => number;
  readonly queryScales: () => number;
  readonly counts: () => number;
  readonly touched: () => number;
  readonly vector: () => number;
  readonly pool: (count: number, isQuery: number) => number;
}

/**
 * The model's rows inside WebAssembly (src/kernel/embed.cpp) and the sums over them. Whoever counts a text's tokens writes
 * straight into its memory: {@link counts} by row, and each row that has a count once into {@link touched}.
 */
export class PoolingKernel {
  /** One per row. All zero before a text is counted; {@link pool} sees to it. */
  readonly counts: Float64Array;
  readonly touched: Uint32Array;
  readonly #exports: Exports;
  readonly #vector: Float32Array;

  /** Throws AppError `ProviderInstallation` when there is no memory for the model. */
  constructor(module: WebAssembly.Module, model: ModelFile) {
    const exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    const rows = model.tokens + model.buckets;
    if (exports.layout(rows, model.dimensions, model.bits) === 0) throw damagedModel('there is no memory for it');
    const { buffer } = exports.memory;
    const write = (bytes: Uint8Array, address: number): void => new Uint8Array(buffer, address).set(bytes);
    write(model.rows, exports.rows());
    write(model.documentScale, exports.documentScales());
    write(model.queryScale, exports.queryScales());
    // The memory never grows after this, so the views stay good.
    this.counts = new Float64Array(buffer, exports.counts(), rows);
    this.touched = new Uint32Array(buffer, exports.touched(), rows);
    this.#vector = new Float32Array(buffer, exports.vector(), model.dimensions);
    this.#exports = exports;
  }

  get dimensions(): number {
    return this.#vector.length;
  }

  /** WebAssembly memory. */
  get bytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /**
   * The sum of the first `count` rows in {@link touched}, each times the square root of its count and its scale, at unit
   * length: Float32Array(dimensions). Undefined when it has no direction. The counts are zero afterwards.
   */
  pool(count: number, kind: 'document' | 'query'): Float32Array | undefined {
    return this.#exports.pool(count, kind === 'query' ? 1 : 0) === 0 ? undefined : this.#vector.slice();
  }
}

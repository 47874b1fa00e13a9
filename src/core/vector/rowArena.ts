import { scanRows, type IdFilter, type Rows } from './rows.ts';
import type { TopHits } from './topHits.ts';

/** Floats per block (1 MiB): growth never copies rows, and what is emptied is given back in pieces. */
const blockFloats = 1 << 18;

interface Block extends Rows {
  live: number;
}

/** Unit vectors by id in blocks of fixed size, scanned exactly. Slots of removed rows are used again. */
export class RowArena {
  readonly #dimensions: number;
  readonly #rowsPerBlock: number;
  /** By block number. Numbers are never used twice, so a stale free slot is known by its missing block. */
  readonly #blocks = new Map<number, Block>();
  /** Slot = block number * rows per block + row. */
  readonly #slots = new Map<number, number>();
  #free: number[] = [];
  #nextBlock = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#rowsPerBlock = Math.max(1, Math.floor(blockFloats / dimensions));
  }

  get count(): number {
    return this.#slots.size;
  }

  /** Bytes of the blocks, filled or not. */
  get bytes(): number {
    return this.#blocks.size * this.#rowsPerBlock * (this.#dimensions * 4 + 8);
  }

  has(id: number): boolean {
    return this.#slots.has(id);
  }

  ids(): IterableIterator<number> {
    return this.#slots.keys();
  }

  /** The row itself, not a copy: valid until the id is removed or set again. */
  row(id: number): Float32Array | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    const { block, start } = this.#locate(slot);
    return block.heap.subarray(start, start + this.#dimensions);
  }

  /** Copies `vector` (unit length) in, replacing the id's earlier row. */
  set(id: number, vector: Float32Array): void {
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = this.#allocate();
      this.#slots.set(id, slot);
      const { block, row } = this.#locate(slot);
      block.ids[row] = id;
      block.live++;
    }
    const { block, start } = this.#locate(slot);
    block.heap.set(vector, start);
  }

  remove(id: number): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined) return false;
    this.#slots.delete(id);
    const { block, number, row } = this.#locate(slot);
    block.ids[row] = 0;
    block.live--;
    if (block.live === 0) this.#blocks.delete(number);
    else this.#free.push(slot);
    if (this.#blocks.size === 0) this.#free = [];
    return true;
  }

  scan(query: Float32Array, filter: IdFilter | undefined, hits: TopHits): void {
    for (const block of this.#blocks.values()) scanRows(block, query, filter, hits);
  }

  #locate(slot: number): { block: Block; number: number; row: number; start: number } {
    const number = Math.floor(slot / this.#rowsPerBlock);
    const row = slot - number * this.#rowsPerBlock;
    return { block: this.#blocks.get(number)!, number, row, start: row * this.#dimensions };
  }

  #allocate(): number {
    for (let slot = this.#free.pop(); slot !== undefined; slot = this.#free.pop()) {
      if (this.#blocks.has(Math.floor(slot / this.#rowsPerBlock))) return slot;
    }
    const number = this.#nextBlock++;
    this.#blocks.set(number, {
      heap: new Float32Array(this.#rowsPerBlock * this.#dimensions),
      base: 0,
      stride: this.#dimensions,
      ids: new Float64Array(this.#rowsPerBlock),
      count: this.#rowsPerBlock,
      live: 0,
    });
    const first = number * this.#rowsPerBlock;
    // Popped from the end: lowest slot first.
    for (let slot = first + this.#rowsPerBlock - 1; slot > first; slot--) this.#free.push(slot);
    return first;
  }
}

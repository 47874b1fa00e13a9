import type { RowTable } from './engine.ts';

/** The rows of a data set as one engine has them now: those it was built from, and what has replaced some of them. */
export class CurrentRows implements RowTable {
  readonly dimensions: number;
  readonly #base: Float32Array;
  readonly #replaced = new Map<number, Float32Array>();

  constructor(base: Float32Array, dimensions: number) {
    this.#base = base;
    this.dimensions = dimensions;
  }

  row(id: number): Float32Array {
    return this.#replaced.get(id) ?? this.#base.subarray((id - 1) * this.dimensions, id * this.dimensions);
  }

  replace(id: number, row: Float32Array): void {
    this.#replaced.set(id, row);
  }

  /** Runs `body` with the current rows in the place of those of the data set, so that no second copy is needed. */
  whileInPlace<T>(body: () => T): T {
    this.#exchange();
    try {
      return body();
    } finally {
      this.#exchange();
    }
  }

  #exchange(): void {
    for (const [id, row] of this.#replaced) {
      const place = this.#base.subarray((id - 1) * this.dimensions, id * this.dimensions);
      const was = place.slice();
      place.set(row);
      this.#replaced.set(id, was);
    }
  }
}

import { AppError } from '../../protocol/errors.ts';
import type { VectorHit, VectorIndex, VectorIndexOptions, VectorIndexStats, VectorSearchOptions } from '../ports.ts';
import { RowArena } from './rowArena.ts';
import { damaged, decodeSnapshot, encodeSnapshot, type SnapshotRow } from './snapshot.ts';
import { TopHits } from './topHits.ts';
import { toUnitVector } from './unitVector.ts';

/** Compares the query with every row: always right, and fast enough below some ten thousand rows (ARCHITECTURE.md). */
export class ExactIndex implements VectorIndex {
  readonly #options: VectorIndexOptions;
  readonly #arena: RowArena;

  constructor(options: VectorIndexOptions) {
    checkDimensions(options.dimensions);
    this.#options = options;
    this.#arena = new RowArena(options.dimensions);
  }

  get dimensions(): number {
    return this.#options.dimensions;
  }

  /** Replaces the content by an image of {@link save}. */
  restore(image: Uint8Array): void {
    restoreRows(this.#options, image, this.#arena);
  }

  add(id: number, vector: Float32Array): void {
    checkId(id);
    this.#arena.set(id, toUnitVector(vector, this.dimensions));
  }

  remove(id: number): boolean {
    return this.#arena.remove(id);
  }

  has(id: number): boolean {
    return this.#arena.has(id);
  }

  get(id: number): Float32Array | undefined {
    return this.#arena.row(id)?.slice();
  }

  ids(): Iterable<number> {
    return this.#arena.ids();
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): readonly VectorHit[] {
    const unit = toUnitVector(query, this.dimensions);
    const limit = Math.min(Math.floor(k), this.#arena.count);
    if (!(limit > 0)) return [];
    const hits = new TopHits(limit, options.minScore);
    this.#arena.scan(unit, options.filter, hits);
    return hits.sorted();
  }

  save(): readonly Uint8Array[] {
    return encodeSnapshot(this.#options, this.#arena.count, arenaRows(this.#arena));
  }

  maintain(): boolean {
    return false;
  }

  stats(): VectorIndexStats {
    return {
      engine: 'exact',
      count: this.#arena.count,
      dimensions: this.dimensions,
      bytes: this.#arena.bytes,
      deleted: 0,
      parameters: {},
    };
  }

  dispose(): void {
    for (const id of [...this.#arena.ids()]) this.#arena.remove(id);
  }
}

export function* arenaRows(arena: RowArena): IterableIterator<SnapshotRow> {
  for (const id of arena.ids()) yield { id, vector: arena.row(id)! };
}

/** Fills an empty arena; throws AppError `SnapshotDamaged`. */
export function restoreRows(options: VectorIndexOptions, image: Uint8Array, arena: RowArena): void {
  const { ids, rows } = decodeSnapshot(options, image);
  ids.forEach((id, index) => {
    if (!isId(id) || arena.has(id)) throw damaged('its ids are not valid');
    arena.set(id, rows.subarray(index * options.dimensions, (index + 1) * options.dimensions));
  });
}

export function checkDimensions(dimensions: number): void {
  if (Number.isInteger(dimensions) && dimensions > 0) return;
  throw new AppError('InvalidArgument', `A vector index needs at least one dimension, not ${dimensions}.`);
}

export function checkId(id: number): void {
  if (isId(id)) return;
  throw new AppError('InvalidArgument', `A vector's id must be a whole number from 1 to 2^53 - 1, not ${id}.`);
}

function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id >= 1;
}

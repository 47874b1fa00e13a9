import type {
  Clock,
  Logger,
  VectorHit,
  VectorIndex,
  VectorIndexOptions,
  VectorIndexStats,
  VectorSearchOptions,
} from '../ports.ts';
import { arenaRows, checkDimensions, checkId, restoreRows } from './exactIndex.ts';
import { defaultEf, defaultEfConstruction, defaultM, type Graph, type OpenGraph } from './graph.ts';
import { RowArena } from './rowArena.ts';
import type { Segment } from './segment.ts';
import { SegmentBuilder } from './segmentBuilder.ts';
import { encodeSnapshot, type SnapshotRow } from './snapshot.ts';
import { TopHits } from './topHits.ts';
import { toUnitVector } from './unitVector.ts';

/** Multiplications of one exact comparison of a whole segment: 5 to 12 ms on 2020's server cores, 15,625 rows of 384. */
const segmentWork = 6_000_000;
const segmentRowsRange = { min: 1024, max: 32_768 } as const;
/** A segment that lost more than this share of its rows is dissolved and its rows are built in again. */
const maxRemovedShare = 0.25;

export interface HnswIndexSurroundings {
  readonly openGraph: OpenGraph;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly logger: Logger;
  /** Rows per graph; by default from the dimensions. */
  readonly segmentRows?: number;
}

/**
 * Approximate search over a growing set. New rows wait in an arena that is compared exactly, so adding costs one copy and
 * is visible at once. When a segment's worth of rows waits, {@link maintain} builds them into an HNSW graph of fixed
 * size and hands them over: every row is in one place only, the arena or the memory of one graph. Several small graphs
 * instead of one that grows: insertion slows down with size (measured at 384 dimensions: 1,200 rows a second up to 5,000
 * rows, 550 up to 20,000), nothing is ever resized, and dissolving one gives its memory back. Without a working graph
 * engine all rows stay in the arena and answers stay right.
 */
export class HnswIndex implements VectorIndex {
  readonly #options: VectorIndexOptions;
  readonly #surroundings: HnswIndexSurroundings;
  readonly #m: number;
  readonly #efConstruction: number;
  readonly #segmentRows: number;
  readonly #arena: RowArena;
  #segments: Segment[] = [];
  #building: SegmentBuilder | 'opening' | undefined;
  #graphsFail = false;
  #disposed = false;

  constructor(options: VectorIndexOptions, surroundings: HnswIndexSurroundings) {
    checkDimensions(options.dimensions);
    this.#options = options;
    this.#surroundings = surroundings;
    // With one link per node hnswlib divides by ln(1).
    this.#m = Math.max(2, options.m ?? defaultM(options.dimensions));
    this.#efConstruction = options.efConstruction ?? defaultEfConstruction(options.dimensions);
    this.#segmentRows = surroundings.segmentRows ?? defaultSegmentRows(options.dimensions);
    this.#arena = new RowArena(options.dimensions);
  }

  get dimensions(): number {
    return this.#options.dimensions;
  }

  /** Fills an empty index from an image of {@link save}; throws AppError `SnapshotDamaged`. */
  restore(image: Uint8Array): void {
    restoreRows(this.#options, image, this.#arena);
  }

  add(id: number, vector: Float32Array): void {
    checkId(id);
    const unit = toUnitVector(vector, this.dimensions);
    this.#removeFromSegments(id);
    this.#changes(id);
    this.#arena.set(id, unit);
  }

  remove(id: number): boolean {
    this.#changes(id);
    return this.#arena.remove(id) || this.#removeFromSegments(id);
  }

  has(id: number): boolean {
    return this.#arena.has(id) || this.#segments.some((segment) => segment.has(id));
  }

  get(id: number): Float32Array | undefined {
    const row = this.#arena.row(id) ?? this.#segments.find((segment) => segment.has(id))?.row(id);
    return row?.slice();
  }

  *ids(): IterableIterator<number> {
    yield* this.#arena.ids();
    for (const segment of this.#segments) yield* segment.ids();
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): readonly VectorHit[] {
    const unit = toUnitVector(query, this.dimensions);
    const limit = Math.min(Math.floor(k), this.#count);
    if (!(limit > 0)) return [];
    const ef = Math.max(limit, options.ef ?? this.#options.ef ?? defaultEf(limit));
    const hits = new TopHits(limit, options.minScore);
    this.#arena.scan(unit, options.filter, hits);
    for (const segment of this.#segments) segment.search(unit, limit, ef, options.filter, hits);
    return hits.sorted();
  }

  save(): readonly Uint8Array[] {
    return encodeSnapshot(this.#options, this.#count, this.#rows());
  }

  maintain(budgetMs: number): boolean {
    const { clock } = this.#surroundings;
    const deadline = clock.monotonicMs() + budgetMs;
    if (this.#disposed) return false;
    const building = this.#building;
    if (building === 'opening' || this.#dissolveOne()) return true;
    if (building === undefined) {
      if (this.#graphsFail || this.#arena.count < this.#segmentRows) return false;
      void this.#startBuilding();
      return true;
    }
    try {
      while (building.step()) if (clock.monotonicMs() >= deadline) return true;
      const segment = building.seal();
      if (segment !== undefined) this.#segments.push(segment);
      this.#building = undefined;
      return true;
    } catch (error) {
      building.dispose();
      this.#building = undefined;
      this.#giveUpGraphs(error);
      return false;
    }
  }

  stats(): VectorIndexStats {
    const builder = this.#building === 'opening' ? undefined : this.#building;
    return {
      engine: this.#segments.length > 0 ? 'hnsw' : 'exact',
      count: this.#count,
      dimensions: this.dimensions,
      bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, this.#arena.bytes + (builder?.bytes ?? 0)),
      deleted: this.#segments.reduce((sum, { removedRows }) => sum + removedRows, 0),
      parameters: {
        m: this.#m,
        efConstruction: this.#efConstruction,
        segmentRows: this.#segmentRows,
        segments: this.#segments.length,
        exactRows: this.#arena.count,
      },
    };
  }

  dispose(): void {
    this.#disposed = true;
    for (const segment of this.#segments) segment.dispose();
    this.#segments = [];
    if (this.#building !== 'opening') this.#building?.dispose();
    this.#building = undefined;
    for (const id of [...this.#arena.ids()]) this.#arena.remove(id);
  }

  get #count(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, this.#arena.count);
  }

  *#rows(): IterableIterator<SnapshotRow> {
    for (const segment of this.#segments) yield* segment.rows();
    yield* arenaRows(this.#arena);
  }

  #changes(id: number): void {
    if (this.#building !== 'opening') this.#building?.drop(id);
  }

  #removeFromSegments(id: number): boolean {
    const segment = this.#segments.find((candidate) => candidate.remove(id));
    if (segment?.count === 0) this.#discard(segment);
    return segment !== undefined;
  }

  /** Rows of one worn segment go back to the arena. */
  #dissolveOne(): boolean {
    const worn = this.#segments.find(
      ({ removedRows, rowCount, failure }) => removedRows > maxRemovedShare * rowCount || failure !== undefined,
    );
    if (worn === undefined) return false;
    if (worn.failure !== undefined) this.#giveUpGraphs(worn.failure);
    for (const { id, vector } of worn.rows()) this.#arena.set(id, vector);
    this.#discard(worn);
    return true;
  }

  #discard(segment: Segment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
    segment.dispose();
  }

  async #startBuilding(): Promise<void> {
    this.#building = 'opening';
    let graph: Graph | undefined;
    try {
      const [dimensions, m] = [this.dimensions, this.#m];
      graph = await this.#surroundings.openGraph({
        dimensions,
        m,
        capacity: this.#segmentRows,
        efConstruction: this.#efConstruction,
      });
      if (this.#disposed) graph.dispose();
      else {
        const ids = [...this.#arena.ids()].slice(0, this.#segmentRows);
        this.#building = new SegmentBuilder({ arena: this.#arena, graph, ids, dimensions });
      }
    } catch (error) {
      this.#building = undefined;
      this.#giveUpGraphs(error);
    }
  }

  #giveUpGraphs(error: unknown): void {
    if (this.#graphsFail) return;
    this.#graphsFail = true;
    this.#surroundings.logger.log({
      level: 'warn',
      message: 'The vector graph cannot be built; searches compare all vectors instead and take longer',
      fields: { error: error instanceof Error ? error.message : String(error), rows: this.#arena.count },
    });
  }
}

function defaultSegmentRows(dimensions: number): number {
  const { min, max } = segmentRowsRange;
  return Math.min(max, Math.max(min, Math.round(segmentWork / dimensions)));
}

import type { Graph } from './graph.ts';
import { dot, scanRows, type IdFilter, type Rows } from './rows.ts';
import type { SnapshotRow } from './snapshot.ts';
import type { TopHits } from './topHits.ts';

/**
 * A graph's search takes about as long as comparing ten rows per candidate (measured: 384 dimensions with 16 links, 1,536
 * with 48, ef 40 to 400; more links mean more neighbours seen before).
 */
const comparisonsPerEf = 10;
/** Rows asked to learn what share of them a filter lets through. */
const filterSample = 128;

export interface SegmentContent {
  readonly graph: Graph;
  /** Id of each row of the graph; 0: removed. */
  readonly ids: Float64Array;
  /** Further ids whose vector equals a row's. */
  readonly twins: Map<number, number[]>;
  readonly dimensions: number;
}

/** A filled graph. Rows only ever leave it: a removed row stays in the graph as a way station and is not returned. */
export class Segment {
  readonly #content: SegmentContent;
  readonly #rowOf = new Map<number, number>();
  #removedRows = 0;
  #failure: unknown;

  constructor(content: SegmentContent) {
    this.#content = content;
    content.ids.forEach((id, row) => {
      if (id === 0) this.#removedRows++;
      else this.#rowOf.set(id, row);
    });
    for (const [row, ids] of content.twins) for (const id of ids) this.#rowOf.set(id, row);
  }

  /** Ids, twins included. */
  get count(): number {
    return this.#rowOf.size;
  }

  get removedRows(): number {
    return this.#removedRows;
  }

  /** What made the graph unusable; the rows are all there, and searches compare them. */
  get failure(): unknown {
    return this.#failure;
  }

  get rowCount(): number {
    return this.#content.ids.length;
  }

  get bytes(): number {
    return this.#content.graph.bytes + this.#content.ids.byteLength;
  }

  has(id: number): boolean {
    return this.#rowOf.has(id);
  }

  ids(): IterableIterator<number> {
    return this.#rowOf.keys();
  }

  remove(id: number): boolean {
    const row = this.#rowOf.get(id);
    if (row === undefined) return false;
    this.#rowOf.delete(id);
    const { ids, twins } = this.#content;
    const others = twins.get(row);
    if (ids[row] !== id) others!.splice(others!.indexOf(id), 1);
    else ids[row] = others?.pop() ?? 0;
    if (others?.length === 0) twins.delete(row);
    if (ids[row] === 0) this.#removedRows++;
    return true;
  }

  /** A view, valid until the next search. */
  row(id: number): Float32Array | undefined {
    const row = this.#rowOf.get(id);
    return row === undefined ? undefined : this.#view(this.#content.graph.rows(), row);
  }

  /** Views, valid until the next search. */
  *rows(): IterableIterator<SnapshotRow> {
    const location = this.#content.graph.rows();
    for (const [id, row] of this.#rowOf) yield { id, vector: this.#view(location, row) };
  }

  /**
   * Offers the nearest rows: by the graph where that takes less time, else by comparing all. Under a filter that lets a
   * share of the rows through, the graph looks at 1 / share times as many rows, and comparing all takes that share.
   */
  search(query: Float32Array, k: number, ef: number, filter: IdFilter | undefined, hits: TopHits): void {
    const present = this.rowCount - this.#removedRows;
    const share = filter === undefined ? 1 : this.#passingShare(filter);
    const graphPays = comparisonsPerEf * ef < share * share * present;
    const found = graphPays && this.#failure === undefined ? this.#searchGraph(query, k, ef, filter) : [];
    if (found.length < Math.min(k, present)) {
      // Not asked, fewer match, or a part of the graph is out of reach: only a full comparison can tell.
      this.scan(query, filter, hits);
      return;
    }
    const { heap, base, stride } = this.#content.graph.rows();
    for (const row of found) this.#offer(row, dot(heap, base + row * stride, query), filter, hits);
  }

  /** Offers every row. */
  scan(query: Float32Array, filter: IdFilter | undefined, hits: TopHits): void {
    const { graph, ids, twins } = this.#content;
    const rows: Rows = { ...graph.rows(), ids, count: ids.length };
    scanRows(rows, query, filter, hits);
    for (const [row, others] of twins) {
      const score = dot(rows.heap, rows.base + row * rows.stride, query);
      for (const id of others) if (filter === undefined || filter(id)) hits.offer(id, score);
    }
  }

  dispose(): void {
    this.#content.graph.dispose();
  }

  #searchGraph(query: Float32Array, k: number, ef: number, filter: IdFilter | undefined): readonly number[] {
    const { graph } = this.#content;
    const accepts = this.#accepting(filter);
    let filterFailure: { readonly error: unknown } | undefined;
    // The caller's exception must not cross the graph's frames: it would leave them half done.
    const accept = (row: number): boolean => {
      if (filterFailure !== undefined) return false;
      try {
        return accepts(row);
      } catch (error) {
        filterFailure = { error };
        return false;
      }
    };
    let found: readonly number[] = [];
    try {
      found = graph.search(query, k, ef, filter || this.#removedRows > 0 ? accept : undefined);
    } catch (error) {
      this.#failure = error;
    }
    if (filterFailure !== undefined) throw filterFailure.error;
    return found;
  }

  #offer(row: number, score: number, filter: IdFilter | undefined, hits: TopHits): void {
    const { ids, twins } = this.#content;
    const id = ids[row]!;
    if (id !== 0 && (filter === undefined || filter(id))) hits.offer(id, score);
    for (const twin of twins.get(row) ?? []) if (filter === undefined || filter(twin)) hits.offer(twin, score);
  }

  #accepting(filter: IdFilter | undefined): (row: number) => boolean {
    const { ids, twins } = this.#content;
    if (filter === undefined) return (row) => ids[row] !== 0;
    return (row) => {
      const id = ids[row]!;
      return id !== 0 && (filter(id) || (twins.get(row)?.some(filter) ?? false));
    };
  }

  #passingShare(filter: IdFilter): number {
    const accept = this.#accepting(filter);
    const step = Math.max(1, Math.floor(this.rowCount / filterSample));
    let asked = 0;
    let passed = 0;
    for (let row = 0; row < this.rowCount; row += step) {
      asked++;
      if (accept(row)) passed++;
    }
    return passed / asked;
  }

  #view({ heap, base, stride }: ReturnType<Graph['rows']>, row: number): Float32Array {
    const start = base + row * stride;
    return heap.subarray(start, start + this.#content.dimensions);
  }
}

import { AppError } from '../../protocol/errors.ts';
import { Checksum } from './checksum.ts';
import type { Graph } from './graph.ts';
import type { RowArena } from './rowArena.ts';
import { sameRow } from './rows.ts';
import { Segment } from './segment.ts';

/** A graph's memory layout shows in two rows at least, be they equal. */
const minRows = 2;
/** Rows compared with the graph's copy in one step: about as long as one insertion. */
const rowsPerCheck = 256;

/**
 * Moves rows of the arena into a graph, a few at a time. Until {@link seal} the arena answers for them, so they may change
 * in between: whoever sets or removes an id says so with {@link drop}.
 */
export class SegmentBuilder {
  readonly #arena: RowArena;
  readonly #graph: Graph;
  readonly #dimensions: number;
  /** Shuffled: in file order, near-identical neighbours would link to each other alone, and recall falls (measured). */
  readonly #pending: number[];
  /** Ids by row of the graph: equal vectors share one, as a crowd of equals has links to nothing else (measured). */
  readonly #members: number[][] = [];
  readonly #rowsByHash = new Map<number, number>();
  readonly #dropped = new Set<number>();
  #verified = 0;

  constructor(options: { arena: RowArena; graph: Graph; ids: number[]; dimensions: number }) {
    this.#arena = options.arena;
    this.#graph = options.graph;
    this.#dimensions = options.dimensions;
    this.#pending = shuffle(options.ids);
  }

  get bytes(): number {
    return this.#graph.bytes;
  }

  /** The arena's row of this id changes now. */
  drop(id: number): void {
    this.#dropped.add(id);
  }

  /** Adds one row or checks some; false when none is left and the segment can be sealed. */
  step(): boolean {
    const id = this.#pending.pop();
    if (id === undefined) return this.#members.length >= minRows && this.#verifySome();
    const vector = this.#dropped.has(id) ? undefined : this.#arena.row(id);
    if (vector !== undefined) this.#insert(id, vector);
    return true;
  }

  /** Takes the rows out of the arena. Undefined when too few are left to make a graph; the arena keeps them. */
  seal(): Segment | undefined {
    const ids = new Float64Array(this.#members.length);
    const twins = new Map<number, number[]>();
    let count = 0;
    this.#members.forEach((members, row) => {
      const [first, ...others] = members.filter((id) => !this.#dropped.has(id));
      if (first === undefined) return;
      ids[row] = first;
      count++;
      if (others.length > 0) twins.set(row, others);
    });
    if (count < minRows) {
      this.#graph.dispose();
      return undefined;
    }
    const segment = new Segment({ graph: this.#graph, ids, twins, dimensions: this.#dimensions });
    for (const id of segment.ids()) this.#arena.remove(id);
    return segment;
  }

  dispose(): void {
    this.#graph.dispose();
  }

  #insert(id: number, vector: Float32Array): void {
    const hash = new Checksum().update(new Uint32Array(vector.buffer, vector.byteOffset, vector.length)).digest();
    const row = this.#members.length < minRows ? undefined : this.#rowsByHash.get(hash);
    const members = row === undefined ? undefined : this.#members[row];
    const equal = members?.find((member) => !this.#dropped.has(member));
    const equalVector = equal === undefined ? undefined : this.#arena.row(equal);
    if (equalVector !== undefined && sameRow(equalVector, 0, vector)) {
      members!.push(id);
      return;
    }
    this.#graph.add(vector);
    this.#rowsByHash.set(hash, this.#members.length);
    this.#members.push([id]);
  }

  /** After sealing the graph's copy is the only one, found at an address the package does not vouch for. */
  #verifySome(): boolean {
    const { heap, base, stride } = this.#graph.rows();
    const end = Math.min(this.#verified + rowsPerCheck, this.#members.length);
    for (; this.#verified < end; this.#verified++) {
      const id = this.#members[this.#verified]!.find((member) => !this.#dropped.has(member));
      if (id === undefined || sameRow(heap, base + this.#verified * stride, this.#arena.row(id)!)) continue;
      throw new AppError('Internal', 'A vector in the graph differs from the one that was added.');
    }
    return end < this.#members.length;
  }
}

/** In place, the same way every time (xorshift32). */
function shuffle(ids: number[]): number[] {
  let state = 0x2545f491;
  for (let i = ids.length - 1; i > 0; i--) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % (i + 1);
    [ids[i], ids[j]] = [ids[j]!, ids[i]!];
  }
  return ids;
}

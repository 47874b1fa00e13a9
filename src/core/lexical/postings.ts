import type { SqlDatabase } from '../ports.ts';
import { PostingsSegment, type StoredTerms } from './postingsSegment.ts';
import { hashTerm } from './termVector.ts';

/** Of BM25 (Robertson and Zaragoza 2009): saturation of repeated terms, and how much long chunks are lowered. */
const k1 = 1.2;
const b = 0.75;
/** A segment is joined with the one before it unless that is larger by this factor: there are few, and each chunk is read few times. */
const segmentRatio = 4;
/** Removed chunks are swept out of a segment when they are more than this share of it. */
const maxRemovedShare = 0.3;

export interface LexicalHit {
  readonly id: number;
  /** BM25, higher is better. */
  readonly score: number;
}

/** How rare the terms of a query are. */
export interface TermStatistics {
  /** Chunks in all. */
  readonly chunks: number;
  /** In how many of them each term is, in the order of the terms. */
  readonly frequencies: readonly number[];
}

/**
 * The lexical index of one folder: BM25 over the fields of its chunks, in memory, read from the catalogue's table
 * `term_vectors` when a search first needs it. Chunks that were added since are read then as well (their ids are above all
 * known ones); removals are noted by {@link remove} or found by {@link reconcile}.
 *
 * Instead of FTS5, whose bm25() looks each matching row's length up in a table: see ARCHITECTURE.md for the numbers.
 */
export class Postings {
  readonly #database: SqlDatabase;
  #segments: PostingsSegment[] = [];
  #lastId = 0;
  /** By slot of the segment being searched; all zero between searches. */
  #scores = new Float32Array(0);
  #touched = new Uint32Array(0);

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Notes that a chunk was removed from the catalogue. */
  remove(id: number): void {
    // Segments are in the order of their ids.
    this.#segments.findLast((segment) => segment.ids[0]! <= id)?.remove(id);
  }

  /** Forgets everything; the next search reads it anew. For when what was noted did not come to pass. */
  reset(): void {
    this.#segments = [];
    this.#lastId = 0;
  }

  /** Finds what another connection has removed. O(chunks). */
  reconcile(): void {
    if (this.#segments.length === 0) return;
    const present = new Set<number>();
    for (const row of this.#database.prepare('SELECT id FROM term_vectors').iterate()) present.add(Number(row['id']));
    for (const segment of this.#segments) for (const id of segment.ids) if (!present.has(id)) segment.remove(id);
  }

  /** How rare terms are. O(postings of the terms). */
  statistics(terms: readonly string[]): TermStatistics {
    this.#catchUp();
    const frequencies = terms.map((term) => {
      const hash = hashTerm(term);
      return this.#segments.reduce((sum, segment) => sum + segment.frequency(hash), 0);
    });
    return { chunks: this.#segments.reduce((sum, { live }) => sum + live, 0), frequencies };
  }

  /**
   * The best chunks by BM25 over any of the terms (words of `queryTerms`), best first, at most `limit`; equal ones by id.
   *
   * @param allowed Only these ids.
   */
  search(terms: readonly string[], limit: number, allowed?: ReadonlySet<number>): LexicalHit[] {
    const { chunks, frequencies } = this.statistics(terms);
    const lengths = this.#segments.reduce((sum, { liveLength }) => sum + liveLength, 0);
    const best = new BestHits(limit);
    for (const segment of this.#segments) {
      if (this.#scores.length < segment.size) {
        this.#scores = new Float32Array(segment.size);
        this.#touched = new Uint32Array(segment.size);
      }
      const count = this.#score(segment, terms, inverseFrequencies(chunks, frequencies), lengths / chunks);
      for (let index = 0; index < count; index++) {
        const slot = this.#touched[index]!;
        const score = this.#scores[slot]!;
        this.#scores[slot] = 0;
        if (score <= best.floor || segment.removed[slot] === 1) continue;
        const id = segment.ids[slot]!;
        if (allowed === undefined || allowed.has(id)) best.add(id, score);
      }
    }
    return best.sorted();
  }

  /** Adds up the terms' parts of each chunk's score; returns how many chunks have one, listed in `#touched`. */
  #score(segment: PostingsSegment, terms: readonly string[], weights: readonly number[], meanLength: number): number {
    const scores = this.#scores;
    const touched = this.#touched;
    const { slots, frequencies, lengths } = segment;
    let count = 0;
    terms.forEach((term, position) => {
      const [begin, end] = segment.range(hashTerm(term));
      const weight = (weights[position] ?? 0) * (k1 + 1);
      for (let at = begin; at < end; at++) {
        const slot = slots[at]!;
        const frequency = frequencies[at]!;
        const before = scores[slot]!;
        if (before === 0) touched[count++] = slot;
        scores[slot] = before + (weight * frequency) / (frequency + k1 * (1 - b + (b * lengths[slot]!) / meanLength));
      }
    });
    return count;
  }

  #catchUp(): void {
    const added = this.#read(this.#lastId, Infinity);
    const last = added.at(-1);
    if (last !== undefined) {
      this.#lastId = last.id;
      this.#segments.push(new PostingsSegment(added));
    }
    const joined = this.#segments.findIndex((segment, position) => {
      const later = this.#segments.slice(position + 1).reduce((sum, { size }) => sum + size, 0);
      return later * segmentRatio > segment.size || segment.live < segment.size * (1 - maxRemovedShare);
    });
    if (joined < 0) return;
    const from = (this.#segments[joined]?.ids[0] ?? 1) - 1;
    this.#segments.length = joined;
    const rest = this.#read(from, Infinity);
    if (rest.length > 0) this.#segments.push(new PostingsSegment(rest));
  }

  #read(afterId: number, limit: number): StoredTerms[] {
    return this.#database
      .prepare('SELECT id, vector FROM term_vectors WHERE id > ? ORDER BY id LIMIT ?')
      .all(afterId, Number.isFinite(limit) ? limit : -1)
      .map((row) => ({ id: Number(row['id']), terms: row['vector'] as Uint8Array }));
  }
}

/** idf as in BM25 with its sum under the logarithm kept positive (Robertson and Zaragoza 2009): ln(1 + (N - n + .5) / (n + .5)). */
export function inverseFrequencies(chunks: number, frequencies: readonly number[]): number[] {
  return frequencies.map((n) => Math.log(1 + (chunks - n + 0.5) / (n + 0.5)));
}

/** The best `limit` hits so far: a heap with the worst on top. */
class BestHits {
  /** Only scores above it can still come in. */
  floor = 0;
  readonly #limit: number;
  readonly #heap: LexicalHit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: number, score: number): void {
    const heap = this.#heap;
    const hit = { id, score };
    if (heap.length < this.#limit) {
      heap.push(hit);
      this.#up(heap.length - 1);
      if (heap.length === this.#limit) this.floor = heap[0]!.score;
      return;
    }
    heap[0] = hit;
    this.#down();
    this.floor = heap[0].score;
  }

  sorted(): LexicalHit[] {
    return this.#heap.sort(byScore);
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (byScore(heap[at]!, heap[parent]!) <= 0) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      let worst = 2 * at + 1;
      if (worst >= heap.length) return;
      if (worst + 1 < heap.length && byScore(heap[worst + 1]!, heap[worst]!) > 0) worst++;
      if (byScore(heap[worst]!, heap[at]!) <= 0) return;
      [heap[at], heap[worst]] = [heap[worst]!, heap[at]!];
      at = worst;
    }
  }
}

/** Better first, equal ones by id. */
function byScore(a: LexicalHit, b: LexicalHit): number {
  return b.score - a.score || a.id - b.id;
}

import { fnv1a } from '../../util/fnv1a.ts';
import type { SqlDatabase } from '../ports.ts';
import { BestHits, type LexicalHit } from './bestHits.ts';
import { PostingsSegment, type StoredTerms } from './postingsSegment.ts';

/** Of BM25 (Robertson and Zaragoza 2009): saturation of repeated terms, and how much long chunks are lowered. */
const k1 = 1.2;
const b = 0.75;
/** Chunks of a segment at most: building one takes some 50 ms. */
const segmentSize = 8_192;
/** Later segments are joined with the one before unless that is larger by this factor: each chunk is read few times. */
const segmentRatio = 4;
/** Removed chunks are swept out of a segment when they are more than this share of it. */
const maxRemovedShare = 0.3;

/** How rare the terms of a query are. */
export interface TermStatistics {
  /** Chunks in all. */
  readonly chunks: number;
  /** In how many of them each term is, in the order of the terms. */
  readonly frequencies: readonly number[];
}

interface Segment {
  readonly postings: PostingsSegment;
  /** Its image is in the catalogue. */
  isStored: boolean;
}

/**
 * The lexical index of one folder: BM25 over the fields of its chunks, in memory. A search first reads what it does not have
 * yet: the images of segments (`postings_segments`), then the terms of single chunks (`term_vectors`), whose ids are above
 * all known ones. Removals are noted by {@link remove} or found by {@link reconcile}; they are in the catalogue, too
 * (`removed_chunks`), for ids that are in an image. A chunk's terms never change under its id, so an image is always good.
 *
 * Instead of FTS5, whose bm25() looks each matching row's length up in a table: see ARCHITECTURE.md for the numbers.
 */
export class Postings {
  readonly #database: SqlDatabase;
  /** In the order of their ids. */
  #segments: Segment[] = [];
  /** Chunks above it have not been met. */
  #lastId = 0;
  #isLoaded = false;
  /** Chunks that are in no segment yet. */
  readonly #recent = new RecentChunks();
  /** By slot of the segment being searched; all zero between searches. */
  readonly #scores = new Float32Array(segmentSize);
  readonly #touched = new Uint32Array(segmentSize);

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /**
   * Notes a chunk that is about to be added to the catalogue, its terms packed by `packTerms`; for the writer, in its
   * transaction. Ids ascend.
   */
  add(id: number, terms: Uint8Array): void {
    if (!this.#isLoaded) this.#catchUp();
    this.#recent.add(id, terms);
    this.#lastId = id;
    if (this.#recent.size === segmentSize) this.#flush();
  }

  /** Notes that a chunk was removed from the catalogue; for the catalogue's writer, in its transaction. */
  remove(id: number): void {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO removed_chunks SELECT ?1
         WHERE ?1 <= (SELECT last_id FROM postings_segments ORDER BY first_id DESC LIMIT 1)`,
      )
      .run(id);
    this.#noteRemoved(id);
  }

  /** Of what is in memory. */
  get memoryBytes(): number {
    return this.#segments.reduce((sum, { postings }) => sum + postings.memoryBytes, this.#recent.memoryBytes);
  }

  /** Forgets everything; the next search reads it anew. For when what was noted did not come to pass. */
  reset(): void {
    this.#segments = [];
    this.#recent.clear();
    this.#lastId = 0;
    this.#isLoaded = false;
  }

  /** Finds what another connection has removed. O(chunks). */
  reconcile(): void {
    if (!this.#isLoaded) return;
    const present = new Set<number>();
    for (const row of this.#database.prepare('SELECT id FROM chunks').iterate()) present.add(Number(row['id']));
    for (const { postings } of this.#segments) for (const id of postings.ids) if (!present.has(id)) postings.remove(id);
  }

  /**
   * Stores the image of one segment that has none, so that opening the index next time needs only to read it. A small last
   * one is left. False when nothing was left to store.
   */
  saveNext(): boolean {
    this.#catchUp();
    const next = this.#segments.find(
      ({ isStored, postings }, position) =>
        !isStored && (position < this.#segments.length - 1 || postings.size >= segmentSize / 2),
    );
    this.#database.transaction(() => {
      if (next === undefined) this.#dropUnused();
      else this.#store(next.postings);
    });
    if (next !== undefined) next.isStored = true;
    return next !== undefined;
  }

  /** How rare terms are. O(postings of the terms). */
  statistics(terms: readonly string[]): TermStatistics {
    this.#catchUp();
    const frequencies = terms.map((term) => {
      const hash = fnv1a(term);
      return this.#segments.reduce((sum, { postings }) => sum + postings.frequency(hash), 0);
    });
    return { chunks: this.#segments.reduce((sum, { postings }) => sum + postings.live, 0), frequencies };
  }

  /**
   * The best chunks by BM25 over any of the terms (words of `queryTerms`), best first, at most `limit`; equal ones by id.
   *
   * @param allowed Only these ids.
   */
  search(terms: readonly string[], limit: number, allowed?: ReadonlySet<number>): LexicalHit[] {
    const { chunks, frequencies } = this.statistics(terms);
    const lengths = this.#segments.reduce((sum, { postings }) => sum + postings.liveLength, 0);
    const weights = inverseFrequencies(chunks, frequencies);
    const best = new BestHits(limit);
    for (const { postings: segment } of this.#segments) {
      const count = this.#score(segment, terms, weights, lengths / chunks);
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

  /**
   * Sum of the weights of the terms that each of the chunks has in any field, in the order of `ids`; 0 for unknown ids.
   * O(chunks of `ids` * terms * log(postings of a term)).
   *
   * @param ids In any order.
   */
  termWeights(terms: readonly string[], weights: readonly number[], ids: readonly number[]): Float64Array {
    this.#catchUp();
    const sums = new Float64Array(ids.length);
    const order = Uint32Array.from(ids, (_, position) => position).sort((a, b) => ids[a]! - ids[b]!);
    const hashes = terms.map(fnv1a);
    let next = 0;
    for (const { postings } of this.#segments) {
      const last = postings.ids.at(-1) ?? 0;
      const from = next;
      while (next < order.length && ids[order[next]!]! <= last) next++;
      if (next === from) continue;
      const own = order.subarray(from, next);
      const slots = Array.from(own, (position) => postings.slotOf(ids[position]!));
      hashes.forEach((hash, term) => {
        const has = postings.reader(hash);
        slots.forEach((slot, index) => {
          if (slot !== undefined && has(slot)) sums[own[index]!]! += weights[term]!;
        });
      });
    }
    return sums;
  }

  /** Adds up the terms' parts of each chunk's score; returns how many chunks have one, listed in `#touched`. */
  #score(segment: PostingsSegment, terms: readonly string[], weights: readonly number[], meanLength: number): number {
    const scores = this.#scores;
    const touched = this.#touched;
    const { slots, frequencies, lengths } = segment;
    let count = 0;
    terms.forEach((term, position) => {
      const [begin, end] = segment.range(fnv1a(term));
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

  #store(segment: PostingsSegment): void {
    const first = segment.ids[0] ?? 0;
    const last = segment.ids.at(-1) ?? 0;
    this.#database.prepare('DELETE FROM postings_segments WHERE last_id >= ? AND first_id <= ?').run(first, last);
    this.#database.prepare('INSERT INTO postings_segments VALUES (?, ?, ?)').run(first, last, segment.toImage());
    this.#database.prepare('DELETE FROM removed_chunks WHERE id BETWEEN ? AND ?').run(first, last);
    const note = this.#database.prepare('INSERT INTO removed_chunks VALUES (?)');
    segment.ids.forEach((id, slot) => {
      if (segment.removed[slot] === 1) note.run(id);
    });
  }

  /** Images whose chunks are all gone, and removals that no image needs. */
  #dropUnused(): void {
    this.#database.exec(
      `DELETE FROM postings_segments
       WHERE NOT EXISTS (SELECT 1 FROM term_vectors t WHERE t.id BETWEEN first_id AND last_id);
       DELETE FROM removed_chunks
       WHERE NOT EXISTS (SELECT 1 FROM postings_segments s WHERE removed_chunks.id BETWEEN s.first_id AND s.last_id)`,
    );
  }

  #noteRemoved(id: number): void {
    if (id >= this.#recent.firstId) this.#flush();
    this.#segments.findLast(({ postings }) => postings.ids[0]! <= id)?.postings.remove(id);
  }

  /** Takes in what was added to the catalogue, and keeps segments few and full. */
  #catchUp(): void {
    if (!this.#isLoaded) this.#readImages();
    this.#isLoaded = true;
    this.#flush();
    let added: StoredTerms[];
    do {
      added = this.#read(this.#lastId);
      if (added.length > 0) this.#segments.push({ postings: PostingsSegment.build(added), isStored: false });
      this.#lastId = added.at(-1)?.id ?? this.#lastId;
    } while (added.length === segmentSize);
    this.#sweep();
    this.#joinLast();
  }

  /** Makes a segment of what was added. */
  #flush(): void {
    if (this.#recent.size === 0) return;
    this.#segments.push({ postings: PostingsSegment.build(this.#recent.chunks()), isStored: false });
    this.#recent.clear();
  }

  #readImages(): void {
    for (const row of this.#database
      .prepare('SELECT last_id, image FROM postings_segments ORDER BY first_id')
      .iterate()) {
      const postings = PostingsSegment.fromImage(row['image'] as Uint8Array);
      // What follows is read chunk by chunk.
      if (postings === undefined) break;
      this.#segments.push({ postings, isStored: true });
      this.#lastId = Number(row['last_id']);
    }
    for (const row of this.#database.prepare('SELECT id FROM removed_chunks').iterate())
      this.#noteRemoved(Number(row['id']));
  }

  /** Builds segments anew that have lost many of their chunks, together with the one before where both fit into one. */
  #sweep(): void {
    for (let position = this.#segments.length - 1; position >= 0; position--) {
      const { live, size } = this.#segments[position]!.postings;
      if (live >= size * (1 - maxRemovedShare)) continue;
      const before = this.#segments[position - 1]?.postings;
      const first = before !== undefined && before.live + live <= segmentSize ? position - 1 : position;
      this.#rebuild(first, position);
      position = first;
    }
  }

  #joinLast(): void {
    const last = this.#segments.length - 1;
    let first = last;
    let sum = this.#segments[last]?.postings.size ?? 0;
    for (; first > 0; first--) {
      const { size } = this.#segments[first - 1]!.postings;
      if (sum * segmentRatio <= size || sum + size > segmentSize) break;
      sum += size;
    }
    if (first < last) this.#rebuild(first, last);
  }

  /** One segment, without what was removed, in the place of those from `first` to `last`. */
  #rebuild(first: number, last: number): void {
    const from = (this.#segments[first]?.postings.ids[0] ?? 1) - 1;
    const to = this.#segments[last]?.postings.ids.at(-1) ?? from;
    const chunks = this.#read(from, to);
    const built = chunks.length === 0 ? [] : [{ postings: PostingsSegment.build(chunks), isStored: false }];
    this.#segments.splice(first, last - first + 1, ...built);
  }

  /** Chunks with ids above `after`, up to `to` where that is given, at most one segment of them. */
  #read(after: number, to = Number.MAX_SAFE_INTEGER): StoredTerms[] {
    return this.#database
      .prepare('SELECT id, vector FROM term_vectors WHERE id > ? AND id <= ? ORDER BY id LIMIT ?')
      .all(after, to, segmentSize)
      .map((row) => ({ id: Number(row['id']), terms: row['vector'] as Uint8Array }));
  }
}

/** Chunks in the order of their ids, their terms one behind the other in one piece of memory: thousands of small ones are slow to go. */
class RecentChunks {
  readonly #ids: number[] = [];
  readonly #starts: number[] = [0];
  #bytes = new Uint8Array(1 << 16);

  get size(): number {
    return this.#ids.length;
  }

  get memoryBytes(): number {
    return this.#bytes.byteLength;
  }

  /** Infinity without any. */
  get firstId(): number {
    return this.#ids[0] ?? Infinity;
  }

  add(id: number, terms: Uint8Array): void {
    const start = this.#starts.at(-1) ?? 0;
    // Hashes are read where they lie, as 32-bit words.
    const end = start + Math.ceil(terms.length / 4) * 4;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(terms, start);
    this.#ids.push(id);
    this.#starts.push(end);
  }

  /** Views, good until the next call of `add`. */
  chunks(): StoredTerms[] {
    return this.#ids.map((id, position) => ({
      id,
      terms: this.#bytes.subarray(this.#starts[position], this.#starts[position + 1]),
    }));
  }

  clear(): void {
    this.#ids.length = 0;
    this.#starts.length = 1;
    this.#bytes = new Uint8Array(1 << 16);
  }
}

/** idf as in BM25 with its sum under the logarithm kept positive (Robertson and Zaragoza 2009): ln(1 + (N - n + .5) / (n + .5)). */
export function inverseFrequencies(chunks: number, frequencies: readonly number[]): number[] {
  return frequencies.map((n) => Math.log(1 + (chunks - n + 0.5) / (n + 0.5)));
}

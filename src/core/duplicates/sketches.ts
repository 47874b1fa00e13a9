import type { Fingerprint } from './fingerprint.ts';

/**
 * Hashes of a sketch: of two pieces that share seven of ten shingles, the sketches have one in common in 99.9 % of cases.
 */
const sketchSize = 8;
/** Of the pieces that share a hash, each is compared with so many that came before it: the rest is reached through others. */
const partners = 8;

/**
 * Finds pieces that share code without comparing all with all: those with a common value among the smallest of their
 * hashes (bottom-k sketches; Broder, "On the resemblance and containment of documents", 1997).
 */
export class Sketches {
  readonly #recent = new Map<number, number[]>();

  /** Adds a piece; the ones that came before it and may be like it. */
  add(piece: number, { shape }: Fingerprint): Set<number> {
    const found = new Set<number>();
    for (const hash of sketchOf(shape)) {
      const recent = this.#recent.get(hash);
      if (recent === undefined) {
        this.#recent.set(hash, [piece]);
        continue;
      }
      for (const other of recent) found.add(other);
      if (recent.length >= partners) recent.shift();
      recent.push(piece);
    }
    return found;
  }
}

/** The smallest distinct of the hashes, which are ascending, as a sample that is the same for the same shingles. */
function sketchOf(hashes: Uint32Array): number[] {
  const sketch: number[] = [];
  for (const hash of hashes) {
    if (sketch.length === sketchSize) break;
    if (hash !== sketch.at(-1)) sketch.push(hash);
  }
  return sketch;
}

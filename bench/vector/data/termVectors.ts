import { Random } from './random.ts';
import type { TextCorpus } from './textCorpus.ts';

/** Latent dimensions: more do not tell more of a corpus like this one. */
const maxLatent = 384;
const maxTerms = 30_000;
/** Stretches of lines the vectors are learnt from, evenly over the corpus. */
const maxStretches = 40_000;
const stretchLines = 20;
/** The subspace does not change visibly with more. */
const iterations = 2;

/** A vector for every term that occurs often enough; what a text means is the sum of its terms' vectors. */
export interface TermVectors {
  readonly dimensions: number;
  /** Weight of a term by how rare it is; 0 when it has no vector. */
  readonly idf: Float32Array;
  /** Row of a term in `vectors`. */
  readonly rowOf: Int32Array;
  readonly vectors: Float32Array;
}

interface Stretch {
  readonly rows: Uint32Array;
  readonly weights: Float32Array;
}

/**
 * Latent semantic analysis (Deerwester et al., 1990): the terms' part of a truncated singular value decomposition of
 * sqrt(tf) · idf over stretches of text, by subspace iteration (Halko, Martinsson and Tropp, 2011). Its vectors lie as those
 * of static embedding models do: words that occur together are near each other, few directions are strong, many weak.
 * More dimensions than `maxLatent` are made of these by a fixed random map, which keeps angles.
 */
export function learnTermVectors(corpus: TextCorpus, dimensions: number): TermVectors {
  const { idf, rowOf, count } = weighTerms(corpus);
  const latent = Math.min(dimensions, maxLatent);
  const stretches = readStretches(corpus, idf, rowOf);
  const random = new Random(latent);
  let vectors: Float32Array = Float32Array.from({ length: count * latent }, () => random.bits() / 2 ** 32 - 0.5);
  for (let round = 0; round < iterations; round++) {
    vectors = multiply(stretches, vectors, latent);
    orthonormalize(vectors, latent);
  }
  if (latent < dimensions) vectors = expand(vectors, latent, dimensions);
  return { dimensions, idf, rowOf, vectors };
}

/** The more frequent terms, without those that nearly every stretch has. */
function weighTerms({ terms, files, lineStarts, termHashes }: TextCorpus): {
  idf: Float32Array;
  rowOf: Int32Array;
  count: number;
} {
  const counts = new Uint32Array(termHashes.length);
  const lastSeen = new Int32Array(termHashes.length).fill(-1);
  let stretches = 0;
  for (const { firstLine, endLine, heldOut } of files) {
    if (heldOut) continue;
    for (let line = firstLine; line < endLine; line += stretchLines, stretches++) {
      for (let at = lineStarts[line]!; at < lineStarts[Math.min(line + stretchLines, endLine)]!; at++) {
        const term = terms[at]!;
        if (lastSeen[term] === stretches) continue;
        lastSeen[term] = stretches;
        counts[term]!++;
      }
    }
  }
  const chosen = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, maxTerms);
  const idf = new Float32Array(counts.length);
  const rowOf = new Int32Array(counts.length).fill(-1);
  const frequent = chosen.filter((term) => counts[term]! > 1);
  frequent.forEach((term, row) => {
    rowOf[term] = row;
    idf[term] = Math.log((stretches + 1) / (counts[term]! + 0.5));
  });
  return { idf, rowOf, count: frequent.length };
}

function readStretches({ terms, files, lineStarts }: TextCorpus, idf: Float32Array, rowOf: Int32Array): Stretch[] {
  const starts = files
    .filter(({ heldOut }) => !heldOut)
    .flatMap(({ firstLine, endLine }) =>
      Array.from({ length: Math.ceil((endLine - firstLine) / stretchLines) }, (_, index) => ({
        line: firstLine + index * stretchLines,
        endLine,
      })),
    );
  const step = Math.max(1, starts.length / maxStretches);
  return Array.from({ length: Math.floor(starts.length / step) }, (_, index) => {
    const { line, endLine } = starts[Math.floor(index * step)]!;
    const slice = terms.subarray(lineStarts[line], lineStarts[Math.min(line + stretchLines, endLine)]);
    const entries = [...weightTerms(slice, idf)].filter(([term]) => rowOf[term]! >= 0);
    const length = Math.hypot(...entries.map(([, weight]) => weight)) || 1;
    return {
      rows: Uint32Array.from(entries, ([term]) => rowOf[term]!),
      weights: Float32Array.from(entries, ([, weight]) => weight / length),
    };
  });
}

/** sqrt(tf) · idf. */
export function weightTerms(terms: Uint32Array, idf: Float32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const [term, count] of counts) counts.set(term, Math.sqrt(count) * idf[term]!);
  return counts;
}

/** X' X V for the matrix X whose rows are the stretches. */
function multiply(stretches: readonly Stretch[], vectors: Float32Array, width: number): Float32Array {
  const product = new Float32Array(vectors.length);
  const sum = new Float64Array(width);
  for (const { rows, weights } of stretches) {
    sum.fill(0);
    rows.forEach((row, index) => {
      const weight = weights[index]!;
      for (let i = 0, at = row * width; i < width; i++, at++) sum[i]! += weight * vectors[at]!;
    });
    rows.forEach((row, index) => {
      const weight = weights[index]!;
      for (let i = 0, at = row * width; i < width; i++, at++) product[at]! += weight * sum[i]!;
    });
  }
  return product;
}

/** Makes the columns orthonormal, in place: V := V L^-T with L L^T = V^T V (Cholesky). */
function orthonormalize(vectors: Float32Array, width: number): void {
  const gram = new Float64Array(width * width);
  for (let start = 0; start < vectors.length; start += width) {
    for (let i = 0; i < width; i++) {
      const value = vectors[start + i]!;
      for (let j = 0, at = i * width; j <= i; j++, at++) gram[at]! += value * vectors[start + j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= gram[i * width + k]! * gram[j * width + k]!;
      // A direction that is a combination of the others stays what rounding has left of it.
      gram[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / gram[j * width + j]!;
    }
  }
  const row = new Float64Array(width);
  for (let start = 0; start < vectors.length; start += width) {
    for (let i = 0; i < width; i++) {
      let sum = vectors[start + i]!;
      for (let k = 0, at = i * width; k < i; k++, at++) sum -= gram[at]! * row[k]!;
      row[i] = sum / gram[i * width + i]!;
    }
    vectors.set(row, start);
  }
}

function expand(vectors: Float32Array, from: number, to: number): Float32Array {
  const random = new Random(to);
  const map = Float32Array.from({ length: from * to }, () => (random.bits() & 1 ? 1 : -1));
  const rows = vectors.length / from;
  const larger = new Float32Array(rows * to);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < from; i++) {
      const value = vectors[row * from + i]!;
      for (let j = 0; j < to; j++) larger[row * to + j]! += value * map[i * to + j]!;
    }
  }
  return larger;
}

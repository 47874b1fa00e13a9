import { mix, Random } from './random.ts';
import { learnTermVectors, type TermVectors, weightTerms } from './termVectors.ts';
import type { TextCorpus } from './textCorpus.ts';
import { toUnitLength } from './unitLength.ts';

/** Visits of each line, every time with another length: the second and further ones only when rows are still lacking. */
const maxVisits = 4;
/** A window's lines: most chunks of code are about that long, and none is exactly as long as the next. */
const minLines = 12;
const maxLines = 28;
/** Windows that say less are no text to search for (licence lines, lists of braces). */
const minDistinctTerms = 12;

/** A stretch of terms in the corpus. */
interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * Fills `vectors` (rows first, then spares, both from the same windows) and `queries`. A window becomes the sum of
 * the vectors of its terms, weighted by sqrt(tf) · idf, as static embedding models make it (termVectors.ts). Rows are in the order of the files, as an index is filled.
 */
export function fillTextVectors(
  corpus: TextCorpus,
  parts: { readonly rows: Float32Array; readonly spares: Float32Array; readonly queries: Float32Array },
  dimensions: number,
  seed: number,
): void {
  const projection = new Projection(corpus, dimensions);
  const [rowCount, spareCount, queryCount] = [parts.rows, parts.spares, parts.queries].map(
    (vectors) => vectors.length / dimensions,
  ) as [number, number, number];
  const windows = chooseWindows(corpus, rowCount + spareCount, false, seed);
  // Spares are spread evenly, and for the rest rows and spares keep their order.
  let spare = 0;
  windows.forEach((window, index) => {
    const isSpare = Math.floor(((index + 1) * spareCount) / windows.length) > spare;
    const [vectors, position] = isSpare ? [parts.spares, spare++] : [parts.rows, index - spare];
    projection.fill(vectors, position, corpus.terms.subarray(window.start, window.end));
  });
  const random = new Random(seed + 1);
  shuffle(chooseWindows(corpus, queryCount, true, seed), random).forEach((window, index) => {
    const terms = corpus.terms.subarray(window.start, window.end);
    projection.fill(parts.queries, index, index % 2 === 0 ? terms : shortQuestion(terms, projection, random));
  });
}

/** As people ask: 3 to 8 of the window's words that mean something, in its order. */
function shortQuestion(terms: Uint32Array, projection: Projection, random: Random): Uint32Array {
  const distinct = [...new Set(terms)].filter((term) => projection.isTelling(term));
  const chosen = new Set(random.sample(3 + random.below(6), 0, distinct.length));
  return Uint32Array.from(distinct.filter((_, index) => chosen.has(index)));
}

/** Different windows evenly over the corpus, in its order. */
function chooseWindows(corpus: TextCorpus, count: number, heldOut: boolean, seed: number): readonly Window[] {
  const { terms, lineStarts } = corpus;
  // For each line where a window may begin: the line, and where its file ends.
  const files = corpus.files.filter((file) => file.heldOut === heldOut && file.endLine - file.firstLine >= minLines);
  const firstLines = files.flatMap(({ firstLine, endLine }) =>
    Array.from({ length: endLine - firstLine - minLines + 1 }, (_, index) => firstLine + index),
  );
  const endLines = files.flatMap(({ firstLine, endLine }) =>
    new Array<number>(endLine - firstLine - minLines + 1).fill(endLine),
  );
  const seen = new Set<number>();
  const windows: Window[] = [];
  // Steps of the golden section visit every line once and are spread evenly however soon one stops.
  const total = firstLines.length;
  const step = coprimeNear(total * 0.618_033_988_75, total);
  for (let visit = 0, at = mix(seed) % total; visit < maxVisits * total && windows.length < count; visit++) {
    const first = firstLines[at]!;
    const length = minLines + (mix(first + seed + Math.floor(visit / total)) % (maxLines - minLines + 1));
    const window = { start: lineStarts[first]!, end: lineStarts[Math.min(first + length, endLines[at]!)]! };
    const content = hashTerms(terms, window);
    if (!seen.has(content) && hasDistinctTerms(terms, window)) windows.push(window);
    seen.add(content);
    at = (at + step) % total;
  }
  if (windows.length < count)
    throw new Error(`The text corpus has ${windows.length} different windows only, not ${count}.`);
  return windows.sort((a, b) => a.start - b.start);
}

/** Makes vectors out of terms. */
class Projection {
  readonly #learnt: TermVectors;

  constructor(corpus: TextCorpus, dimensions: number) {
    this.#learnt = learnTermVectors(corpus, dimensions);
  }

  /** Whether the rows know the term, and not all of them. */
  isTelling(term: number): boolean {
    return this.#learnt.idf[term]! > 2;
  }

  fill(vectors: Float32Array, position: number, terms: Uint32Array): void {
    const { idf, rowOf, vectors: termVectors, dimensions } = this.#learnt;
    const start = position * dimensions;
    for (const [term, weight] of weightTerms(terms, idf)) {
      if (weight === 0) continue;
      for (let i = 0, at = rowOf[term]! * dimensions; i < dimensions; i++, at++)
        vectors[start + i]! += weight * termVectors[at]!;
    }
    toUnitLength(vectors, start, dimensions);
  }
}

/** 53 bits of what the window says, so that two that say the same are known. */
function hashTerms(terms: Uint32Array, { start, end }: Window): number {
  let low = 0x811c_9dc5;
  let high = 0x9e37_79b1;
  for (let at = start; at < end; at++) {
    low = Math.imul(low ^ terms[at]!, 0x0100_0193);
    high = Math.imul(high + terms[at]!, 0x85eb_ca6b) ^ (high >>> 15);
  }
  return mix(low) + (mix(high) & 0x1f_ffff) * 0x1_0000_0000;
}

function hasDistinctTerms(terms: Uint32Array, { start, end }: Window): boolean {
  return new Set(terms.subarray(start, end)).size >= minDistinctTerms;
}

function coprimeNear(value: number, total: number): number {
  let candidate = Math.max(1, Math.floor(value));
  while (greatestCommonDivisor(candidate, total) !== 1) candidate++;
  return candidate;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function shuffle<T>(values: readonly T[], random: Random): T[] {
  return random.sample(values.length, 0, values.length).map((index) => values[index]!);
}

import { fnvFactor, fnvStart } from '../../util/fnv1a.ts';

/** Fields of a chunk that its terms are counted in. */
const fields = ['symbol', 'path', 'body'] as const;
type Field = (typeof fields)[number];

/** Bytes before the terms: the length. */
const headerBytes = 4;
/** Of one term: its hash, and how often it is in each field. */
const bytesPerTerm = 4 + fields.length;
/** Counts above this change BM25 by less than 1 %. */
const maxCount = 255;
const space = 32;

/** Terms of a chunk by hash; a view, valid as long as its bytes are. */
export interface TermVector {
  /** Number of terms in all fields together, repetitions included: the document length of BM25. */
  readonly length: number;
  /**
   * Distinct {@link fnv1a} hashes. Two terms of a folder may share one (of 200,000 terms, about five pairs do): a search for
   * one then finds the other as well.
   */
  readonly hashes: Uint32Array;
  /** Per field, how often each of the hashes is in it, 0..255. */
  readonly counts: Readonly<Record<Field, Uint8Array>>;
}

/**
 * Packs the terms of a chunk, given per field as `splitTerms` returns them (separated by spaces): length as u32, then hashes
 * as u32, then a u8 per hash and field; little-endian, as on every platform VS Code runs on. O(characters).
 */
export function packTerms(texts: Readonly<Record<Field, string>>): Uint8Array {
  const positions = new Map<number, number>();
  const counts: number[] = [];
  let length = 0;
  fields.forEach((field, fieldNumber) => {
    forEachHash(texts[field], (hash) => {
      let position = positions.get(hash);
      if (position === undefined) {
        position = positions.size;
        positions.set(hash, position);
        for (let other = 0; other < fields.length; other++) counts.push(0);
      }
      const cell = position * fields.length + fieldNumber;
      counts[cell] = Math.min(maxCount, (counts[cell] ?? 0) + 1);
      length++;
    });
  });
  const bytes = new Uint8Array(headerBytes + positions.size * bytesPerTerm);
  new Uint32Array(bytes.buffer, 0, 1)[0] = length;
  new Uint32Array(bytes.buffer, headerBytes, positions.size).set([...positions.keys()]);
  const countsAt = headerBytes + positions.size * 4;
  for (let fieldNumber = 0; fieldNumber < fields.length; fieldNumber++) {
    for (let position = 0; position < positions.size; position++) {
      bytes[countsAt + fieldNumber * positions.size + position] = counts[position * fields.length + fieldNumber] ?? 0;
    }
  }
  return bytes;
}

/** The reverse of {@link packTerms}. */
export function readTerms(bytes: Uint8Array): TermVector {
  // Hashes are read as 32-bit words, which have to be aligned.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  const terms = Math.floor((aligned.length - headerBytes) / bytesPerTerm);
  const countsAt = headerBytes + terms * 4;
  const column = (fieldNumber: number): Uint8Array =>
    aligned.subarray(countsAt + fieldNumber * terms, countsAt + (fieldNumber + 1) * terms);
  return {
    length: new Uint32Array(buffer, byteOffset, 1)[0] ?? 0,
    hashes: new Uint32Array(buffer, byteOffset + headerBytes, terms),
    counts: { symbol: column(0), path: column(1), body: column(2) },
  };
}

function forEachHash(terms: string, onHash: (hash: number) => void): void {
  let hash = fnvStart;
  let start = 0;
  for (let index = 0; index <= terms.length; index++) {
    const code = index < terms.length ? terms.charCodeAt(index) : space;
    if (code !== space) {
      hash = Math.imul(hash ^ code, fnvFactor);
      continue;
    }
    if (index > start) onHash(hash >>> 0);
    hash = fnvStart;
    start = index + 1;
  }
}

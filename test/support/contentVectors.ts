import { createHash } from 'node:crypto';

/**
 * A deterministic vector of a text: a hashed bag of its words and identifier parts, length 1. Texts that share words are
 * near each other, so a search has something to find; equal texts have equal vectors in every process.
 */
export function contentVector(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const [word, count] of countWords(text)) {
    const digest = createHash('sha256').update(word).digest();
    // Four places per word keep different words apart even in few dimensions.
    for (let place = 0; place < 4; place++) {
      const at = digest.readUInt32LE(place * 4) % dimensions;
      const sign = (digest[16 + place] ?? 0) % 2 === 0 ? 1 : -1;
      vector[at] = (vector[at] ?? 0) + sign * (1 + Math.log(count));
    }
  }
  const length = Math.hypot(...vector);
  if (length === 0) {
    vector[0] = 1;
    return vector;
  }
  return vector.map((value) => value / length);
}

const tokenPattern = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

/** Tokens as the test server counts them: words and single marks. Never more than UTF-8 bytes. */
export function countTokens(text: string): number {
  return text.match(tokenPattern)?.length ?? 0;
}

/** The beginning of a text, of at most `tokens` tokens. */
export function cutAfter(text: string, tokens: number): string {
  let seen = 0;
  for (const { index } of text.matchAll(tokenPattern)) if (++seen > tokens) return text.slice(0, index);
  return text;
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const identifier of text.match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (const part of identifier.split(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/u)) {
      const word = part.toLowerCase();
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

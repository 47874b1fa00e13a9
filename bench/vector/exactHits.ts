/** Bytes of rows that every query is compared with before the next ones are read: about what the second cache holds. */
const blockBytes = 256 * 1024;

/** Engines add in another order and precision than we do: so far below the last exact hit is as good as it. */
const scoreTolerance = 1e-6;

/** What an answer is held against: how many hits there can be and the score of the last one, per query. */
export interface ExactHits {
  readonly hitCount: number;
  readonly lastScores: Float64Array;
}

/**
 * Compares every query with every row, for several sets of allowed rows at once: a mask has a 1 for each row that
 * counts; undefined lets all count.
 */
export function findExactHits(
  rows: Float32Array,
  queries: Float32Array,
  dimensions: number,
  k: number,
  masks: readonly (Uint8Array | undefined)[],
): ExactHits[] {
  const rowCount = rows.length / dimensions;
  const queryCount = queries.length / dimensions;
  // Per mask and query the best k scores, ascending: the first is the one to beat.
  const best = masks.map(() => new Float64Array(queryCount * k).fill(-Infinity));
  const blockRows = Math.max(4, Math.floor(blockBytes / 4 / dimensions));
  const scores = new Float64Array(blockRows);
  for (let first = 0; first < rowCount; first += blockRows) {
    const count = Math.min(blockRows, rowCount - first);
    for (let query = 0; query < queryCount; query++) {
      scoreBlock(rows, first * dimensions, count, queries, query * dimensions, dimensions, scores);
      masks.forEach((mask, which) => {
        keepBest(scores, count, first, mask, best[which]!, query * k, k);
      });
    }
  }
  return masks.map((mask, which) => {
    const allowed = mask === undefined ? rowCount : mask.reduce((sum, bit) => sum + bit, 0);
    const hitCount = Math.min(k, allowed);
    const lastScores = Float64Array.from({ length: queryCount }, (_, query) => best[which]![query * k + k - hitCount]!);
    return { hitCount, lastScores };
  });
}

/** The share of the exact hits that the answers have; a hit that scores like the last exact one counts as it. */
export function recallOf(
  answers: readonly (readonly number[])[],
  exact: ExactHits,
  queries: Float32Array,
  dimensions: number,
  rowOf: (id: number) => Float32Array,
  allowed?: ReadonlySet<number>,
): number {
  let found = 0;
  answers.forEach((ids, query) => {
    const enough = (exact.lastScores[query] ?? Infinity) - scoreTolerance;
    const right = [...new Set(ids)].filter(
      (id) =>
        (allowed === undefined || allowed.has(id)) &&
        dotProduct(queries, query * dimensions, rowOf(id), 0, dimensions) >= enough,
    );
    found += Math.min(right.length, exact.hitCount);
  });
  return found / (answers.length * exact.hitCount);
}

export function dotProduct(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    even += a[aStart + i]! * b[bStart + i]!;
    odd += a[aStart + i + 1]! * b[bStart + i + 1]!;
  }
  if (i < length) even += a[aStart + i]! * b[bStart + i]!;
  return even + odd;
}

/** Four rows at a time: each component of the query is read and widened once for four products. */
function scoreBlock(
  rows: Float32Array,
  start: number,
  count: number,
  queries: Float32Array,
  queryStart: number,
  dimensions: number,
  scores: Float64Array,
): void {
  let row = 0;
  for (; row + 3 < count; row += 4) {
    let a = start + row * dimensions;
    let b = a + dimensions;
    let c = b + dimensions;
    let d = c + dimensions;
    let scoreA = 0;
    let scoreB = 0;
    let scoreC = 0;
    let scoreD = 0;
    for (let at = queryStart, end = queryStart + dimensions; at < end; at++) {
      const component = queries[at]!;
      scoreA += component * rows[a++]!;
      scoreB += component * rows[b++]!;
      scoreC += component * rows[c++]!;
      scoreD += component * rows[d++]!;
    }
    scores[row] = scoreA;
    scores[row + 1] = scoreB;
    scores[row + 2] = scoreC;
    scores[row + 3] = scoreD;
  }
  for (; row < count; row++) {
    scores[row] = dotProduct(queries, queryStart, rows, start + row * dimensions, dimensions);
  }
}

function keepBest(
  scores: Float64Array,
  count: number,
  firstRow: number,
  mask: Uint8Array | undefined,
  best: Float64Array,
  start: number,
  k: number,
): void {
  for (let i = 0; i < count; i++) {
    const score = scores[i]!;
    if (score <= best[start]! || mask?.[firstRow + i] === 0) continue;
    let at = start;
    for (; at + 1 < start + k && best[at + 1]! < score; at++) best[at] = best[at + 1]!;
    best[at] = score;
  }
}

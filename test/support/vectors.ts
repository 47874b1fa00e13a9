/** Vectors for tests: the same ones every time, and shaped like embeddings rather than uniform noise. */

/** Uniform in 0..1 (xorshift32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
}

export function unit(vector: Float32Array): Float32Array {
  // Loops: tests make millions of components.
  const length = Math.sqrt(cosine(vector, vector));
  const result = new Float32Array(vector.length);
  for (let i = 0; i < vector.length; i++) result[i] = vector[i]! / length;
  return result;
}

export interface VectorSource {
  next(): Float32Array;
}

/** Tight clusters far from each other, one after the other: as the chunks of one file and its neighbours arrive. */
export function clusteredVectors(dimensions: number, seed: number, perCluster = 40): VectorSource {
  const random = seededRandom(seed);
  let centre: Float32Array = new Float32Array(dimensions);
  let made = 0;
  return {
    next() {
      if (made++ % perCluster === 0) centre = unit(new Float32Array(dimensions).map(() => gaussian(random)));
      return unit(centre.map((component) => component + 0.05 * gaussian(random)));
    },
  };
}

/**
 * As text embeddings lie: all in one cone (no two far apart), with few strong directions and many weak ones, in topics of
 * all sizes.
 */
export function textLikeVectors(dimensions: number, seed: number): VectorSource {
  const random = seededRandom(seed);
  const spectrum = Float32Array.from({ length: dimensions }, (_, i) => 1 / Math.sqrt(i + 1));
  const common = spectrum.map((weight) => 1.5 * weight * gaussian(random));
  const topics = Array.from({ length: 150 }, () => spectrum.map((weight) => weight * gaussian(random)));
  return {
    next() {
      const topic = topics[Math.floor(random() ** 2 * topics.length)]!;
      return unit(spectrum.map((weight, i) => common[i]! + topic[i]! + 0.6 * weight * gaussian(random)));
    },
  };
}

export function take(source: VectorSource, count: number): Float32Array[] {
  return Array.from({ length: count }, () => source.next());
}

/** Near stored vectors, as questions are near what answers them: about a sixth of their length away. */
export function queriesNear(vectors: readonly Float32Array[], seed: number, count = 40): Float32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const vector = vectors[Math.floor(random() * vectors.length)]!;
    const noise = 0.57 / Math.sqrt(vector.length);
    return unit(vector.map((component) => component + noise * (random() - 0.5)));
  });
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The ids of the k most similar vectors, by comparing all. */
export function nearest(rows: ReadonlyMap<number, Float32Array>, query: Float32Array, k: number): number[] {
  const scores = Float64Array.from(rows.values(), (vector) => cosine(vector, query));
  const least = scores.toSorted().at(-Math.min(k, scores.length)) ?? 0;
  const best: { id: number; score: number }[] = [];
  let at = 0;
  for (const id of rows.keys()) {
    const score = scores[at++]!;
    if (score >= least) best.push({ id, score });
  }
  return best
    .sort((a, b) => b.score - a.score)
    .slice(0, k)
    .map(({ id }) => id);
}

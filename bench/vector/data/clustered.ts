import { Random } from './random.ts';
import { toUnitLength } from './unitLength.ts';

/** Directions in which a cluster is stretched, shared by all of them; each cluster has some of its own. */
const poolSize = 512;
const axesPerCluster = 16;
const maxParts = 12;

interface Cluster {
  /** Centres of its parts; their number varies. */
  readonly parts: readonly Float32Array[];
  readonly axes: readonly Float32Array[];
  readonly spread: number;
}

/**
 * Fills `vectors` with unit vectors of a mixture of gaussians: clusters whose sizes follow Zipf's law, of 1 to 12 parts
 * each, tight ones and loose ones, stretched along 16 directions with falling weight and blurred a little in all. What
 * embeddings look like, on purpose without anything real in it; every vector is drawn for itself, so any part of them
 * can be held out.
 */
export function fillClustered(vectors: Float32Array, dimensions: number, clusterCount: number, seed: number): void {
  const random = new Random(seed);
  const gaussian = (length: number): Float32Array => {
    const vector = Float32Array.from({ length: dimensions }, () => random.normal());
    toUnitLength(vector, 0, dimensions);
    return vector.map((component) => component * length);
  };
  const pool = Array.from({ length: poolSize }, () => gaussian(1));
  const clusters = Array.from({ length: clusterCount }, (): Cluster => {
    const centre = gaussian(1);
    const spread = 0.3 + 0.9 * random.unit();
    return {
      parts: Array.from({ length: 1 + random.below(maxParts) }, () =>
        gaussian(spread * 0.8).map((offset, i) => centre[i]! + offset),
      ),
      axes: random.sample(axesPerCluster, 0, poolSize).map((index) => pool[index]!),
      spread,
    };
  });
  const cumulative = zipf(clusterCount);
  for (let start = 0; start < vectors.length; start += dimensions) {
    const cluster = clusters[pick(cumulative, random.unit())]!;
    fillPoint(vectors, start, dimensions, cluster, random);
  }
}

function fillPoint(vectors: Float32Array, start: number, dimensions: number, cluster: Cluster, random: Random): void {
  const { parts, axes, spread } = cluster;
  const blur = (0.35 * spread) / Math.sqrt(dimensions);
  const part = parts[random.below(parts.length)]!;
  for (let i = 0; i < dimensions; i++) vectors[start + i] = part[i]! + blur * random.normal();
  axes.forEach((axis, rank) => {
    const stretch = (0.4 * spread * random.normal()) / Math.sqrt(1 + rank);
    for (let i = 0; i < dimensions; i++) vectors[start + i] = vectors[start + i]! + stretch * axis[i]!;
  });
  toUnitLength(vectors, start, dimensions);
}

/** Summed shares of `count` clusters, the share of rank r being proportional to 1 / (r + 1). */
function zipf(count: number): Float64Array {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) cumulative[rank] = sum += 1 / (rank + 1);
  return cumulative.map((value) => value / sum);
}

function pick(cumulative: Float64Array, share: number): number {
  const found = cumulative.findIndex((limit) => share < limit);
  return found < 0 ? cumulative.length - 1 : found;
}

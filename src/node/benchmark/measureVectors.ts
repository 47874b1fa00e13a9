import { phrase } from '../../protocol/phrase.ts';
import { join } from 'node:path';
import type { Platform } from '../../core/ports.ts';
import { upsertBatchSize } from '../../core/vector/upsertBatchSize.ts';
import { seededRandom } from '../../util/seededRandom.ts';
import { iterations, measure, repeated, timed, warmUps, type Part } from './measuring.ts';
import { statsOf } from './stats.ts';
import { targetRow } from './targets.ts';

export const vectorCounts = [1_000, 10_000, 100_000] as const;
const graphCount = 10_000;
const dimensions = 384;
const clusters = 500;
const upsertBatch = upsertBatchSize(dimensions);

/** Upserts and searches in an index of `count` vectors, as the product makes them by itself. */
export async function measureVectors(
  platform: Platform,
  scratch: string,
  count: number,
  signal: AbortSignal,
): Promise<Part> {
  const draw = clusteredVectors(count);
  const index = await platform.vectorIndexes.open({
    ...{ spaceId: 'benchmark', dimensions, engine: 'auto', threads: 1 },
    imagePath: join(scratch, `vectors-${count}`),
  });
  try {
    const batchMs: number[] = [];
    for (const ids of batchesOf(count)) {
      signal.throwIfAborted();
      const vectors = ids.map(draw);
      batchMs.push(await timed(platform, async () => index.add(ids, vectors)));
    }
    const addedMs = batchMs.reduce((sum, ms) => sum + ms, 0);
    const searches = await repeated(platform, warmUps + iterations, async (n) => index.search(draw(n * 7), 10));
    const { bytes } = await index.stats();
    const measures = [
      measure(
        `upsert.${count}`,
        phrase`upsert of ${upsertBatch} vectors of ${dimensions}, ${count} in all`,
        'ms',
        batchMs,
      ),
      measure(`search.${count}`, phrase`nearest 10 of ${count} vectors`, 'ms', searches),
    ];
    if (count !== vectorCounts.at(-1)) return { measures, targets: [] };
    const how = phrase`${count} vectors of ${dimensions}, clustered`;
    return {
      measures,
      targets: [
        targetRow('searchLatency', statsOf(searches).p95, phrase`nearest 10 of ${how}, p95`),
        targetRow('upsertThroughput', (count / addedMs) * 1e3, phrase`${how}, in batches of ${upsertBatch}`),
        targetRow(
          'indexBuildTime',
          ((addedMs / count) * 1e6) / 60e3,
          phrase`${how}: time to be searchable, times ${1e6 / count}`,
        ),
        targetRow('memoryEfficiency', bytes / (count * dimensions * 4), phrase`index of ${how}, beside 32-bit floats`),
      ],
    };
  } finally {
    await index.dispose();
  }
}

/** The build of an HNSW graph, to its end; in the product it goes on in the background while searches are answered. */
export async function measureGraphBuild(platform: Platform, signal: AbortSignal): Promise<Part> {
  const draw = clusteredVectors(graphCount);
  const index = await platform.vectorIndexes.open({ spaceId: 'benchmark', dimensions, engine: 'hnsw', threads: 1 });
  try {
    let buildMs = 0;
    for (const ids of batchesOf(graphCount)) {
      signal.throwIfAborted();
      const vectors = ids.map(draw);
      buildMs += await timed(platform, async () => {
        await index.add(ids, vectors);
        await index.settle();
      });
    }
    const name = phrase`graph of ${graphCount} vectors of ${dimensions}, built`;
    return { measures: [measure(`build.${graphCount}`, name, 'ms', [buildMs])], targets: [] };
  } finally {
    await index.dispose();
  }
}

/** Ids from 1 to `count`, so many at a time as are added at once. */
function batchesOf(count: number): number[][] {
  return Array.from({ length: Math.ceil(count / upsertBatch) }, (_, batch) => {
    const from = batch * upsertBatch;
    return Array.from({ length: Math.min(upsertBatch, count - from) }, (_, n) => from + n + 1);
  });
}

/** Vector `n` of a mixture of Gaussian clusters, as real embeddings are: near others, not uniform. Drawn anew at each call. */
function clusteredVectors(count: number): (n: number) => Float32Array {
  const random = seededRandom(count);
  const centres = Array.from({ length: clusters }, () =>
    Float32Array.from({ length: dimensions }, () => random() - 0.5),
  );
  return (n) => {
    const own = seededRandom(n + 1);
    const centre = centres[Math.floor(own() * clusters)]!;
    const vector = Float32Array.from(centre, (value) => value + (own() - 0.5) * 0.8);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
}

import assert from 'node:assert/strict';
import { EmbeddingCache } from '../../../src/core/embedding/embeddingCache.ts';
import { createLocalProvider } from '../../../src/core/embedding/local/localProvider.ts';
import { VectorTier } from '../../../src/core/indexing/vectorTier.ts';
import { EngineMetrics } from '../../../src/core/metrics/engineMetrics.ts';
import { Catalogue } from '../../../src/core/store/catalogue.ts';
import { upsertBatchSize } from '../../../src/core/vector/upsertBatchSize.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';
import { CancelledError } from '../../../src/protocol/errors.ts';
import { createTestPlatform } from '../../support/platform.ts';
import { syntheticModel } from '../../support/syntheticModel.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { clusteredVectors, take } from '../../support/vectors.ts';

describe('VectorTier', () => {
  const platform = createTestPlatform();
  const metrics = new EngineMetrics(platform.clock, () => platform.createHistogram());
  let catalogue: Catalogue;
  let cache: EmbeddingCache;
  let tier: VectorTier;

  beforeEach(async () => {
    const { storage, hasher, clock, logger } = platform;
    ({ catalogue } = await Catalogue.open(storage, await temporaryDirectory(), hasher, true));
    cache = await EmbeddingCache.open(storage, await temporaryDirectory(), { hasher, clock, logger, maxBytes: 1e9 });
    tier = await VectorTier.open({
      ...{ catalogue, cache, platform, metrics, config: () => defaultConfig, writable: true },
      indexDir: await temporaryDirectory(),
      provider: createLocalProvider(syntheticModel(), { clock, hasher, metrics }),
      recall: { whenIdle: false, isBusy: () => false, onChecked: () => undefined },
    });
  });

  afterEach(async () => {
    await tier.dispose();
    catalogue.close(true);
    cache.close();
  });

  it('adds vectors about a megabyte at a time, and searches come between', async () => {
    const dimensions = tier.index?.dimensions ?? 0;
    const size = upsertBatchSize(dimensions);
    const vectors = take(clusteredVectors(dimensions, 3), 2 * size + 30);
    const ids = vectors.map((_, position) => position + 1);
    const counts: number[] = [];
    let isDone = false;
    const adding = tier.add(ids, vectors).finally(() => (isDone = true));
    while (!isDone) {
      await new Promise(setImmediate);
      if (tier.count === counts.at(-1)) continue;
      counts.push(tier.count);
      if (tier.count > 0) assert.equal((await tier.search(vectors[0]!, 1, {}))[0]?.id, 1);
    }
    await adding;
    assert.equal(tier.count, vectors.length);
    assert.equal(metrics.snapshot().stages.upsert?.count, 3);
    assert.deepEqual(counts.filter((count) => count % size !== 0 && count !== vectors.length), []); // prettier-ignore
    assert(counts.includes(size) && counts.includes(2 * size), counts.join());
    assert.equal((await tier.search(vectors.at(-1)!, 1, {}))[0]?.id, vectors.length);
  });

  it('takes nothing after its end, and opens no index again', async () => {
    const dimensions = tier.index?.dimensions ?? 0;
    const vectors = take(clusteredVectors(dimensions, 3), 3 * upsertBatchSize(dimensions));
    const ids = vectors.map((_, position) => position + 1);
    const adding = tier.add(ids, vectors);
    const ended = assert.rejects(adding, CancelledError);
    while (tier.count === 0) await new Promise(setImmediate);
    await tier.dispose();
    await ended;
    await assert.rejects(tier.add(ids, vectors), CancelledError);
    assert.equal(tier.index, undefined);
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { EmbeddingCache } from '../../../src/core/embedding/embeddingCache.ts';
import { createLocalProvider } from '../../../src/core/embedding/local/localProvider.ts';
import { EmbedQueue, emptyEmbedTotals, type EmbedTarget } from '../../../src/core/indexing/embedQueue.ts';
import type { VectorTier } from '../../../src/core/indexing/vectorTier.ts';
import { EngineMetrics } from '../../../src/core/metrics/engineMetrics.ts';
import { Catalogue } from '../../../src/core/store/catalogue.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { createNodeHistogram } from '../../../src/node/nodeHistogram.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { openAccount } from '../../support/costs.ts';
import { syntheticModel } from '../../support/syntheticModel.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { unlimitedMemory } from '../../support/unlimitedMemory.ts';

describe('EmbedQueue with a model whose vectors are made again', () => {
  const metrics = new EngineMetrics(nodeClock, createNodeHistogram);
  let catalogue: Catalogue;
  let cache: EmbeddingCache;
  let queue: EmbedQueue;
  let target: EmbedTarget;
  /** Ids in the index, in the order they came. */
  let added: number[];

  beforeEach(async () => {
    const storage = new NodeStorage();
    ({ catalogue } = await Catalogue.open(storage, await temporaryDirectory(), nodeHasher, true));
    const logger = { log: () => undefined };
    cache = await EmbeddingCache.open(storage, await temporaryDirectory(), {
      ...{ hasher: nodeHasher, clock: nodeClock, logger, maxBytes: 1e9 },
    });
    queue = new EmbedQueue(cache, metrics, nodeClock, unlimitedMemory());
    const provider = createLocalProvider(syntheticModel(), { clock: nodeClock, hasher: nodeHasher, metrics });
    added = [];
    const tier = {
      space: provider.space,
      spaceRow: catalogue.ledger.spaceRow(provider.space),
      add: async (ids: readonly number[]) => Promise.resolve(void added.push(...ids)),
      remove: async (ids: readonly number[]) => {
        added = added.filter((id) => !ids.includes(id));
        return Promise.resolve();
      },
    } as unknown as VectorTier;
    const silent = { onProgress: () => undefined, onEmbedded: () => undefined };
    target = { account: openAccount, catalogue, tier, provider, priority: [], ...silent };
  });

  afterEach(() => {
    catalogue.close(true);
    cache.close();
  });

  /** Ids of that many new chunks. */
  function put(path: string, count: number): readonly number[] {
    const id = catalogue.markPending(path, { bytes: 1, mtimeMs: 1 });
    const content = { hash: new Uint8Array(32), language: 'typescript', checkedMs: 1, unsaved: false };
    const chunks = Array.from({ length: count }, (_, n) => {
      const text = `retry${n}()`;
      return { startLine: n + 1, endLine: n + 1, symbol: '', kind: 'function' as const, text, terms: text };
    });
    return catalogue.transaction(() => catalogue.putChunks({ id, path }, content, chunks)).addedIds;
  }

  it('embeds all that is pending, and writes no vector to the cache', async () => {
    const ids = put('a.ts', 1_300);
    const totals = emptyEmbedTotals();
    await queue.run(target, totals);
    assert.deepEqual(added, ids);
    assert.equal(catalogue.ledger.countPendingChunks(target.tier.spaceRow), 0);
    assert.deepEqual([totals.chunksEmbedded, totals.chunksFromCache, totals.requests], [1_300, 0, 0]);
    assert.equal(cache.stats().entries, 0);
  });

  it('takes what it was named first', async () => {
    const [firstIds, lastIds] = [put('a.ts', 600), put('b.ts', 3)];
    target.priority.push(...lastIds);
    await queue.run(target, emptyEmbedTotals());
    assert.deepEqual(added, [...lastIds, ...firstIds]);
  });

  it('takes only what it was named when asked so', async () => {
    const [, lastIds] = [put('a.ts', 3), put('b.ts', 3)];
    target.priority.push(...lastIds);
    await queue.runPriority(target, emptyEmbedTotals());
    assert.deepEqual(added, lastIds);
    assert.equal(catalogue.ledger.countPendingChunks(target.tier.spaceRow), 3);
  });

  it('forgets named chunks that are gone when nothing else is to be done', async () => {
    target.priority.push(4_711);
    await queue.run(target, emptyEmbedTotals());
    assert.deepEqual([target.priority, added], [[], []]);
  });

  it('leaves no vector of a chunk that went while it was embedded', async () => {
    const ids = put('a.ts', 3);
    const { tier } = target;
    const add = tier.add.bind(tier);
    const losing: Pick<VectorTier, 'add'> = {
      add: async (some, vectors) => {
        put('a.ts', 0);
        await add(some, vectors);
      },
    };
    await queue.run({ ...target, tier: Object.assign(tier, losing) }, emptyEmbedTotals());
    assert.equal(ids.length, 3);
    assert.deepEqual(added, []);
  });

  it('stops when asked, and goes on from there', async () => {
    const ids = put('a.ts', 1_300);
    const stop = new AbortController();
    const stopping = { ...target, onEmbedded: () => stop.abort() };
    await assert.rejects(queue.run(stopping, emptyEmbedTotals(), stop.signal), { code: 'Cancelled' });
    assert(added.length > 0 && added.length < ids.length);
    await queue.run(target, emptyEmbedTotals());
    assert.deepEqual(added, ids);
  });
});

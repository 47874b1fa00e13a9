import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createLocalProvider } from '../../../../src/core/embedding/local/localProvider.ts';
import { EngineMetrics } from '../../../../src/core/metrics/engineMetrics.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import type { EmbeddingProvider } from '../../../../src/core/providerPorts.ts';
import { nodeClock } from '../../../../src/node/nodeClock.ts';
import { nodeHasher } from '../../../../src/node/nodeHasher.ts';
import { createNodeHistogram } from '../../../../src/node/nodeHistogram.ts';
import { documentsOf, rejection, sampleTexts } from '../../../support/providerHarness.ts';
import { poolingModule, syntheticModel, type SyntheticModel } from '../../../support/syntheticModel.ts';

function create(model: SyntheticModel = {}, clock: Clock = nodeClock): EmbeddingProvider & { metrics: EngineMetrics } {
  const metrics = new EngineMetrics(clock, createNodeHistogram);
  return Object.assign(createLocalProvider(syntheticModel(model), { clock, hasher: nodeHasher, metrics }), { metrics });
}

/** Time passes by a millisecond with every look at it; turns are counted. */
function steppingClock(): Clock & { turns: number } {
  let nowMs = 0;
  const clock = {
    ...nodeClock,
    turns: 0,
    monotonicMs: () => nowMs++,
    yield: async () => {
      clock.turns++;
      return nodeClock.yield();
    },
  };
  return clock;
}

describe('the embedded provider', () => {
  it('answers every document in its order, and equal ones alike', async () => {
    const texts = [...sampleTexts(300), 'same text', 'same text'];
    const { vectors, requests, tokens } = await create().embedDocuments(documentsOf(texts));
    assert.equal(vectors.length, texts.length);
    assert.deepEqual(vectors.at(-1), vectors.at(-2));
    assert.notDeepEqual(vectors[0], vectors[1]);
    assert.deepEqual(vectors[7], (await create().embedDocuments(documentsOf([texts[7] ?? '']))).vectors[0]);
    assert.equal(requests, 0);
    assert(tokens > texts.length);
  });

  it('names a space by model, version and size', () => {
    const { space } = create({ name: 'small', version: '0123abcd' });
    assert.deepEqual(
      [space.provider, space.endpoint, space.model, space.dimensions, space.normalized, space.matryoshka],
      ['embedded', '', 'small 0123abcd', 64, true, false],
    );
    assert.equal(create({ name: 'small', version: '0123abcd' }).space.id, space.id);
    for (const other of [{ version: '0123abce' }, { name: 'large' }, { dimensions: 96 }])
      assert.notEqual(create({ name: 'small', version: '0123abcd', ...other }).space.id, space.id);
    assert.equal(create({ matryoshka: true }).space.matryoshka, true);
  });

  it('says that it is ready, asks nobody and counts tokens', async () => {
    const provider = create();
    assert.deepEqual(provider.status(), { id: 'embedded', state: 'ok', requests: 0, tokens: 0, retries: 0 });
    const { tokens } = await provider.embedDocuments(documentsOf(['retry upload', 'open file']));
    await provider.embedQuery('retry');
    assert.equal(tokens, 4);
    assert.equal(provider.status().tokens, 5);
    assert.equal(provider.recomputable, true);
  });

  it('takes memory with its first text and gives it back in the end', async () => {
    const provider = create();
    assert.equal(provider.memoryBytes, 0);
    await provider.embedQuery('retry');
    assert(provider.memoryBytes >= 65_536);
    provider.dispose();
    assert.equal(provider.memoryBytes, 0);
  });

  it('lets other work come between, and hands over what is done', async () => {
    const clock = steppingClock();
    const provider = create({}, clock);
    const seen: number[] = [];
    const { vectors } = await provider.embedDocuments(documentsOf(sampleTexts(2_000)), undefined, (indexes, batch) => {
      assert.equal(indexes.length, batch.length);
      seen.push(...indexes);
    });
    assert.deepEqual(
      seen,
      vectors.map((_, index) => index),
    );
    assert(clock.turns >= 2, `${clock.turns} turns`);
    assert.equal(provider.metrics.snapshot().stages.embed?.count, clock.turns + 1);
  });

  it('stops when asked', async () => {
    const controller = new AbortController();
    const provider = create({}, steppingClock());
    let batches = 0;
    const call = provider.embedDocuments(documentsOf(sampleTexts(2_000)), controller.signal, () => {
      batches++;
      controller.abort();
    });
    await rejection(call, 'Cancelled');
    assert.equal(batches, 1);
    await rejection(provider.embedDocuments(documentsOf(['text']), controller.signal), 'Cancelled');
    await rejection(provider.embedQuery('text', controller.signal), 'Cancelled');
  });

  it('answers nobody any more when it is disposed of', async () => {
    const provider = create();
    provider.dispose();
    await rejection(provider.embedQuery('text'), 'Cancelled');
  });

  it('refuses a damaged model at once', () => {
    const files = { model: new Uint8Array(100), pooling: poolingModule() };
    const metrics = new EngineMetrics(nodeClock, createNodeHistogram);
    assert.throws(() => createLocalProvider(files, { clock: nodeClock, hasher: nodeHasher, metrics }), {
      code: 'ProviderInstallation',
    });
  });
});

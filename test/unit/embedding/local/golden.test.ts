import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, it } from 'mocha';
import { digestOf, goldenModels, goldenName, readGoldenRecord } from '../../../support/goldenRecord.ts';
import { goldenVectors } from '../../../support/goldenVectors.ts';
import { poolingModule } from '../../../support/syntheticModel.ts';

const thread = new URL('../../../support/goldenThread.ts', import.meta.url);

describe('the vectors of the embedded model', () => {
  it('are recorded for the models there are (after a change of the model or of what vectors are: npm run golden)', () => {
    assert.deepEqual(Object.keys(readGoldenRecord()), goldenModels().map(goldenName));
  });

  it('are the recorded bytes', () => {
    for (const model of goldenModels()) {
      assert.equal(digestOf(goldenVectors(model, poolingModule())), readGoldenRecord()[goldenName(model)]);
    }
  });

  it('are the same bytes in a worker thread', async () => {
    for (const model of goldenModels()) {
      const worker = new Worker(thread, { workerData: { model, pooling: poolingModule() } });
      const [vectors] = (await once(worker, 'message')) as [Uint8Array];
      assert.equal(digestOf(vectors), readGoldenRecord()[goldenName(model)]);
      await once(worker, 'exit');
    }
  });
});

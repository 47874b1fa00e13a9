import assert from 'node:assert/strict';
import type { VectorIndexOptions } from '../../../src/core/ports.ts';
import type { ShardQuery } from '../../../src/core/vector/shardApi.ts';
import { ShardedVectorIndex } from '../../../src/core/vector/vectorIndex.ts';
import { VectorShard } from '../../../src/core/vector/vectorShard.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { loadKernel, storage } from '../../support/vectorIndexes.ts';
import { clusteredVectors, seededRandom, take } from '../../support/vectors.ts';

const dimensions = 32;
const vectors = take(clusteredVectors(dimensions, 3), 1200);

/** What an index asks of its shards. */
describe('VectorIndex: candidates of a walk', () => {
  let asked: ShardQuery[];
  let index: ShardedVectorIndex;

  class RecordingShard extends VectorShard {
    override async search(query: ShardQuery): ReturnType<VectorShard['search']> {
      asked.push(query);
      return super.search(query);
    }
  }

  async function open(options: Partial<VectorIndexOptions> = {}): Promise<void> {
    asked = [];
    const surroundings = { loadKernel, storage, clock: nodeClock, logger: { log: () => undefined } };
    index = await ShardedVectorIndex.open(
      { spaceId: 'space', dimensions, engine: 'hnsw', ...options },
      { createShard: () => new RecordingShard(surroundings), storage, clock: nodeClock, random: seededRandom(5) },
    );
    await index.add([...vectors.keys()].map((position) => position + 1), vectors); // prettier-ignore
    await index.settle();
  }

  afterEach(async () => index.dispose());

  async function efOf(k: number, ef?: number): Promise<number | undefined> {
    await index.search(vectors[0]!, k, ef === undefined ? {} : { ef });
    return asked.at(-1)?.ef;
  }

  it('are four per hit up to 200, and never fewer than hits', async () => {
    await open();
    for (const [k, ef] of [[1, 4], [10, 40], [50, 200], [100, 200], [300, 300]] as const) assert.equal(await efOf(k), ef); // prettier-ignore
  });

  it('are what the setting or the search says', async () => {
    await open({ ef: 70 });
    assert.deepEqual([await efOf(10), await efOf(100), await efOf(10, 33), await efOf(100, 33)], [70, 100, 33, 100]);
  });

  it('grow with the effort that ten hits need, and not beyond what more hits have anyway', async () => {
    await open({ m: 4, efConstruction: 12 });
    const recall = await index.checkRecall({ goal: 0.99 });
    assert(recall !== undefined && recall.effort > 1 && recall.effort < 10, JSON.stringify(recall));
    const needed = Math.ceil(40 * recall.effort);
    assert.equal(await efOf(10), needed);
    assert.equal(await efOf(1), needed);
    assert.equal(await efOf(500), 500);
    assert.equal(asked.at(-1)?.effort, recall.effort);
    assert.equal(await efOf(10, 33), 33);
  });
});

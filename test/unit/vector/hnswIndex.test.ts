import assert from 'node:assert/strict';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import type { Graph, OpenGraph } from '../../../src/core/vector/graph.ts';
import { HnswIndex } from '../../../src/core/vector/hnswIndex.ts';
import { openHnswGraph } from '../../../src/node/hnswLoader.ts';
import { settle } from '../../support/vectorIndexes.ts';
import { clusteredVectors, nearest, take } from '../../support/vectors.ts';

const dimensions = 16;
const segmentRows = 1100;
const vectors = take(clusteredVectors(dimensions, 3, 1), 3 * segmentRows);
const rows = new Map(vectors.map((vector, position) => [position + 1, vector]));
const queries = vectors.slice(0, 20);

/** How HNSW is built and when; what any index must do is in vectorIndex.test.ts. */
describe('HnswIndex', () => {
  const logged: LogRecord[] = [];

  function createIndex(openGraph: OpenGraph = openHnswGraph, monotonicMs = () => performance.now()): HnswIndex {
    logged.length = 0;
    const logger = { log: (record: LogRecord) => void logged.push(record) };
    const index = new HnswIndex(
      { spaceId: 's', dimensions },
      { openGraph, clock: { monotonicMs }, logger, segmentRows },
    );
    for (const [id, vector] of rows) index.add(id, vector);
    return index;
  }

  function assertComplete(index: HnswIndex): void {
    for (const query of queries) {
      const ids = index.search(query, 5).map(({ id }) => id);
      assert.deepEqual(ids, nearest(rows, query, 5));
    }
  }

  it('is exact until a segment is full, then moves whole segments into graphs', async () => {
    const opened: number[] = [];
    const index = createIndex(async (options) => {
      opened.push(options.capacity);
      return openHnswGraph(options);
    });
    assert.deepEqual(index.stats().engine, 'exact');
    index.remove(1);
    await settle(index);
    const { engine, parameters } = index.stats();
    assert.equal(engine, 'hnsw');
    assert.equal(parameters.segments, 2);
    assert.equal(parameters.exactRows, segmentRows - 1);
    assert.deepEqual(opened, [segmentRows, segmentRows]);
    index.dispose();
  });

  it('opens no graph for a set below one segment', () => {
    const index = createIndex(async () => assert.fail('a graph was opened'));
    for (let id = segmentRows; id <= rows.size; id++) index.remove(id);
    assert.equal(index.maintain(1000), false);
    index.dispose();
  });

  it('asks the graph, and asks it for at least k and at most what was set', async () => {
    const asked: [number, number][] = [];
    const index = createIndex(async (options) => {
      const graph = await openHnswGraph(options);
      return observed(graph, {
        search: (query, k, ef, accept) => (asked.push([k, ef]), graph.search(query, k, ef, accept)),
      });
    });
    await settle(index);
    index.search(queries[0]!, 3);
    index.search(queries[0]!, 10);
    index.search(queries[0]!, 10, { ef: 33 });
    index.search(queries[0]!, 20, { ef: 1 });
    assert.deepEqual(asked.filter((_, call) => call % 3 === 0), [[3, 12], [10, 40], [10, 33], [20, 20]]); // prettier-ignore
    index.dispose();
  });

  it('takes its links and candidates from the dimensions', () => {
    const parameters = (size: number) => {
      const surroundings = { openGraph: openHnswGraph, clock: performance, logger: { log: () => undefined } };
      const clock = { monotonicMs: () => 0 };
      return new HnswIndex({ spaceId: 's', dimensions: size }, { ...surroundings, clock }).stats().parameters;
    };
    const expected: [number, number, number][] = [[64, 16, 200], [384, 16, 350], [385, 32, 350], [768, 32, 550], [1024, 48, 700], [3072, 48, 800]]; // prettier-ignore
    for (const [size, m, efConstruction] of expected) {
      assert.equal(parameters(size).m, m);
      assert.equal(parameters(size).efConstruction, efConstruction);
    }
  });

  it('builds rows in mixed order, the same every time: neighbours that come together would link to each other alone', async () => {
    const order = async (): Promise<Float32Array[]> => {
      const added: Float32Array[] = [];
      const index = createIndex(async (options) => {
        const graph = await openHnswGraph(options);
        return observed(graph, { add: (vector) => (added.push(vector.slice()), graph.add(vector)) });
      });
      await settle(index);
      index.dispose();
      return added.slice(0, segmentRows);
    };
    const added = await order();
    assert.deepEqual(await order(), added);
    const first = vectors.slice(0, segmentRows);
    const steps = added.map((vector, i) => (i === 0 ? 0 : Math.abs(find(first, vector) - find(first, added[i - 1]!))));
    const meanStep = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    assert(meanStep > segmentRows / 4, `two rows in turn lie ${meanStep} apart`);
  });

  it('stops a slice of work when its time is up', async () => {
    let now = 0;
    let added = 0;
    const openGraph: OpenGraph = async (options) => {
      const graph = await openHnswGraph(options);
      return observed(graph, { add: (vector) => (added++, graph.add(vector)) });
    };
    const index = createIndex(openGraph, () => now++);
    index.maintain(10);
    await untilOpen(index);
    const before = added;
    assert.equal(index.maintain(10), true);
    assert(added - before > 5 && added - before <= 10, `${added - before} rows in a slice of ten ticks`);
    index.dispose();
  });

  it('dissolves a segment that lost a quarter of its rows and builds what is left again', async () => {
    const index = createIndex();
    await settle(index);
    for (let id = 1; id <= segmentRows / 4; id++) index.remove(id);
    assert.equal(index.stats().deleted, segmentRows / 4);
    await settle(index);
    assert.equal(index.stats().deleted, segmentRows / 4);
    index.remove(segmentRows / 4 + 1);
    await settle(index);
    assert.equal(index.stats().deleted, 0);
    assert.equal(index.stats().count, rows.size - segmentRows / 4 - 1);
    assert.deepEqual(index.get(segmentRows), rows.get(segmentRows));
    index.dispose();
  });

  const failures: Record<string, (graph: Graph) => Graph> = {
    'cannot be opened': () => {
      throw new Error('broken');
    },
    'fails while it is filled': (graph) =>
      observed(graph, { add: (vector) => (graph.count < 600 ? graph.add(vector) : fail()) }),
    'hides its rows': (graph) => observed(graph, { rows: fail }),
    'holds other rows than it was given': (graph) =>
      observed(graph, { rows: () => ({ ...graph.rows(), base: graph.rows().base + 1 }) }),
    'fails in a search': (graph) => observed(graph, { search: fail }),
  };
  for (const [failure, broken] of Object.entries(failures)) {
    it(`answers exactly, and says so once, when a graph ${failure}`, async () => {
      const index = createIndex(async (options) => broken(await openHnswGraph(options)));
      await settle(index);
      assertComplete(index);
      await settle(index);
      assertComplete(index);
      assert.equal(logged.length, 1);
      assert.equal(logged[0]!.level, 'warn');
      assert.equal(index.stats().engine, 'exact');
      assert.equal(index.stats().count, rows.size);
      index.dispose();
    });
  }

  it('compares all rows when a graph reaches fewer than there are', async () => {
    const index = createIndex(async (options) => {
      const graph = await openHnswGraph(options);
      return observed(graph, { search: (query, k, ef, accept) => graph.search(query, k, ef, accept).slice(1) });
    });
    await settle(index);
    assert.equal(index.stats().engine, 'hnsw');
    assertComplete(index);
    index.dispose();
  });

  it('reports an exception of hnswlib as an error with its text', async () => {
    const graph = await openHnswGraph({ dimensions, capacity: 1, m: 16, efConstruction: 200 });
    graph.add(vectors[0]!);
    assert.throws(() => graph.add(vectors[1]!), /maximum number of elements/);
    graph.dispose();
    assert.throws(() => graph.add(vectors[1]!), /disposed/);
  });

  it('closes a graph that opens after its index was disposed', async () => {
    let disposed = 0;
    const index = createIndex(async (options) => {
      const graph = await openHnswGraph(options);
      return observed(graph, { dispose: () => (disposed++, graph.dispose()) });
    });
    assert.equal(index.maintain(5), true);
    index.dispose();
    assert.equal(index.maintain(5), false);
    while (disposed === 0) await new Promise(setImmediate);
    assert.equal(index.stats().bytes, 0);
  });

  async function untilOpen(index: HnswIndex): Promise<void> {
    while (index.maintain(0) && index.stats().bytes < 16e6) await new Promise(setImmediate);
  }
});

function find(all: readonly Float32Array[], vector: Float32Array): number {
  return all.findIndex((candidate) => candidate.every((component, i) => component === vector[i]));
}

function fail(): never {
  throw new Error('broken');
}

/** The graph with some of its methods replaced. */
function observed(graph: Graph, replacement: Partial<Graph>): Graph {
  return {
    get count() {
      return graph.count;
    },
    get bytes() {
      return graph.bytes;
    },
    add: (vector) => graph.add(vector),
    search: (query, k, ef, accept) => graph.search(query, k, ef, accept),
    rows: () => graph.rows(),
    dispose: () => graph.dispose(),
    ...replacement,
  };
}

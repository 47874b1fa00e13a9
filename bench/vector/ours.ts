import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VectorIndex } from '../../src/core/ports.ts';
import { ShardedVectorIndex } from '../../src/core/vector/vectorIndex.ts';
import { createKernelLoader } from '../../src/node/kernelLoader.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import { NodeStorage } from '../../src/node/nodeStorage.ts';
import { createShardFactory } from '../../src/node/shardThreads.ts';
import type { VectorEngine } from '../../src/protocol/config.ts';
import type { VectorIndexStats } from '../../src/protocol/vectorStats.ts';
import { type BenchEngine, type EngineFactory, type EngineOptions, graphParameters } from './engine.ts';

const project = join(import.meta.dirname, '../..');
const kernelPath = join(project, 'media/kernel.wasm');
const imageName = 'vectors';
const storage = new NodeStorage();
const createShard = createShardFactory(
  {
    loadKernel: createKernelLoader(kernelPath),
    storage,
    clock: nodeClock,
    logger: {
      log: ({ message, fields }) => {
        throw new Error(`${message}: ${JSON.stringify(fields)}`);
      },
    },
  },
  { threadPath: join(project, 'src/worker/shard.ts'), kernelPath },
);

/** A walk of ours passes over rows by their signs: it takes more candidates for the same recall, and less time. */
const ourParameters = { ...graphParameters, ef: 120 };

/** The product's own index as it ships, exact rows read from the benchmark's table as they are read from the cache. */
export function ours(name: string, engine: VectorEngine): EngineFactory {
  const open = async (directory: string, { rows, dimensions, threads }: EngineOptions): Promise<OurEngine> => {
    const { m, efConstruction, ef } = ourParameters;
    const opened = await ShardedVectorIndex.open(
      {
        ...{ spaceId: 'bench', dimensions, engine, threads, m, efConstruction, ef },
        imagePath: join(directory, imageName),
        rows: (ids) => ids.map((id) => rows.row(id)),
      },
      { createShard, storage, clock: nodeClock },
    );
    return new OurEngine(name, engine, opened, directory);
  };
  return {
    name,
    open: async (options) => open(await mkdtemp(join(tmpdir(), 'codeweaver-bench-images-')), options),
    load: open,
  };
}

class OurEngine implements BenchEngine {
  readonly name: string;
  readonly rescored = true;
  readonly filters = true;
  readonly #engine: VectorEngine;
  readonly #index: VectorIndex;
  readonly #directory: string;
  #stats: VectorIndexStats | undefined;

  constructor(name: string, engine: VectorEngine, index: VectorIndex, directory: string) {
    this.name = name;
    this.#engine = engine;
    this.#index = index;
    this.#directory = directory;
  }

  get parameters(): Readonly<Record<string, number>> {
    return this.#engine === 'hnsw' ? ourParameters : {};
  }

  get settlesLater(): boolean {
    return this.#engine !== 'hnsw';
  }

  async add(ids: readonly number[], rows: readonly Float32Array[]): Promise<void> {
    await this.#index.add(ids, rows);
  }

  async remove(id: number): Promise<void> {
    await this.#index.remove([id]);
  }

  async search(query: Float32Array, k: number, allowed?: ReadonlySet<number>): Promise<readonly number[]> {
    const hits = await this.#index.search(query, k, allowed === undefined ? {} : { filter: allowed });
    return hits.map(({ id }) => id);
  }

  /** Waits for what happens in the background: the filter is calibrated, the graph built where the engine has one. */
  async settle(): Promise<void> {
    await this.#index.settle();
    this.#stats = await this.#index.stats();
    const graphed = this.#stats.shards.reduce((sum, shard) => sum + shard.graphed, 0);
    const hasGraph = graphed === this.#index.count;
    if (this.#engine === 'hnsw' ? !hasGraph : graphed > 0) {
      throw new Error(`${this.name} has ${graphed} of ${this.#index.count} vectors in a graph.`);
    }
  }

  /** The kernels' whole memories. The rows are on disk in the product, so that only they count. */
  bytes(): number {
    return this.#stats?.bytes ?? NaN;
  }

  /** The index writes where it was opened; `directory` gets links, which cost next to nothing. */
  async save(directory: string): Promise<void> {
    await this.#index.save();
    for (const file of await readdir(this.#directory))
      await symlink(join(this.#directory, file), join(directory, file));
  }

  async dispose(): Promise<void> {
    await this.#index.dispose();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

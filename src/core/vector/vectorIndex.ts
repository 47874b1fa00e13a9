import { AppError, CancelledError, toAppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { VectorEngine } from '../../protocol/config.ts';
import type { RecallStats, VectorIndexStats } from '../../protocol/vectorStats.ts';
import type {
  Clock,
  RecallOptions,
  Storage,
  VectorHit,
  VectorIndex,
  VectorIndexOptions,
  VectorSearchOptions,
} from '../ports.ts';
import { defaultEf, defaultEfConstruction, defaultM } from './hnswParameters.ts';
import { RecallChecks } from './recallChecks.ts';
import { canHideMore, merge, rescore } from './rescore.ts';
import type { ShardApi, ShardOptions } from './shardApi.ts';

export interface IndexSurroundings {
  /** The shard with this number; `threads`: how many threads all shards may share. */
  readonly createShard: (number: number, threads: number) => ShardApi;
  readonly storage: Storage;
  readonly clock: Clock;
  /** 0..1, draws the samples of a recall check; `Math.random` when left out. */
  readonly random?: () => number;
  /** By default as many as come near the limits below. */
  readonly shardRows?: number;
  /** Memory of one shard. */
  readonly shardBytes?: number;
}

/**
 * Rows of one shard: graphs of this size are built twice as fast as one of a million (measured: 2,350 rows a second against
 * 1,200), a save or a measurement takes some milliseconds at a time, and a shard's memory goes when it is built anew.
 */
const maxShardRows = 131_072;
/** 4 GiB less a page is what WebAssembly can have. */
const maxShardBytes = 4 * 1_073_741_824 - 65_536;
/** Hits beyond k whose exact scores are looked at. */
const minMargin = 16;
/** Hits per request a shard can give. */
const maxLimit = 8_192;
/** What rounding in d dimensions does to a score has its length times 1 / sqrt(d) as standard deviation; four of these. */
const deviations = 4;
const maxDimensions = 4_096;
/** Hits that the recall, and with it the effort of searches, is about. */
const recallHits = 10;

/** How one search goes: `exact`, or with so many times the default effort. */
interface Depth {
  readonly exact: boolean;
  readonly effort: number;
}

/**
 * An index over shards. A search asks all of them for their best rows by 8-bit codes; of those that can be among the best k,
 * the exact rows are read, and the exact cosine decides. Where no exact rows are to be had, the codes' score stands.
 */
export class ShardedVectorIndex implements VectorIndex {
  readonly #options: VectorIndexOptions;
  readonly #surroundings: IndexSurroundings;
  readonly #shards: ShardApi[] = [];
  readonly #counts: number[] = [];
  readonly #reopening = new Map<number, Promise<void>>();
  #changing: Promise<void> = Promise.resolve();
  #restored = false;
  #disposed = false;
  #engine: VectorEngine;
  readonly #checks: RecallChecks;

  private constructor(options: VectorIndexOptions, surroundings: IndexSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#engine = options.engine ?? 'auto';
    this.#checks = new RecallChecks(surroundings.clock, surroundings.random ?? Math.random);
  }

  /** Restores what images there are; a shard whose image is missing or damaged starts empty. */
  static async open(options: VectorIndexOptions, surroundings: IndexSurroundings): Promise<ShardedVectorIndex> {
    const { dimensions } = options;
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > maxDimensions) {
      throw new AppError(
        'InvalidArgument',
        phrase`A vector index can have 1 to ${maxDimensions} dimensions, not ${dimensions}. Choose a smaller size in the model's settings.`,
      );
    }
    const index = new ShardedVectorIndex(options, surroundings);
    try {
      do await index.#addShard();
      while (await index.#hasImage(index.#shards.length));
      if (index.#shards.length > 1) await index.#removeDoubles();
      return index;
    } catch (error) {
      await index.dispose();
      throw error;
    }
  }

  get dimensions(): number {
    return this.#options.dimensions;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  get restored(): boolean {
    return this.#restored;
  }

  async add(ids: readonly number[], vectors: readonly Float32Array[]): Promise<void> {
    ids.forEach(checkId);
    for (const vector of vectors) this.#checkDimensions(vector);
    return this.#inTurn(async () => this.#add(ids, vectors));
  }

  async remove(ids: readonly number[]): Promise<void> {
    return this.#inTurn(async () => this.#removeElsewhere(Float64Array.from(ids), undefined));
  }

  async get(id: number): Promise<Float32Array | undefined> {
    for (const number of this.#shards.keys()) {
      const vector = await this.#ask(number, async (shard) => shard.get(id));
      if (vector !== undefined) return this.#options.rows?.([id])[0] ?? vector;
    }
    return undefined;
  }

  async ids(): Promise<Float64Array> {
    const parts = await this.#askAll(async (shard) => shard.ids());
    const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let filled = 0;
    for (const part of parts) {
      all.set(part, filled);
      filled += part.length;
    }
    return all;
  }

  async search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Promise<readonly VectorHit[]> {
    return this.#search(query, k, options, { exact: this.#engine === 'exact', effort: this.#checks.effort });
  }

  async checkRecall(options: RecallOptions, signal?: AbortSignal): Promise<RecallStats | undefined> {
    const subject = {
      ids: async () => this.ids(),
      get: async (id: number) => this.get(id),
      exact: async (query: Float32Array, k: number) => this.#search(query, k, {}, { exact: true, effort: 1 }),
      search: async (query: Float32Array, k: number, effort: number) =>
        this.#search(query, k, {}, { exact: this.#engine === 'exact', effort }),
      rebuild: async () => (await this.#askAll(async (shard) => shard.rebuild())).some(Boolean),
      settle: async () => {
        await this.#changing;
        await this.settle();
      },
    };
    return this.#checks.run(subject, options, signal);
  }

  async setEngine(engine: VectorEngine): Promise<void> {
    if (engine !== this.#engine) this.#checks.forget();
    this.#engine = engine;
    await this.#askAll(async (shard) => shard.setEngine(engine));
  }

  async save(): Promise<void> {
    await this.#askAll(async (shard, number) => {
      const path = this.#imagePath(number);
      if (path !== undefined) await shard.save(path);
    });
  }

  async settle(): Promise<void> {
    await this.#askAll(async (shard) => shard.settle());
  }

  async stats(): Promise<VectorIndexStats> {
    const { m, efConstruction } = this.#shardOptions();
    const shards = await this.#askAll(async (shard) => shard.stats());
    const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
    const bytesHere = shards.reduce((sum, shard) => sum + (shard.isHere ? shard.bytes : 0), 0);
    const { count, dimensions } = this;
    return {
      ...{ engine: this.#engine, count, dimensions, bytes, bytesHere, m, efConstruction, shards },
      ...(this.#checks.last === undefined ? {} : { recall: this.#checks.last }),
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#checks.end();
    await Promise.allSettled(this.#reopening.values());
    const shards = this.#shards.splice(0);
    this.#counts.length = 0;
    await Promise.all(shards.map(async (shard) => shard.dispose()));
  }

  async #search(
    query: Float32Array,
    k: number,
    options: VectorSearchOptions,
    { exact, effort }: Depth,
  ): Promise<readonly VectorHit[]> {
    this.#checkDimensions(query);
    const wanted = Math.min(Math.floor(k), this.count);
    if (!(wanted > 0)) return [];
    const { rows } = this.#options;
    const likelyError = deviations / Math.sqrt(this.dimensions);
    const allowed = options.filter === undefined ? undefined : Float64Array.from(options.filter);
    for (let limit = this.#limit(wanted); ; limit = Math.min(limit * 2, maxLimit)) {
      const ef = Math.max(limit, options.ef ?? this.#ef(wanted, effort));
      // A copy: to another thread goes the whole buffer a view lies in, and that can be all there is.
      const request = { query: query.slice(), limit, ef, exact, effort, ...(allowed === undefined ? {} : { allowed }) };
      const answers = await this.#askAll(async (shard) => shard.search(request));
      const merged = merge(answers);
      const provesExact = exact && rows !== undefined && limit < maxLimit;
      if (provesExact && answers.some((answer) => canHideMore(answer, merged, wanted, limit))) continue;
      const ordered = Math.min(wanted, options.exactHits ?? wanted);
      const { minScore = -Infinity } = options;
      // What cannot have that score is not worth a read.
      const possible = merged.filter(({ score, error }) => score + error >= minScore);
      const hits = rows === undefined ? possible : rescore(query, possible, ordered, exact ? 1 : likelyError, rows);
      return hits
        .map(({ id, score }) => ({ id, score: Math.min(1, Math.max(-1, score)) }))
        .sort((a, b) => b.score - a.score || a.id - b.id)
        .slice(0, wanted)
        .filter(({ score }) => score >= minScore);
    }
  }

  /** Hits asked of each shard: where exact rows decide, some more than wanted. */
  #limit(wanted: number): number {
    const margin = this.#options.rows === undefined ? 0 : Math.max(minMargin, wanted >> 1);
    return Math.min(wanted + margin, maxLimit);
  }

  /** Candidates of a walk for so many hits. More effort is for the first ten hits: walks for more hits have it already. */
  #ef(wanted: number, effort: number): number {
    const base = (count: number): number => Math.max(this.#limit(count), this.#options.ef ?? defaultEf(count));
    return effort > 1 ? Math.max(base(wanted), Math.ceil(base(recallHits) * effort)) : base(wanted);
  }

  async #add(ids: readonly number[], vectors: readonly Float32Array[]): Promise<void> {
    const { dimensions } = this;
    let start = 0;
    while (start < ids.length) {
      const target = await this.#shardWithRoom();
      const count = Math.min(ids.length - start, this.#shardRows - this.#counts[target]!);
      const part = Float64Array.from(ids.slice(start, start + count));
      const rows = new Float32Array(count * dimensions);
      for (let i = 0; i < count; i++) rows.set(vectors[start + i]!, i * dimensions);
      await this.#removeElsewhere(part, target);
      try {
        this.#counts[target] = await this.#ask(target, async (shard) => shard.add(part, rows));
      } catch (error) {
        // Some may be in.
        this.#counts[target] = (await this.#ask(target, async (shard) => shard.stats())).count;
        throw error;
      }
      start += count;
    }
  }

  /** Changes one after the other: each looks for room by what the one before has left. */
  async #inTurn(body: () => Promise<void>): Promise<void> {
    this.#checks.end();
    const turn = this.#changing.then(async () => {
      if (this.#disposed) throw new CancelledError();
      await body();
    });
    this.#changing = turn.catch(() => undefined);
    return turn;
  }

  get #shardRows(): number {
    return this.#surroundings.shardRows ?? maxShardRows;
  }

  #shardOptions(): ShardOptions {
    const { spaceId, dimensions, prefixDimensions = dimensions, m, efConstruction } = this.#options;
    return {
      spaceId,
      dimensions,
      prefixDimensions,
      m: m ?? defaultM(dimensions),
      efConstruction: efConstruction ?? defaultEfConstruction(dimensions),
      engine: this.#engine,
      maxBytes: this.#surroundings.shardBytes ?? maxShardBytes,
    };
  }

  #imagePath(number: number): string | undefined {
    const { imagePath } = this.#options;
    return imagePath === undefined ? undefined : `${imagePath}.${number}`;
  }

  async #hasImage(number: number): Promise<boolean> {
    const path = this.#imagePath(number);
    return path !== undefined && (await this.#surroundings.storage.size(path)) > 0;
  }

  async #addShard(): Promise<void> {
    const number = this.#shards.length;
    const { shard, restored, count } = await this.#openShard(number);
    if (this.#disposed) {
      await shard.dispose();
      throw new CancelledError();
    }
    this.#restored ||= restored;
    this.#shards.push(shard);
    this.#counts.push(count);
  }

  /** Images of different moments (a process that died between two) can both have an id that moved: the first one keeps it. */
  async #removeDoubles(): Promise<void> {
    const seen = new Set<number>();
    for (const [number, shard] of this.#shards.entries()) {
      const ids = await shard.ids();
      const doubles = ids.filter((id) => seen.has(id));
      if (doubles.length > 0) this.#counts[number] = await shard.remove(doubles);
      for (const id of ids) seen.add(id);
    }
  }

  async #openShard(number: number): Promise<{ shard: ShardApi; restored: boolean; count: number }> {
    const shard = this.#surroundings.createShard(number, this.#options.threads ?? 0);
    try {
      return { shard, ...(await shard.open(this.#shardOptions(), this.#imagePath(number))) };
    } catch (error) {
      await shard.dispose();
      throw error;
    }
  }

  async #askAll<T>(question: (shard: ShardApi, number: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from(this.#shards.keys(), async (number) => this.#ask(number, question)));
  }

  /**
   * A shard whose thread has died is opened anew from its image; the question fails, the next one is answered. Rejects with
   * CancelledError when the index is disposed of meanwhile.
   */
  async #ask<T>(number: number, question: (shard: ShardApi, number: number) => Promise<T>): Promise<T> {
    const asked = this.#shards[number];
    if (asked === undefined) throw new CancelledError();
    try {
      return await question(asked, number);
    } catch (error) {
      if (this.#disposed) throw new CancelledError(error);
      if (toAppError(error).code === 'ChannelClosed' && this.#shards[number] === asked) await this.#reopen(number);
      throw error;
    }
  }

  async #reopen(number: number): Promise<void> {
    const reopening =
      this.#reopening.get(number) ??
      this.#openShard(number)
        .then(({ shard, count }) => {
          this.#shards[number] = shard;
          this.#counts[number] = count;
          this.#options.onLoss?.();
        })
        .finally(() => this.#reopening.delete(number));
    this.#reopening.set(number, reopening);
    return reopening;
  }

  async #shardWithRoom(): Promise<number> {
    const found = this.#counts.findIndex((count) => count < this.#shardRows);
    if (found >= 0) return found;
    await this.#addShard();
    return this.#shards.length - 1;
  }

  /** An id lives in one shard only. */
  async #removeElsewhere(ids: Float64Array, target: number | undefined): Promise<void> {
    await this.#askAll(async (shard, number) => {
      if (number !== target) this.#counts[number] = await shard.remove(ids);
    });
  }

  #checkDimensions(vector: Float32Array): void {
    if (vector.length === this.dimensions) return;
    throw new AppError(
      'VectorDimension',
      phrase`A vector of ${vector.length} dimensions does not fit an index of ${this.dimensions}. Check the model and its dimensions setting, then rebuild the index.`,
      { data: { expected: this.dimensions, actual: vector.length } },
    );
  }
}

function checkId(id: number): void {
  if (Number.isSafeInteger(id) && id >= 1) return;
  throw new AppError('InvalidArgument', phrase`A vector's id must be a whole number from 1 to 2^53 - 1, not ${id}.`);
}

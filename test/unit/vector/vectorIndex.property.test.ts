import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { VectorHit, VectorIndex } from '../../../src/core/ports.ts';
import type { VectorEngine } from '../../../src/protocol/config.ts';
import { type IndexSetup, openIndex } from '../../support/vectorIndexes.ts';
import { seededRandom } from '../../support/vectors.ts';

const dimensions = 4;
/** Two links and few candidates: random sequences fill, wear out and drop many graphs, and find what they do not reach. */
const common = { dimensions, m: 2, efConstruction: 8, ef: 1 };

interface World {
  readonly setup: IndexSetup;
  readonly reads: boolean;
  readonly maxId: number;
  /** Rows of one large addition or removal. */
  readonly many: number;
  readonly runs: number;
}

/** In each world rows come and go about 100,000 times. */
const worlds: Readonly<Record<string, World>> = {
  'in small shards, with exact rows': {
    setup: { ...common, shardRows: 500 },
    reads: true,
    maxId: 2000,
    many: 300,
    runs: 36,
  },
  'in small shards, by codes alone': {
    setup: { ...common, shardRows: 500 },
    reads: false,
    maxId: 2000,
    many: 300,
    runs: 36,
  },
  // Past the kernel's first block of rows (16,384) and its first page of links of the upper levels.
  'in one large shard': { setup: common, reads: true, maxId: 24_000, many: 6000, runs: 6 },
};

/** Few values, so that equal vectors and equal scores are common. */
const vector = fc
  .array(fc.integer({ min: -2, max: 2 }), { minLength: dimensions, maxLength: dimensions })
  .filter((components) => components.some((component) => component !== 0))
  .map((components) => Float32Array.from(components));
const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const engine = fc.constantFrom<VectorEngine>('hnsw', 'hnsw', 'hnsw', 'auto', 'exact');
const search = {
  vector,
  k: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.constantFrom(300, 5000)),
  divisor: fc.constantFrom(1, 1, 2, 3, 50),
};
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), at: fraction, vectors: fc.array(vector, { minLength: 1, maxLength: 90, size: 'max' }) }) }, // prettier-ignore
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fill' as const), at: fraction, seed: fc.integer({ min: 1 }) }) }, // prettier-ignore
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fraction, count: fc.integer({ min: 1, max: 90 }) }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), at: fraction }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('search' as const), ...search }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 60 }), ...search }) }, // prettier-ignore
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), ...search }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('together' as const), at: fraction, count: fc.integer({ min: 1, max: 90 }), seed: fc.integer({ min: 1 }), ...search }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('save' as const, 'reopen' as const, 'crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('engine' as const), engine }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly #world: World;
  readonly #imagePath: string;
  #rows = new Map<number, Float32Array>();
  /** What the images hold; undefined: saved amid changes, so this or that. */
  #saved: ReadonlyMap<number, Float32Array> | undefined = new Map();
  #engine: VectorEngine;
  #index!: VectorIndex;
  operations = 0;

  constructor(world: World, imagePath: string, first: VectorEngine) {
    this.#world = world;
    this.#imagePath = imagePath;
    this.#engine = first;
  }

  async open(): Promise<void> {
    const rows = (ids: readonly number[]): (Float32Array | undefined)[] => ids.map((id) => this.#rows.get(id));
    const { setup, reads } = this.#world;
    const images = { imagePath: this.#imagePath, engine: this.#engine };
    this.#index = await openIndex({ ...setup, ...images, ...(reads ? { rows } : {}) });
  }

  async take(step: Step): Promise<void> {
    this.operations++;
    const { maxId, many } = this.#world;
    const idAt = (at: number): number => 1 + Math.floor(at * maxId);
    switch (step.kind) {
      case 'add':
        return this.#add(idAt(step.at), step.vectors);
      case 'fill': {
        const random = seededRandom(step.seed);
        const vectors = Array.from({ length: many }, () => new Float32Array(dimensions).map(() => random() - 0.5));
        return this.#add(idAt(step.at), vectors);
      }
      case 'remove':
        return this.#remove(idAt(step.at), step.count);
      case 'clear':
        return this.#remove(idAt(step.at), many);
      case 'search':
        return this.#check(step);
      case 'turns':
        // Amid the background work.
        for (let turn = 0; turn < step.turns; turn++) await new Promise(setImmediate);
        return this.#check(step);
      case 'settle':
        await this.#index.settle();
        return this.#check(step);
      case 'together':
        return this.#together(step);
      case 'save':
        return this.#save();
      case 'reopen':
        await this.#save();
        return this.#reopen();
      case 'crash':
        if (this.#saved === undefined) await this.#save();
        this.#rows = new Map(this.#saved);
        return this.#reopen();
      case 'engine':
        this.#engine = step.engine;
        return this.#index.setEngine(step.engine);
    }
  }

  async end(): Promise<void> {
    assert.equal(this.#index.count, this.#rows.size);
    const ids = await this.#index.ids();
    assert.equal(ids.length, this.#rows.size);
    for (const id of ids) assert(this.#rows.has(id));
    await this.#index.dispose();
  }

  async #add(first: number, vectors: readonly Float32Array[]): Promise<void> {
    this.operations += vectors.length;
    const ids = vectors.map((_, i) => first + i);
    const adding = this.#index.add(ids, vectors);
    ids.forEach((id, i) => this.#rows.set(id, vectors[i]!));
    await adding;
  }

  async #remove(first: number, count: number): Promise<void> {
    this.operations += count;
    const ids = Array.from({ length: count }, (_, i) => first + i);
    const removing = this.#index.remove(ids);
    for (const id of ids) this.#rows.delete(id);
    await removing;
  }

  /** Changes, a save and a search, none waiting for the other: they come in their order, and what is found was there. */
  async #together(step: Step & { kind: 'together' }): Promise<void> {
    const first = 1 + Math.floor(step.at * this.#world.maxId);
    const random = seededRandom(step.seed);
    const vectors = Array.from({ length: step.count }, () => new Float32Array(dimensions).map(() => random() - 0.5));
    const before = new Set(this.#rows.keys());
    this.#saved = undefined;
    const [hits] = await Promise.all([
      this.#index.search(step.vector, step.k),
      this.#index.save(),
      this.#add(first, vectors),
      this.#remove(first + (step.count >> 1), step.count),
    ]);
    assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length, 'an id came twice');
    for (const { id } of hits) assert(before.has(id) || (id >= first && id < first + step.count));
    return this.#check(step);
  }

  async #save(): Promise<void> {
    await this.#index.save();
    this.#saved = new Map(this.#rows);
  }

  async #reopen(): Promise<void> {
    await this.#index.dispose();
    await this.open();
  }

  /** As many hits as there are matches (up to k), each a match with its true score; by the exact engine: the best ones. */
  async #check({ vector: query, k, divisor }: { vector: Float32Array; k: number; divisor: number }): Promise<void> {
    const matches = [...this.#rows]
      .filter(([id]) => id % divisor === 0)
      .map(([id, row]) => ({ id, row, score: cosine(row, query) }));
    const filter = divisor === 1 ? {} : { filter: new Set(matches.map(({ id }) => id)) };
    const hits = await this.#index.search(query, k, filter);
    const scores = new Map(matches.map(({ id, score }) => [id, score]));
    assertHits(hits, scores, Math.min(k, matches.length), this.#world.reads ? 1e-6 : 0.02);
    if (this.#engine !== 'exact' || !this.#world.reads) return;
    matches.sort((a, b) => b.score - a.score);
    hits.forEach(({ score }, place) => {
      const best = matches[place]!.score;
      assert(Math.abs(score - best) < 1e-9, `${score} in place ${place} instead of ${best}`);
    });
    assertSmallestIds(
      hits,
      this.#rows,
      matches.map(({ id }) => id),
    );
  }
}

/** Of rows that are the same, those with the smaller ids are found. */
function assertSmallestIds(
  hits: readonly VectorHit[],
  rows: ReadonlyMap<number, Float32Array>,
  matches: readonly number[],
): void {
  const found = new Set(hits.map(({ id }) => id));
  const largestFound = new Map<string, number>();
  for (const id of found) {
    const row = rows.get(id)!.join();
    largestFound.set(row, Math.max(id, largestFound.get(row) ?? 0));
  }
  for (const id of matches) {
    const isPassedOver = !found.has(id) && id < (largestFound.get(rows.get(id)!.join()) ?? 0);
    assert(!isPassedOver, `${id} was passed over for an equal row of a larger id`);
  }
}

function assertHits(
  hits: readonly VectorHit[],
  scores: ReadonlyMap<number, number>,
  wanted: number,
  tolerance: number,
): void {
  assert.equal(hits.length, wanted, 'hits are missing');
  assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length, 'an id came twice');
  hits.forEach(({ id, score }, place) => {
    const expected = scores.get(id);
    assert(expected !== undefined, `${id} does not match`);
    assert(Math.abs(score - expected) <= tolerance, `${id} has ${score} instead of ${expected}`);
    const before = hits[place - 1];
    assert(before === undefined || before.score > score || (before.score === score && before.id < id), 'order');
  });
}

/** Equal rows have exactly equal scores. */
function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x[0]! * y[0]! + x[1]! * y[1]! + (x[2]! * y[2]! + x[3]! * y[3]!);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('VectorIndex', () => {
  for (const [name, world] of Object.entries(worlds)) {
    it(`behaves like a map that is compared row by row, whatever is done to it, ${name}`, async () => {
      let operations = 0;
      await fc.assert(
        fc.asyncProperty(
          engine,
          fc.array(step, { minLength: 40, maxLength: 80, size: 'max' }),
          async (first, steps) => {
            const directory = await mkdtemp(join(tmpdir(), 'codeweaver-'));
            const run = new Run(world, join(directory, 'image'), first);
            await run.open();
            for (const next of steps) await run.take(next);
            await run.end();
            // Not at the end of all: the images of all runs would take gigabytes.
            await rm(directory, { recursive: true });
            operations += run.operations;
          },
        ),
        { numRuns: world.runs },
      );
      assert(operations > 50_000, `${operations} operations are too few`);
    }).timeout(60_000);
  }
});

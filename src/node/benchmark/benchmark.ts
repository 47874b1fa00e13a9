import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddingCache } from '../../core/embedding/embeddingCache.ts';
import { createLocalProvider } from '../../core/embedding/local/localProvider.ts';
import { createOpenAiProvider } from '../../core/embedding/openAiProvider.ts';
import { checkHealth } from '../../core/health.ts';
import { EmbedQueue } from '../../core/indexing/embedQueue.ts';
import { FolderIndex } from '../../core/indexing/folderIndex.ts';
import { EngineMetrics } from '../../core/metrics/engineMetrics.ts';
import type { BenchmarkOptions, Platform } from '../../core/ports.ts';
import type { EmbeddingDocument } from '../../core/providerPorts.ts';
import { Searcher } from '../../core/search/searcher.ts';
import {
  type BenchmarkMeasure,
  type BenchmarkReport,
  type BenchmarkTarget,
  type TargetId,
  targetIds,
} from '../../protocol/benchmark.ts';
import { defaultConfig } from '../../protocol/config.ts';
import { LimitedEndpoint } from './limitedEndpoint.ts';
import { seededRandom } from '../../util/seededRandom.ts';
import { SimulatedClock } from './simulatedClock.ts';
import { writeSources } from './sources.ts';
import { statsOf } from './stats.ts';
import { targetRow } from './targets.ts';

const sourceFiles = 300;
const vectorCounts = [1_000, 10_000, 100_000] as const;
const dimensions = 384;
const clusters = 500;
/** About 1 MB of vectors (seed, "Vector Backend Optimization"), clamped to its 10..1,000. */
const upsertBatch = Math.min(1_000, Math.max(10, Math.round(1e6 / (dimensions * 4))));
const warmUps = 10;
const iterations = 100;
const memorySampleMs = 50;
const limitedRequests = 3_000;
const requestsPerMinute = 600;

/**
 * A fixed workload on this machine, offline: sources are written, chunked, embedded, indexed and searched, then vectors of
 * 1,000 to 100,000 texts, then requests to an endpoint with a limit, in simulated time. About ten seconds. The platform's
 * chunker is used and left open. Rejects with CancelledError when the signal fires.
 */
export async function runBenchmark(platform: Platform, options: BenchmarkOptions): Promise<BenchmarkReport> {
  const { clock } = platform;
  const start = clock.monotonicMs();
  await mkdir(options.directory, { recursive: true });
  const scratch = await mkdtemp(join(options.directory, 'benchmark-'));
  const memory = new PeakMemory(platform);
  try {
    const parts: Part[] = [];
    options.onPart('indexing and searching sources');
    parts.push(await measureService(platform, scratch, memory, options.signal));
    for (const count of vectorCounts) {
      options.onPart(`${count.toLocaleString('en')} vectors`);
      parts.push(await measureVectors(platform, scratch, count, options.signal));
    }
    options.onPart('requests to an endpoint with a limit');
    parts.push(await measureLimitedEndpoint(platform));
    const peak = targetRow(
      'providerMemory',
      memory.stop() / 1e6,
      'highest resident memory of this process and its parse processes during the whole benchmark',
    );
    return {
      at: clock.now(),
      tookMs: clock.monotonicMs() - start,
      measures: parts.flatMap(({ measures }) => measures),
      targets: inOrder([...parts.flatMap(({ targets }) => targets), peak]),
    };
  } finally {
    memory.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Part {
  readonly measures: readonly BenchmarkMeasure[];
  readonly targets: readonly BenchmarkTarget[];
}

async function measureService(
  platform: Platform,
  scratch: string,
  memory: PeakMemory,
  signal: AbortSignal,
): Promise<Part> {
  const { clock, storage, hasher, logger } = platform;
  const root = join(scratch, 'sources');
  const questions = await writeSources(root, sourceFiles);
  const before = platform.memory().rssBytes;
  const metrics = new EngineMetrics(clock, () => platform.createHistogram());
  const cache = await EmbeddingCache.open(storage, join(scratch, 'cache'), {
    ...{ hasher, clock, logger, maxBytes: defaultConfig.cache.maxBytes },
  });
  const provider = createLocalProvider(await platform.loadModel(), { clock, hasher, metrics });
  platform.chunker.configure(defaultConfig.parsing, metrics);
  const folder = await FolderIndex.open(
    { folderId: 'benchmark', root, indexDir: join(scratch, 'index') },
    {
      ...{ platform, metrics, cache, embedQueue: new EmbedQueue(cache, metrics, clock), config: () => defaultConfig },
      emit: () => undefined,
    },
  );
  try {
    await folder.configure(provider);
    const indexMs = await timed(platform, async () => folder.index(signal));
    const { chunks } = await folder.status();
    const searcher = new Searcher({
      ...{
        folders: () => [folder],
        cache,
        clock,
        metrics,
        config: defaultConfig,
        withheld: undefined,
        reranking: undefined,
      },
    });
    const asked = questions.slice(0, warmUps + iterations);
    const searches = await repeated(platform, asked.length, async (n) =>
      searcher.search({ query: asked[n] ?? '' }, signal),
    );
    const document: EmbeddingDocument = {
      path: 'a.ts',
      symbol: 'f',
      kind: 'function',
      text: questions.join('\n').slice(0, 1_600),
    };
    const single = await repeated(platform, warmUps + iterations, async (n) =>
      provider.embedDocuments([{ ...document, text: `${n} ${document.text}` }], signal),
    );
    const many = Array.from({ length: 1_000 }, (_, n) => ({ ...document, text: `${n} ${document.text}` }));
    const batches = await repeated(platform, 3 + 10, async () => provider.embedDocuments(many, signal), 3);
    const health = await repeated(platform, warmUps + iterations, async () =>
      checkHealth({ folders: [folder], provider: provider.status(), reranker: undefined, storage, clock }),
    );
    const grown = (platform.memory().rssBytes - before) / 1e6;
    memory.sample();
    return {
      measures: [
        measure('index', `index of ${sourceFiles} files (${chunks} chunks)`, 'ms', [indexMs]),
        measure('search', `search, ${chunks} chunks`, 'ms', searches),
        measure('embed.one', 'embedding of one chunk', 'ms', single),
        measure('embed.batch', 'embedding of 1,000 chunks', 'ms', batches),
        measure('health', 'health check', 'ms', health),
      ],
      targets: [
        targetRow('embeddingLatency', statsOf(single).p95 / 1e3, 'one chunk by the embedded model, p95'),
        targetRow(
          'batchThroughput',
          1e6 / statsOf(batches).median,
          'batches of 1,000 chunks by the embedded model, median',
        ),
        targetRow(
          'processingLatency',
          statsOf(searches).p95,
          `a whole search by words and meaning over ${chunks} chunks, p95`,
        ),
        targetRow('serviceThroughput', 1e3 / statsOf(searches).mean, 'searches one after the other, mean'),
        targetRow(
          'serviceMemory',
          grown,
          `growth of this process by opening, indexing and searching ${sourceFiles} files`,
        ),
        targetRow('healthCheck', statsOf(health).p95, 'engine, provider, database, index and disk, p95'),
      ],
    };
  } finally {
    await folder.close();
    provider.dispose();
    cache.close();
  }
}

async function measureVectors(platform: Platform, scratch: string, count: number, signal: AbortSignal): Promise<Part> {
  const draw = clusteredVectors(count);
  const index = await platform.vectorIndexes.open({
    ...{ spaceId: 'benchmark', dimensions, engine: 'auto', threads: 1 },
    imagePath: join(scratch, `vectors-${count}`),
  });
  try {
    const batchMs: number[] = [];
    for (let from = 0; from < count; from += upsertBatch) {
      signal.throwIfAborted();
      const ids = Array.from({ length: Math.min(upsertBatch, count - from) }, (_, n) => from + n + 1);
      const vectors = ids.map(draw);
      batchMs.push(await timed(platform, async () => index.add(ids, vectors)));
    }
    const addedMs = batchMs.reduce((sum, ms) => sum + ms, 0);
    const searches = await repeated(platform, warmUps + iterations, async (n) => index.search(draw(n * 7), 10));
    const { bytes } = await index.stats();
    const measures = [
      measure(`upsert.${count}`, `upsert of ${upsertBatch} vectors of ${dimensions}, ${count} in all`, 'ms', batchMs),
      measure(`search.${count}`, `nearest 10 of ${count} vectors`, 'ms', searches),
    ];
    if (count !== vectorCounts.at(-1)) return { measures, targets: [] };
    const how = `${count} vectors of ${dimensions}, clustered`;
    return {
      measures,
      targets: [
        targetRow('searchLatency', statsOf(searches).p95, `nearest 10 of ${how}, p95`),
        targetRow('upsertThroughput', (count / addedMs) * 1e3, `${how}, in batches of ${upsertBatch}`),
        targetRow(
          'indexBuildTime',
          ((addedMs / count) * 1e6) / 60e3,
          `${how}: time to be searchable, times ${1e6 / count}`,
        ),
        targetRow('memoryEfficiency', bytes / (count * dimensions * 4), `index of ${how}, beside 32-bit floats`),
      ],
    };
  } finally {
    await index.dispose();
  }
}

async function measureLimitedEndpoint(platform: Platform): Promise<Part> {
  const { logger, hasher } = platform;
  const clock = new SimulatedClock();
  const endpoint = new LimitedEndpoint(clock, { requestsPerMinute });
  const config = {
    ...defaultConfig.embedding,
    provider: 'openai' as const,
    baseUrl: 'http://localhost/v1',
    model: 'simulated',
    maxBatchInputs: 1,
  };
  const provider = createOpenAiProvider(
    config,
    { apiKey: 'simulated' },
    {
      fetch: endpoint.fetch,
      clock,
      logger,
      hasher,
      metrics: new EngineMetrics(clock, () => platform.createHistogram()),
      random: seededRandom(2),
    },
  );
  try {
    const documents = Array.from({ length: limitedRequests }, (_, n) => ({
      path: '',
      symbol: '',
      kind: 'block' as const,
      text: `text ${n}`,
    }));
    await clock.settle(provider.embedDocuments(documents));
    const minutes = clock.monotonicMs() / 60e3;
    const refused = ((endpoint.refused / (endpoint.refused + endpoint.accepted)) * 100).toFixed(1);
    const how =
      `${endpoint.accepted} requests to an endpoint that allows ${requestsPerMinute} a minute, in ${minutes.toFixed(1)} simulated ` +
      `minutes; ${refused} % refused`;
    return {
      measures: [],
      targets: [targetRow('apiUtilization', (endpoint.accepted / (requestsPerMinute * minutes)) * 100, how)],
    };
  } finally {
    provider.dispose();
  }
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

/** Milliseconds of each call after the first `skipped`. */
async function repeated(
  platform: Platform,
  calls: number,
  body: (n: number) => Promise<unknown>,
  skipped = warmUps,
): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const ms = await timed(platform, async () => body(n));
    if (n >= skipped) times.push(ms);
  }
  return times;
}

async function timed({ clock }: Platform, body: () => Promise<unknown>): Promise<number> {
  const start = clock.monotonicMs();
  await body();
  return clock.monotonicMs() - start;
}

function measure(id: string, name: string, unit: string, values: readonly number[]): BenchmarkMeasure {
  return { id, name, unit, ...statsOf(values) };
}

function inOrder(targets: readonly BenchmarkTarget[]): BenchmarkTarget[] {
  return targetIds.flatMap((id: TargetId) => targets.filter((target) => target.id === id));
}

/** The most memory that was seen, of this process and its parse processes. */
class PeakMemory {
  readonly #platform: Platform;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#timer = setInterval(() => this.sample(), memorySampleMs);
  }

  sample(): void {
    const { rssBytes } = this.#platform.memory();
    this.#peak = Math.max(this.#peak, rssBytes + this.#platform.chunker.memoryBytes());
  }

  /** Bytes. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }
}

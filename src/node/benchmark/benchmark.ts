import { phrase } from '../../protocol/phrase.ts';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { createOpenAiProvider } from '../../core/embedding/openAiProvider.ts';
import { EngineMetrics } from '../../core/metrics/engineMetrics.ts';
import type { BenchmarkOptions, Platform } from '../../core/ports.ts';
import {
  type BenchmarkMachine,
  type BenchmarkReport,
  type BenchmarkTarget,
  type TargetId,
  targetIds,
} from '../../protocol/benchmark.ts';
import { defaultConfig } from '../../protocol/config.ts';
import { seededRandom } from '../../util/seededRandom.ts';
import { LimitedEndpoint } from './limitedEndpoint.ts';
import { measureService } from './measureService.ts';
import { measureGraphBuild, measureVectors, vectorCounts } from './measureVectors.ts';
import type { Part } from './measuring.ts';
import { SimulatedClock } from './simulatedClock.ts';
import { targetRow } from './targets.ts';

const memorySampleMs = 50;
const limitedRequests = 3_000;
const requestsPerMinute = 600;

/**
 * A fixed workload on this machine, offline: sources are written, chunked, embedded, indexed, searched and edited, then
 * vectors of 1,000 to 100,000 texts and a graph of 10,000, then requests to an endpoint with a limit, in simulated time.
 * About fifteen seconds. The platform's chunker is used and left open. Rejects with CancelledError when the signal fires.
 */
export async function runBenchmark(platform: Platform, options: BenchmarkOptions): Promise<BenchmarkReport> {
  const { clock } = platform;
  const start = clock.monotonicMs();
  await mkdir(options.directory, { recursive: true });
  const scratch = await mkdtemp(join(options.directory, 'benchmark-'));
  const memory = new PeakMemory(platform);
  try {
    const parts: Part[] = [];
    options.onPart(phrase`indexing and searching sources`);
    parts.push(await measureService(platform, scratch, memory, options.signal));
    for (const count of vectorCounts) {
      options.onPart(phrase`${count} vectors`);
      parts.push(await measureVectors(platform, scratch, count, options.signal));
    }
    options.onPart(phrase`the build of a graph`);
    parts.push(await measureGraphBuild(platform, options.signal));
    options.onPart(phrase`requests to an endpoint with a limit`);
    parts.push(await measureLimitedEndpoint(platform));
    const peak = targetRow(
      'providerMemory',
      memory.stop() / 1e6,
      phrase`highest resident memory of this process and its parse processes during the whole benchmark`,
    );
    return {
      at: clock.now(),
      tookMs: clock.monotonicMs() - start,
      machine: thisMachine(),
      measures: parts.flatMap(({ measures }) => measures),
      targets: inOrder([...parts.flatMap(({ targets }) => targets), peak]),
    };
  } finally {
    memory.stop();
    await rm(scratch, { recursive: true, force: true });
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
    const refused = Number(((endpoint.refused / (endpoint.refused + endpoint.accepted)) * 100).toFixed(1));
    const how = phrase`${endpoint.accepted} requests to an endpoint that allows ${requestsPerMinute} a minute, in ${Number(minutes.toFixed(1))} simulated minutes; ${refused} % refused`;
    return {
      measures: [],
      targets: [targetRow('apiUtilization', (endpoint.accepted / (requestsPerMinute * minutes)) * 100, how)],
    };
  } finally {
    provider.dispose();
  }
}

function thisMachine(): BenchmarkMachine {
  const [processor] = cpus();
  return { processor: processor?.model.trim() ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() };
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

import { emptyStatus } from './recordingEngine.ts';
import type { BenchmarkReport } from '../../src/protocol/benchmark.ts';
import type { CliEngine } from '../../src/cli/environment.ts';
import type { FileChunks } from '../../src/protocol/chunks.ts';
import type { EngineConfig } from '../../src/protocol/config.ts';
import type { DuplicatesReport, DuplicatesRequest } from '../../src/protocol/duplicates.ts';
import type { Credentials, EngineEvents, FolderSpec, LogRecord } from '../../src/protocol/engineApi.ts';
import { AppError } from '../../src/protocol/errors.ts';
import { counters, type Counter, type MetricsSnapshot } from '../../src/protocol/metrics.ts';
import type { IndexingPlan, PlanRequest, SpendingStatus } from '../../src/protocol/costs.ts';
import type { EndpointProbe } from '../../src/protocol/probe.ts';
import type {
  EngineStatus,
  FileEntry,
  HealthReport,
  FolderStatus,
  IndexReport,
  ProviderStatus,
  RerankerStatus,
  SearchRequest,
  SearchResponse,
  SearchResult,
  WhyReport,
} from '../../src/protocol/types.ts';
import type { RecallStats } from '../../src/protocol/vectorStats.ts';
import { planOf, spendingOf } from './costs.ts';
import { probeOf } from './probes.ts';

export const emptyReport: IndexReport = {
  counts: { discovered: 3, indexed: 2, pending: 0, failed: 0, skipped: 1 },
  filesChunked: 2,
  filesUnchanged: 0,
  filesRemoved: 0,
  chunksAdded: 4,
  chunksRemoved: 0,
  chunksEmbedded: 0,
  chunksFromCache: 0,
  requests: 0,
  tokens: 0,
  totalMs: 12,
};

export const emptySnapshot: MetricsSnapshot = {
  at: 1_700_000_000_123,
  stages: {},
  counters: Object.fromEntries(counters.map((counter) => [counter, 0])) as Record<Counter, number>,
  gauges: {},
};

/** A result as the engine gives it, with what the test cares about replaced. */
export function resultWith(changes: Partial<SearchResult>): SearchResult {
  return {
    chunkId: 7,
    folderId: '/somewhere',
    path: 'src/retry.ts',
    startLine: 10,
    endLine: 12,
    symbol: 'Retry.delay',
    kind: 'method',
    language: 'typescript',
    score: 0.5,
    sources: { lexical: { rank: 1, score: 9.5 } },
    snippet: 'delay() {\n  return 2 ** this.attempt;\n}',
    unsaved: false,
    ...changes,
  };
}

/** A search while the provider is down. */
export async function answersByWordsAlone(): Promise<SearchResponse> {
  return Promise.resolve({
    results: [],
    mode: 'lexical',
    degraded: { code: 'ProviderUnavailable', message: 'The provider does not answer.' },
    cached: false,
    timings: { totalMs: 1 },
  });
}

/** An engine without insides: says what the test tells it to and remembers what the command line asked. */
export class ScriptedCliEngine implements CliEngine {
  readonly calls: string[] = [];
  readonly requests: SearchRequest[] = [];
  config: EngineConfig | undefined;
  credentials: Credentials | undefined;
  folder: FolderSpec | undefined;
  folderChanges: Partial<FolderStatus> = {};
  /** Said by the engine when it is created. */
  logged: LogRecord | undefined;
  reranker: RerankerStatus | undefined;
  entries: readonly FileEntry[] = [];
  benchmarkReport: BenchmarkReport = {
    ...{ at: 0, tookMs: 1, measures: [], targets: [] },
    machine: { processor: 'Test', cores: 2, memoryBytes: 8e9 },
  };
  reading: () => Promise<MetricsSnapshot> = () => Promise.resolve(emptySnapshot);
  /** By a probe. */
  found: EndpointProbe = probeOf({});
  provider: ProviderStatus = { id: 'embedded', state: 'none', requests: 0, tokens: 0, retries: 0 };
  planned: IndexingPlan = planOf();
  spending: SpendingStatus = spendingOf();
  recall: RecallStats | undefined;
  duplicatesRequest: DuplicatesRequest | undefined;
  duplicates: DuplicatesReport = {
    ...{ groups: [], found: 0, chunks: 4, byVectors: true, totalMs: 3 },
    ...{ threshold: 0.8, minLines: 8 },
  };
  fileChunks: FileChunks = { path: 'a.ts', language: 'typescript', unsaved: false, chunks: [] };
  reason: WhyReport = { path: 'a.ts', state: 'indexed', detail: 'Indexed.', language: 'typescript', chunks: 2 };
  indexing: (signal?: AbortSignal) => Promise<IndexReport> = () => Promise.resolve(emptyReport);
  searching: (request: SearchRequest) => Promise<SearchResponse> = () =>
    Promise.resolve({ results: [resultWith({})], mode: 'lexical', cached: false, timings: { totalMs: 1.5 } });

  on<K extends keyof EngineEvents>(_event: K, _listener: (value: EngineEvents[K]) => void): () => void {
    return () => undefined;
  }

  async configure(config: EngineConfig, credentials: Credentials): Promise<void> {
    this.calls.push('configure');
    this.config = config;
    this.credentials = credentials;
  }

  async openFolder(folder: FolderSpec): Promise<void> {
    this.calls.push('openFolder');
    this.folder = folder;
  }

  async closeFolder(): Promise<void> {
    this.calls.push('closeFolder');
  }

  async index(_folderId: string, signal?: AbortSignal): Promise<IndexReport> {
    this.calls.push('index');
    return this.indexing(signal);
  }

  async applyChanges(): Promise<IndexReport> {
    throw unused();
  }

  async updateDocument(): Promise<void> {
    throw unused();
  }

  async search(request: SearchRequest): Promise<SearchResponse> {
    this.calls.push('search');
    this.requests.push(request);
    return this.searching(request);
  }

  async findSimilar(): Promise<SearchResponse> {
    throw unused();
  }

  async findDuplicates(request: DuplicatesRequest): Promise<DuplicatesReport> {
    this.calls.push('findDuplicates');
    this.duplicatesRequest = request;
    return Promise.resolve(this.duplicates);
  }

  async chunks(): Promise<FileChunks> {
    this.calls.push('chunks');
    return Promise.resolve(this.fileChunks);
  }

  async benchmark(): Promise<BenchmarkReport> {
    return Promise.resolve(this.benchmarkReport);
  }

  async probe(): Promise<EndpointProbe> {
    this.calls.push('probe');
    return this.found;
  }

  async plan({ folderId, exclude = [] }: PlanRequest): Promise<IndexingPlan> {
    this.calls.push(`plan ${exclude.join(' ')}`.trim());
    return Promise.resolve({ ...this.planned, folderId });
  }

  async testEndpoint(): Promise<never> {
    return Promise.reject(unused());
  }

  async health(): Promise<HealthReport> {
    return Promise.resolve({ ok: true, ms: 0.5, checks: [{ name: 'engine', ok: true, detail: 'answers' }] });
  }

  async status(): Promise<EngineStatus> {
    const { folder } = this;
    return {
      folders: folder ? [{ ...statusOf(folder), ...this.folderChanges }] : [],
      cache: { entries: 5, bytes: 1_000, maxBytes: 10_000 },
      provider: this.provider,
      spending: this.spending,
      memory: emptyStatus.memory,
      ...(this.reranker && { reranker: this.reranker }),
    };
  }

  async checkRecall(): Promise<RecallStats | undefined> {
    this.calls.push('checkRecall');
    return this.recall;
  }

  async files(): Promise<readonly FileEntry[]> {
    return this.entries;
  }

  async why(_folderId: string, path: string): Promise<WhyReport> {
    this.calls.push(`why ${path}`);
    return { ...this.reason, path };
  }

  async metrics(): Promise<MetricsSnapshot> {
    this.calls.push('metrics');
    return this.reading();
  }

  async startProfile(): Promise<void> {
    throw unused();
  }

  async stopProfile(): Promise<void> {
    throw unused();
  }

  async history(): Promise<never> {
    throw unused();
  }

  async clear(): Promise<void> {
    this.calls.push('clear');
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }
}

function statusOf({ folderId, root }: FolderSpec): FolderStatus {
  return {
    folderId,
    root,
    phase: 'idle',
    counts: emptyReport.counts,
    skippedByReason: { binary: 1 },
    languages: ['typescript'],
    chunks: 4,
    vectors: 0,
    leader: true,
    integrity: 'ok',
    sizes: { catalogueBytes: 4_096, vectorBytes: 0 },
    spent: { requests: 3, tokens: 120 },
    updatedAt: 0,
  };
}

function unused(): AppError {
  return new AppError('Internal', 'The command line does not use this part of the engine.');
}

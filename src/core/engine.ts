import type { BenchmarkReport } from '../protocol/benchmark.ts';
import type { FileChunks } from '../protocol/chunks.ts';
import { defaultConfig, type EmbeddingConfig, type EngineConfig } from '../protocol/config.ts';
import type { EndpointTest, IndexingPlan, PlanRequest } from '../protocol/costs.ts';
import type { DuplicatesReport, DuplicatesRequest } from '../protocol/duplicates.ts';
import { AppError, failureOf, throwIfAborted } from '../protocol/errors.ts';
import { phrase, type Phrase } from '../protocol/phrase.ts';
import type {
  Credentials,
  DocumentUpdate,
  EngineApi,
  EngineEvents,
  FolderSpec,
  Permissions,
  ProfileKind,
  SimilarRequest,
} from '../protocol/engineApi.ts';
import type { HistorySample, MetricsSnapshot } from '../protocol/metrics.ts';
import type { EndpointProbe } from '../protocol/probe.ts';
import type {
  EngineStatus,
  FileChange,
  FileEntry,
  HealthReport,
  IndexReport,
  RelativePath,
  SearchRequest,
  SearchResponse,
  WhyReport,
} from '../protocol/types.ts';
import type { RecallStats } from '../protocol/vectorStats.ts';
import { findDuplicates } from './duplicates/findDuplicates.ts';
import { ConfiguredProvider } from './embedding/configuredProvider.ts';
import { EmbedQueue } from './indexing/embedQueue.ts';
import { FolderIndex } from './indexing/folderIndex.ts';
import { planIndexing } from './indexing/plan.ts';
import { checkHealth } from './health.ts';
import { MemoryGovernor } from './memory/memoryGovernor.ts';
import { memoryUse } from './memory/memoryUse.ts';
import { gaugeEngine } from './metrics/engineGauges.ts';
import { EngineMetrics } from './metrics/engineMetrics.ts';
import { MetricsHistory } from './metrics/metricsHistory.ts';
import type { Metrics, Platform } from './ports.ts';
import { OpenFolders } from './openFolders.ts';
import { Profiles } from './profiles.ts';
import { createReranking, type Reranking } from './search/reranking.ts';
import { Searcher } from './search/searcher.ts';
import { isFolderWanted } from './search/searchScope.ts';
import { SharedStores } from './sharedStores.ts';
import { fileChunks } from './store/fileChunks.ts';
import { EventHub } from '../util/eventHub.ts';

export interface EngineOptions {
  /** Directory of the embedding cache, shared by all folders, windows and processes. */
  readonly cacheDir: string;
  /** Checks the recall of vector indexes on idle: for a process that stays, the editor's. By default it does not. */
  readonly checksRecall?: boolean;
  /** Keeps the course of the metrics ({@link EngineApi.history}) also before anybody asks for it. By default it does not. */
  readonly keepsHistory?: boolean;
}

/**
 * The engine: everything the product does apart from showing it. Runs in a worker thread of the editor and directly in
 * the command line, in bench/ and in tests.
 */
export class Engine implements EngineApi {
  readonly #platform: Platform;
  readonly #options: EngineOptions;
  readonly #metrics: Metrics;
  readonly #history: MetricsHistory;
  readonly #profiles: Profiles;
  readonly #folders: OpenFolders;
  readonly #events = new EventHub<EngineEvents>();
  readonly #provider: ConfiguredProvider;
  readonly #memory: MemoryGovernor;
  readonly #stores: SharedStores;
  #config: EngineConfig = defaultConfig;
  #embedQueue: EmbedQueue | undefined;
  #searcher: Searcher | undefined;
  /** Undefined: off. */
  #reranking: Reranking | undefined;
  #closed = false;

  constructor(platform: Platform, options: EngineOptions) {
    this.#platform = platform;
    this.#options = options;
    this.#profiles = new Profiles(platform);
    this.#folders = new OpenFolders({
      storage: platform.storage,
      open: async (spec) => this.#openIndex(spec),
      onOpened: async (folder) => this.#onOpened(folder),
    });
    const { clock, logger } = platform;
    this.#history = new MetricsHistory({ clock, logger, measure: async () => this.metrics() });
    this.#metrics = new EngineMetrics(
      clock,
      () => platform.createHistogram(),
      options.keepsHistory === true ? () => this.#history.touch() : undefined,
    );
    this.#stores = new SharedStores({
      platform,
      directory: options.cacheDir,
      config: () => this.#config,
      roots: () => this.#folders.roots,
    });
    this.#provider = new ConfiguredProvider(platform, this.#metrics, options.cacheDir);
    this.#memory = new MemoryGovernor({
      measure: async () => memoryUse({ platform, folders: this.#folders.all, provider: this.#provider.current }),
      config: () => this.#config.memory,
      clock: platform.clock,
      logger: platform.logger,
      trim: () => this.#trimMemory(),
      onChanged: () => this.#events.emit('statusChanged', {}),
    });
  }

  /** Subscribes to an event; returns the function that ends it. */
  on<E extends keyof EngineEvents>(event: E, listener: (payload: EngineEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  async configure(
    config: EngineConfig,
    credentials: Credentials,
    permissions: Permissions,
    signal?: AbortSignal,
  ): Promise<void> {
    throwIfAborted(signal);
    this.#assertOpen();
    this.#config = config;
    this.#platform.chunker.configure(config.parsing, this.#metrics);
    const { fetch, clock, logger } = this.#platform;
    const dependencies = { fetch, clock, logger, metrics: this.#metrics };
    this.#reranking = createReranking(config, credentials, permissions, dependencies);
    // What was allowed before may not be any more, also if the rest of the configuration turns out to be wrong.
    this.#searcher = undefined;
    await this.#provider.configure(config.embedding, credentials, permissions);
    await this.#providerChanged();
    this.#disposeUnused();
  }

  async openFolder(spec: FolderSpec, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.#assertOpen();
    await this.#folders.open(spec);
  }

  async closeFolder(folderId: string): Promise<void> {
    await this.#folders.close(folderId);
  }

  async index(folderId: string, signal?: AbortSignal): Promise<IndexReport> {
    const report = await (await this.#writable(folderId)).index(signal);
    this.#disposeUnused();
    const { modelError } = this.#provider;
    return modelError === undefined ? report : { error: failureOf(modelError), ...report };
  }

  async applyChanges(folderId: string, changes: readonly FileChange[], signal?: AbortSignal): Promise<IndexReport> {
    return (await this.#writable(folderId)).applyChanges(changes, signal);
  }

  async updateDocument(folderId: string, update: DocumentUpdate, signal?: AbortSignal): Promise<void> {
    await (await this.#writable(folderId)).updateDocument(update, signal);
  }

  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    throwIfAborted(signal);
    return (await this.#ensureSearcher()).search(request, signal);
  }

  async findSimilar(request: SimilarRequest, signal?: AbortSignal): Promise<SearchResponse> {
    throwIfAborted(signal);
    return (await this.#ensureSearcher()).findSimilar(request, signal);
  }

  async findDuplicates(request: DuplicatesRequest, signal?: AbortSignal): Promise<DuplicatesReport> {
    throwIfAborted(signal);
    const folders = (): readonly FolderIndex[] =>
      this.#openFolders().filter(({ folder }) => isFolderWanted(request.filter, folder.folderId));
    const onStep = (step: Phrase): void => this.#events.emit('activity', { call: 'duplicates', step });
    return findDuplicates(request, { folders, clock: this.#platform.clock, onStep }, signal);
  }

  async chunks(folderId: string, path: RelativePath): Promise<FileChunks> {
    const folder = this.#folder(folderId);
    await folder.refresh();
    const { catalogue, reported } = folder;
    return fileChunks(catalogue.database, path, reported?.tier, this.#config.embedding.documentPrefix);
  }

  async status(signal?: AbortSignal): Promise<EngineStatus> {
    throwIfAborted(signal);
    const cache = await this.#stores.cache();
    const folders = await Promise.all(this.#folders.all.map((folder) => folder.status()));
    const provider = this.#provider.status();
    const reranker = this.#reranking?.status();
    return {
      folders,
      cache: { ...cache.stats(), maxBytes: this.#config.cache.maxBytes },
      provider,
      spending: (await this.#stores.spending()).status(),
      memory: await this.#memory.status(),
      ...(reranker === undefined ? {} : { reranker }),
    };
  }

  async health(signal?: AbortSignal): Promise<HealthReport> {
    throwIfAborted(signal);
    this.#assertOpen();
    const { storage, clock } = this.#platform;
    const folders = this.#folders.all;
    const reranker = this.#reranking?.status();
    return checkHealth({ folders, provider: this.#provider.status(), reranker, storage, clock });
  }

  async checkRecall(folderId: string, signal?: AbortSignal): Promise<RecallStats | undefined> {
    throwIfAborted(signal);
    return this.#folder(folderId).answering?.tier.checkRecall(signal);
  }

  async files(folderId: string): Promise<readonly FileEntry[]> {
    return Promise.resolve(this.#folder(folderId).files());
  }

  async why(folderId: string, path: RelativePath): Promise<WhyReport> {
    return this.#folder(folderId).why(path);
  }

  async metrics(): Promise<MetricsSnapshot> {
    await gaugeEngine(this.#metrics, {
      platform: this.#platform,
      folders: this.#folders.all,
      cache: await this.#stores.openedCache,
      provider: this.#provider.current,
    });
    return this.#metrics.snapshot();
  }

  async history(sinceMs: number): Promise<readonly HistorySample[]> {
    return Promise.resolve(this.#history.since(sinceMs));
  }

  async benchmark(directory: string, signal?: AbortSignal): Promise<BenchmarkReport> {
    throwIfAborted(signal);
    this.#assertOpen();
    try {
      return await this.#platform.benchmark({
        directory,
        onPart: (step) => this.#events.emit('activity', { call: 'benchmark', step }),
        signal: signal ?? new AbortController().signal,
      });
    } finally {
      // It had the chunker for itself.
      this.#platform.chunker.configure(this.#config.parsing, this.#metrics);
    }
  }

  async startProfile(kind: ProfileKind, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.#assertOpen();
    await this.#profiles.start(kind);
  }

  async stopProfile(kind: ProfileKind, path: string): Promise<void> {
    this.#assertOpen();
    await this.#profiles.stop(kind, path);
  }

  async probe(signal = new AbortController().signal): Promise<EndpointProbe> {
    throwIfAborted(signal);
    this.#assertOpen();
    const probe = await this.#provider.probe(signal, (step) => this.#events.emit('activity', { call: 'probe', step }));
    // What is under way goes on with the former provider, which is disposed of when nothing needs it any more.
    await this.#providerChanged();
    (await this.#stores.spending()).recordApart(probe.model, probe.spent.requests, probe.spent.tokens);
    this.#events.emit('statusChanged', {});
    return probe;
  }

  async testEndpoint(
    config: EmbeddingConfig,
    credentials: Credentials,
    signal = new AbortController().signal,
  ): Promise<EndpointTest> {
    throwIfAborted(signal);
    this.#assertOpen();
    const test = await this.#provider.test(config, credentials, signal);
    (await this.#stores.spending()).recordApart(test.model, 1, test.tokens);
    return test;
  }

  async plan(request: PlanRequest, signal?: AbortSignal): Promise<IndexingPlan> {
    throwIfAborted(signal);
    const { catalogue } = this.#folder(request.folderId);
    const { embedding: config = this.#config.embedding } = request;
    const provider = await this.#provider.forPlan(config);
    const { clock } = this.#platform;
    try {
      return await planIndexing(
        request,
        { catalogue, cache: await this.#stores.cache(), clock, provider, config },
        signal,
      );
    } finally {
      if (provider !== this.#provider.current) provider.dispose();
    }
  }

  async clear(folderId: string): Promise<void> {
    this.#assertOpen();
    await this.#folders.clear(folderId);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#history.close();
    await this.#profiles.dispose();
    await this.#folders.closeAll();
    this.#provider.dispose();
    await this.#stores.close();
    await this.#platform.chunker.dispose();
    this.#events.clear();
  }

  async #openIndex(spec: FolderSpec): Promise<FolderIndex> {
    await this.#provider.settled();
    const cache = await this.#stores.cache();
    this.#embedQueue ??= new EmbedQueue(cache, this.#metrics, this.#platform.clock, this.#memory);
    return FolderIndex.open(spec, {
      memory: this.#memory,
      platform: this.#platform,
      metrics: this.#metrics,
      cache,
      spending: await this.#stores.spending(),
      embedQueue: this.#embedQueue,
      config: () => this.#config,
      checksRecall: this.#options.checksRecall ?? false,
      emit: (event, payload) => this.#events.emit(event, payload),
    });
  }

  async #onOpened(folder: FolderIndex): Promise<void> {
    await folder.configure(this.#provider.current);
    this.#events.emit('statusChanged', { folderId: folder.folder.folderId });
  }

  async #providerChanged(): Promise<void> {
    this.#searcher = undefined;
    for (const folder of this.#folders.all) await folder.configure(this.#provider.current);
  }

  #disposeUnused(): void {
    this.#provider.disposeUnused(new Set(this.#folders.all.flatMap(({ providers }) => [...providers])));
  }

  /** Lets go of what can be had again. */
  #trimMemory(): void {
    for (const part of [this.#searcher, this.#reranking, this.#platform.chunker]) part?.trimMemory();
    for (const { catalogue } of this.#folders.all) catalogue.database.shrinkMemory();
    this.#stores.shrinkMemory();
  }

  async #ensureSearcher(): Promise<Searcher> {
    this.#assertOpen();
    const cache = await this.#stores.cache();
    this.#searcher ??= new Searcher({
      folders: () => this.#openFolders(),
      cache,
      spending: await this.#stores.spending(),
      clock: this.#platform.clock,
      metrics: this.#metrics,
      config: this.#config,
      withheld: this.#provider.unusable,
      reranking: this.#reranking,
    });
    return this.#searcher;
  }

  #openFolders(): readonly FolderIndex[] {
    this.#assertOpen();
    return this.#folders.all;
  }

  async #writable(folderId: string): Promise<FolderIndex> {
    this.#assertOpen();
    return this.#folders.writable(folderId);
  }

  #folder(folderId: string): FolderIndex {
    this.#assertOpen();
    return this.#folders.get(folderId);
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('ChannelClosed', phrase`The engine was closed.`);
  }
}

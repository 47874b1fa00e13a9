import type { BenchmarkReport } from '../protocol/benchmark.ts';
import { defaultConfig, type EngineConfig } from '../protocol/config.ts';
import { AppError, throwIfAborted, toAppError } from '../protocol/errors.ts';
import type {
  Credentials,
  DocumentUpdate,
  EngineApi,
  EngineEvents,
  FolderSpec,
  Permissions,
  SimilarRequest,
} from '../protocol/engineApi.ts';
import type { HistorySample, MetricsSnapshot } from '../protocol/metrics.ts';
import type {
  EngineStatus,
  FileChange,
  FileEntry,
  HealthReport,
  IndexReport,
  ProviderStatus,
  RelativePath,
  SearchRequest,
  SearchResponse,
  WhyReport,
} from '../protocol/types.ts';
import { EmbeddingCache } from './embedding/embeddingCache.ts';
import { createLocalProvider } from './embedding/local/localProvider.ts';
import { createOpenAiProvider } from './embedding/openAiProvider.ts';
import { EmbedQueue } from './indexing/embedQueue.ts';
import { lockedError } from './indexing/fileQueue.ts';
import { FolderIndex } from './indexing/folderIndex.ts';
import { checkHealth } from './health.ts';
import { EngineMetrics } from './metrics/engineMetrics.ts';
import { MetricsHistory } from './metrics/metricsHistory.ts';
import type { EmbeddingProvider, Metrics, Platform } from './ports.ts';
import { counts } from './store/report.ts';
import { Searcher } from './search/searcher.ts';

export interface EngineOptions {
  /** Directory of the embedding cache, shared by all folders, windows and processes. */
  readonly cacheDir: string;
}

type Listener<E extends keyof EngineEvents> = (payload: EngineEvents[E]) => void;

/**
 * The engine: everything the product does apart from showing it. Runs in a worker thread of the editor and directly in
 * the command line, in bench/ and in tests.
 */
export class Engine implements EngineApi {
  readonly #platform: Platform;
  readonly #options: EngineOptions;
  readonly #metrics: Metrics;
  readonly #history: MetricsHistory;
  readonly #folders = new Map<string, FolderIndex>();
  readonly #listeners = new Map<keyof EngineEvents, Set<(payload: never) => void>>();
  #config: EngineConfig = defaultConfig;
  #withheld: AppError | undefined;
  #provider: EmbeddingProvider | undefined;
  /** Why the embedded model cannot be used. */
  #modelError: AppError | undefined;
  #configuring: Promise<unknown> = Promise.resolve();
  #retired: EmbeddingProvider[] = [];
  #cache: Promise<EmbeddingCache> | undefined;
  #embedQueue: EmbedQueue | undefined;
  #searcher: Searcher | undefined;
  #closed = false;

  constructor(platform: Platform, options: EngineOptions) {
    this.#platform = platform;
    this.#options = options;
    const { clock, logger } = platform;
    this.#history = new MetricsHistory({ clock, logger, measure: async () => this.metrics() });
    this.#metrics = new EngineMetrics(
      clock,
      () => platform.createHistogram(),
      () => this.#history.touch(),
    );
  }

  /** Subscribes to an event; returns the function that ends it. */
  on<E extends keyof EngineEvents>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
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
    this.#withheld =
      config.embedding.provider !== 'embedded' && !permissions.remoteProvider
        ? new AppError(
            'WorkspaceUntrusted',
            'this workspace is not trusted, so nothing is sent to the embedding provider.',
          )
        : undefined;
    const turn = this.#configuring.then(async () => this.#changeProvider(config, credentials));
    this.#configuring = turn.catch(() => undefined);
    await turn;
    for (const folder of this.#folders.values()) await folder.configure(this.#provider);
    this.#disposeRetired();
  }

  async openFolder(spec: FolderSpec, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.#assertOpen();
    if (this.#folders.has(spec.folderId)) return;
    await this.#configuring;
    const cache = await this.#openCache();
    this.#embedQueue ??= new EmbedQueue(cache, this.#metrics, this.#platform.clock);
    const folder = await FolderIndex.open(spec, {
      platform: this.#platform,
      metrics: this.#metrics,
      cache,
      embedQueue: this.#embedQueue,
      config: () => this.#config,
      emit: (event, payload) => this.#emit(event, payload),
    });
    this.#folders.set(spec.folderId, folder);
    await folder.configure(this.#provider);
    this.#emit('statusChanged', { folderId: spec.folderId });
  }

  async closeFolder(folderId: string): Promise<void> {
    const folder = this.#folders.get(folderId);
    this.#folders.delete(folderId);
    await folder?.close();
  }

  async index(folderId: string, signal?: AbortSignal): Promise<IndexReport> {
    const report = await (await this.#writableFolder(folderId)).index(signal);
    this.#disposeRetired();
    const { code, message } = this.#modelError ?? {};
    return code === undefined || message === undefined ? report : { error: { code, message }, ...report };
  }

  async applyChanges(folderId: string, changes: readonly FileChange[], signal?: AbortSignal): Promise<IndexReport> {
    return (await this.#writableFolder(folderId)).applyChanges(changes, signal);
  }

  async updateDocument(folderId: string, update: DocumentUpdate, signal?: AbortSignal): Promise<void> {
    await (await this.#writableFolder(folderId)).updateDocument(update, signal);
  }

  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    throwIfAborted(signal);
    return (await this.#ensureSearcher()).search(request, signal);
  }

  async findSimilar(request: SimilarRequest, signal?: AbortSignal): Promise<SearchResponse> {
    throwIfAborted(signal);
    return (await this.#ensureSearcher()).findSimilar(request, signal);
  }

  async status(signal?: AbortSignal): Promise<EngineStatus> {
    throwIfAborted(signal);
    const cache = await this.#openCache();
    const folders = await Promise.all([...this.#folders.values()].map((folder) => folder.status()));
    const provider = this.#providerStatus();
    return { folders, cache: { ...cache.stats(), maxBytes: this.#config.cache.maxBytes }, provider };
  }

  async health(signal?: AbortSignal): Promise<HealthReport> {
    throwIfAborted(signal);
    this.#assertOpen();
    const { storage, clock } = this.#platform;
    return checkHealth({ folders: [...this.#folders.values()], provider: this.#providerStatus(), storage, clock });
  }

  async files(folderId: string): Promise<readonly FileEntry[]> {
    return Promise.resolve(this.#folder(folderId).files());
  }

  async why(folderId: string, path: RelativePath): Promise<WhyReport> {
    return this.#folder(folderId).why(path);
  }

  async metrics(): Promise<MetricsSnapshot> {
    const { rssBytes, heapBytes, buffersBytes } = this.#platform.memory();
    this.#metrics.gauge('engineRssBytes', rssBytes);
    this.#metrics.gauge('jsHeapBytes', heapBytes);
    this.#metrics.gauge('jsBuffersBytes', buffersBytes);
    this.#metrics.gauge('parserRssBytes', this.#platform.chunker.memoryBytes());
    this.#provider?.updateGauges();
    let wasmBytes = this.#provider?.memoryBytes ?? 0;
    let sqliteBytes = (await this.#cache)?.memoryBytes ?? 0;
    let queueFiles = 0;
    let queueChunks = 0;
    for (const { catalogue, answering } of this.#folders.values()) {
      wasmBytes += (await answering?.tier.index?.stats())?.bytes ?? 0;
      sqliteBytes += catalogue.database.memoryBytes();
      queueFiles += counts(catalogue.database, undefined).pending;
      if (answering !== undefined) queueChunks += catalogue.ledger.countPendingChunks(answering.tier.spaceRow);
    }
    this.#metrics.gauge('wasmBytes', wasmBytes);
    this.#metrics.gauge('sqliteCacheBytes', sqliteBytes);
    this.#metrics.gauge('queueFiles', queueFiles);
    this.#metrics.gauge('queueChunks', queueChunks);
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
        onPart: (part) => this.#emit('benchmarkPart', part),
        signal: signal ?? new AbortController().signal,
      });
    } finally {
      // It had the chunker for itself.
      this.#platform.chunker.configure(this.#config.parsing, this.#metrics);
    }
  }

  async clear(folderId: string): Promise<void> {
    const spec = this.#folder(folderId).folder;
    await this.#writableFolder(folderId);
    await this.closeFolder(folderId);
    const { storage } = this.#platform;
    // Only what the engine wrote: the directory may have been chosen by the user.
    for (const name of await storage.list(spec.indexDir)) {
      if (/^(catalogue\.db|vectors-)/u.test(name)) await storage.remove(storage.join(spec.indexDir, name));
    }
    await this.openFolder(spec);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#history.close();
    await Promise.all([...this.#folders.keys()].map((folderId) => this.closeFolder(folderId)));
    this.#provider?.dispose();
    for (const provider of this.#retired) provider.dispose();
    if (this.#cache !== undefined) (await this.#cache).close();
    await this.#platform.chunker.dispose();
    this.#listeners.clear();
  }

  #providerStatus(): ProviderStatus {
    return (
      this.#provider?.status() ?? {
        id: this.#config.embedding.provider,
        state: this.#modelError === undefined ? 'none' : 'error',
        ...(this.#unusable === undefined ? {} : { message: this.#unusable.message }),
        requests: 0,
        tokens: 0,
        retries: 0,
      }
    );
  }

  /** Why the provider that is configured cannot be asked. */
  get #unusable(): AppError | undefined {
    return this.#withheld ?? this.#modelError;
  }

  async #changeProvider(config: EngineConfig, credentials: Credentials): Promise<void> {
    const provider = await this.#createProvider(config, credentials);
    if (this.#provider !== undefined && this.#provider !== provider) this.#retired.push(this.#provider);
    this.#provider = provider;
    this.#searcher = undefined;
  }

  async #createProvider(config: EngineConfig, credentials: Credentials): Promise<EmbeddingProvider | undefined> {
    this.#modelError = undefined;
    switch (config.embedding.provider) {
      case 'embedded':
        return this.#provider?.space.provider === 'embedded' ? this.#provider : this.#openLocalProvider();
      case 'openai': {
        if (this.#withheld !== undefined) return undefined;
        const { fetch, clock, logger, hasher } = this.#platform;
        return createOpenAiProvider(config.embedding, credentials, {
          fetch,
          clock,
          logger,
          hasher,
          metrics: this.#metrics,
        });
      }
    }
  }

  /** Without the model's files search goes on by words, and says why. */
  async #openLocalProvider(): Promise<EmbeddingProvider | undefined> {
    const { clock, hasher, logger, loadModel } = this.#platform;
    try {
      return createLocalProvider(await loadModel(), { clock, hasher, metrics: this.#metrics });
    } catch (error) {
      this.#modelError = toAppError(error);
      const { code, message } = this.#modelError;
      logger.log({ level: 'error', message: 'The embedded model cannot be used', fields: { code, error: message } });
      return undefined;
    }
  }

  /** A provider of the former space still embeds queries while that space's vectors answer. */
  #disposeRetired(): void {
    const inUse = new Set([...this.#folders.values()].map(({ answering }) => answering?.provider));
    this.#retired = this.#retired.filter((provider) => {
      if (inUse.has(provider)) return true;
      provider.dispose();
      return false;
    });
  }

  async #openCache(): Promise<EmbeddingCache> {
    this.#cache ??= EmbeddingCache.open(this.#platform.storage, this.#options.cacheDir, {
      hasher: this.#platform.hasher,
      clock: this.#platform.clock,
      logger: this.#platform.logger,
      maxBytes: this.#config.cache.maxBytes,
    });
    return await this.#cache;
  }

  async #ensureSearcher(): Promise<Searcher> {
    this.#assertOpen();
    const cache = await this.#openCache();
    this.#searcher ??= new Searcher({
      folders: () => [...this.#folders.values()],
      cache,
      clock: this.#platform.clock,
      metrics: this.#metrics,
      config: this.#config,
      withheld: this.#unusable,
    });
    return this.#searcher;
  }

  #folder(folderId: string): FolderIndex {
    this.#assertOpen();
    const folder = this.#folders.get(folderId);
    if (folder === undefined)
      throw new AppError('FolderNotOpen', 'The folder is not open in the engine.', { data: { folderId } });
    return folder;
  }

  /** The folder for writing: when another process had it and is gone, it is opened anew as its writer. */
  async #writableFolder(folderId: string): Promise<FolderIndex> {
    const folder = this.#folder(folderId);
    if (folder.isWriter) return folder;
    const probe = await this.#platform.storage.acquireWriter(folder.folder.indexDir);
    if (probe === undefined) {
      throw lockedError();
    }
    probe.release();
    await this.closeFolder(folderId);
    await this.openFolder(folder.folder);
    return this.#folder(folderId);
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('ChannelClosed', 'The engine was closed.');
  }

  #emit<E extends keyof EngineEvents>(event: E, payload: EngineEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as Listener<E>)(payload);
  }
}

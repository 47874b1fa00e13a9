import type { Clock, Fetch } from '../core/ports.ts';
import type { BenchmarkReport } from '../protocol/benchmark.ts';
import type { FileChunks } from '../protocol/chunks.ts';
import type { EmbeddingConfig, EngineConfig } from '../protocol/config.ts';
import type { EndpointTest, IndexingPlan, PlanRequest } from '../protocol/costs.ts';
import type { DuplicatesReport, DuplicatesRequest } from '../protocol/duplicates.ts';
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
import { engineEvents } from '../protocol/engineApi.ts';
import { AppError, ChannelClosedError, throwIfAborted, toAppError } from '../protocol/errors.ts';
import { phrase } from '../protocol/phrase.ts';
import type { HostApi } from '../protocol/hostApi.ts';
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
import { type CallArguments, Channel } from '../rpc/channel.ts';
import { serveFetch } from '../rpc/fetchBridge.ts';
import { abortable } from '../util/abortable.ts';
import { EventHub } from '../util/eventHub.ts';
import type { EngineProcess } from './engineWorker.ts';

/** After this many crashes in a row the engine is paused. */
const maxCrashesInRow = 3;
const pauseMs = 30_000;
/** An engine that ran this long before it crashed begins a new row. */
const stableRunMs = 60_000;
/** How long {@link EngineClient.close} waits; VS Code gives all extensions together 5 s. */
const closeTimeoutMs = 3_000;

export interface EngineCrash {
  readonly cause: unknown;
  readonly crashesInRow: number;
  /** How long the engine stays down now; 0 = it restarts with the next call. */
  readonly pausedMs: number;
  /** The first pause of this row of crashes: worth telling the user once. */
  readonly isFirstPause: boolean;
}

export interface EngineClientOptions {
  readonly start: () => EngineProcess;
  /** Sends the engine's HTTP requests. */
  readonly fetch: Fetch;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly onCrash: (crash: EngineCrash) => void;
}

interface Connection {
  readonly channel: Channel<EngineApi & object, EngineEvents>;
  readonly process: EngineProcess;
  readonly startedMs: number;
  /** Settles (never rejects) when the engine has the newest configuration. */
  configured: Promise<void>;
  /** The folders this engine was told to open. */
  readonly folders: Map<string, Opening>;
}

interface Opening {
  readonly done: Promise<void>;
  failed: boolean;
}

/**
 * The engine for callers in another thread. It is started by the first call that needs it; when it dies, pending calls
 * reject with ChannelClosedError and the next one starts it again with the same configuration and folders. Three crashes
 * in a row pause it for 30 s: calls then reject with `EngineCrashed`.
 */
export class EngineClient implements EngineApi {
  readonly #options: EngineClientOptions;
  readonly #events = new EventHub<EngineEvents>();
  readonly #folders = new Map<string, FolderSpec>();
  #configuration: CallArguments<Parameters<EngineApi['configure']>> | undefined;
  #connection: Connection | undefined;
  #crashesInRow = 0;
  #pausedUntilMs = 0;
  #closed = false;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  /** Subscribes to an event of the engine, across its restarts; returns the function that ends it. */
  on<E extends keyof EngineEvents>(event: E, listener: (payload: EngineEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Before the engine runs, this only remembers: the configuration is sent when it starts. */
  async configure(
    config: EngineConfig,
    credentials: Credentials,
    permissions: Permissions,
    signal?: AbortSignal,
  ): Promise<void> {
    this.#configuration = [config, credentials, permissions];
    if (this.#connection !== undefined) await this.#configure(this.#connection, signal);
  }

  async openFolder(folder: FolderSpec, signal?: AbortSignal): Promise<void> {
    this.#folders.set(folder.folderId, folder);
    const connection = this.#connect();
    await abortable(this.#openFolder(connection, folder.folderId, true), signal);
  }

  async closeFolder(folderId: string, signal?: AbortSignal): Promise<void> {
    this.#folders.delete(folderId);
    const connection = this.#connection;
    if (connection?.folders.delete(folderId)) await connection.channel.call('closeFolder', [folderId], signal);
  }

  async index(folderId: string, signal?: AbortSignal): Promise<IndexReport> {
    return (await this.#folder(folderId, signal)).call('index', [folderId], signal);
  }

  async applyChanges(folderId: string, changes: readonly FileChange[], signal?: AbortSignal): Promise<IndexReport> {
    return (await this.#folder(folderId, signal)).call('applyChanges', [folderId, changes], signal);
  }

  async updateDocument(folderId: string, update: DocumentUpdate, signal?: AbortSignal): Promise<void> {
    await (await this.#folder(folderId, signal)).call('updateDocument', [folderId, update], signal);
  }

  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    return (await this.#ready(signal)).call('search', [request], signal);
  }

  async findSimilar(request: SimilarRequest, signal?: AbortSignal): Promise<SearchResponse> {
    await this.#folder(request.folderId, signal);
    return (await this.#ready(signal)).call('findSimilar', [request], signal);
  }

  async findDuplicates(request: DuplicatesRequest, signal?: AbortSignal): Promise<DuplicatesReport> {
    return (await this.#ready(signal)).call('findDuplicates', [request], signal);
  }

  async chunks(folderId: string, path: RelativePath, signal?: AbortSignal): Promise<FileChunks> {
    await this.#folder(folderId, signal);
    return (await this.#ready(signal)).call('chunks', [folderId, path], signal);
  }

  async status(signal?: AbortSignal): Promise<EngineStatus> {
    return (await this.#ready(signal)).call('status', [], signal);
  }

  async health(signal?: AbortSignal): Promise<HealthReport> {
    return (await this.#ready(signal)).call('health', [], signal);
  }

  async checkRecall(folderId: string, signal?: AbortSignal): Promise<RecallStats | undefined> {
    return (await this.#folder(folderId, signal)).call('checkRecall', [folderId], signal);
  }

  async benchmark(directory: string, signal?: AbortSignal): Promise<BenchmarkReport> {
    return (await this.#ready(signal)).call('benchmark', [directory], signal);
  }

  async startProfile(kind: ProfileKind, signal?: AbortSignal): Promise<void> {
    await (await this.#ready(signal)).call('startProfile', [kind], signal);
  }

  async stopProfile(kind: ProfileKind, path: string, signal?: AbortSignal): Promise<void> {
    await (await this.#ready(signal)).call('stopProfile', [kind, path], signal);
  }

  async probe(signal?: AbortSignal): Promise<EndpointProbe> {
    return (await this.#ready(signal)).call('probe', [], signal);
  }

  async testEndpoint(config: EmbeddingConfig, credentials: Credentials, signal?: AbortSignal): Promise<EndpointTest> {
    return (await this.#ready(signal)).call('testEndpoint', [config, credentials], signal);
  }

  async plan(request: PlanRequest, signal?: AbortSignal): Promise<IndexingPlan> {
    return (await this.#folder(request.folderId, signal)).call('plan', [request], signal);
  }

  async files(folderId: string, signal?: AbortSignal): Promise<readonly FileEntry[]> {
    return (await this.#folder(folderId, signal)).call('files', [folderId], signal);
  }

  async why(folderId: string, path: RelativePath, signal?: AbortSignal): Promise<WhyReport> {
    return (await this.#folder(folderId, signal)).call('why', [folderId, path], signal);
  }

  async metrics(signal?: AbortSignal): Promise<MetricsSnapshot> {
    return (await this.#ready(signal)).call('metrics', [], signal);
  }

  async history(sinceMs: number, signal?: AbortSignal): Promise<readonly HistorySample[]> {
    return (await this.#ready(signal)).call('history', [sinceMs], signal);
  }

  async clear(folderId: string, signal?: AbortSignal): Promise<void> {
    await (await this.#folder(folderId, signal)).call('clear', [folderId], signal);
  }

  /** Waits up to 3 s for a clean end, then ends the engine anyway. */
  async close(): Promise<void> {
    this.#closed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    const { channel, process } = connection;
    const waiting = new AbortController();
    const closing = channel.call('close', []).catch(() => undefined);
    const timeout = this.#options.clock.sleep(closeTimeoutMs, waiting.signal).catch(() => undefined);
    await Promise.race([closing, timeout]);
    waiting.abort();
    await process.terminate();
  }

  /** The channel to an engine that has its configuration and its folders, as far as they can be opened. */
  async #ready(signal: AbortSignal | undefined): Promise<Connection['channel']> {
    throwIfAborted(signal);
    const connection = this.#connect();
    const opening = [...this.#folders.keys()].map((folderId) => this.#openFolder(connection, folderId, false));
    await abortable(Promise.allSettled([connection.configured, ...opening]), signal);
    return connection.channel;
  }

  /** As {@link #ready}, for a call about one folder: rejects with the reason why that folder cannot be opened. */
  async #folder(folderId: string, signal: AbortSignal | undefined): Promise<Connection['channel']> {
    throwIfAborted(signal);
    const connection = this.#connect();
    await abortable(this.#openFolder(connection, folderId, true), signal);
    return connection.channel;
  }

  #connect(): Connection {
    if (this.#closed) throw new ChannelClosedError('The search engine');
    if (this.#connection !== undefined) return this.#connection;
    const { clock, fetch, start } = this.#options;
    const startedMs = clock.monotonicMs();
    const retryInMs = Math.ceil(this.#pausedUntilMs - startedMs);
    if (retryInMs > 0) throw pausedError(this.#crashesInRow, retryInMs);
    const process = start();
    const channel = new Channel<EngineApi & object, EngineEvents>(process.port, 'The search engine');
    channel.serve<HostApi>({ fetch: serveFetch(fetch) }, ['fetch']);
    for (const event of engineEvents) channel.on(event, (payload) => this.#events.emit(event, payload));
    const connection = { channel, process, startedMs, configured: Promise.resolve(), folders: new Map() };
    this.#connection = connection;
    channel.onClosed((cause) => this.#onClosed(connection, cause));
    this.#configure(connection).catch((error: unknown) => this.#warn('The engine refused its configuration', error));
    return connection;
  }

  async #configure(connection: Connection, signal?: AbortSignal): Promise<void> {
    if (this.#configuration === undefined) return;
    const call = connection.channel.call('configure', this.#configuration, signal);
    connection.configured = call.catch(() => undefined);
    await call;
  }

  /** Opens the folder once per engine; after a failure only when `retry` says so. */
  async #openFolder(connection: Connection, folderId: string, retry: boolean): Promise<void> {
    let opening = connection.folders.get(folderId);
    if (opening === undefined || (opening.failed && retry)) {
      opening = { done: this.#callOpenFolder(connection, folderId), failed: false };
      connection.folders.set(folderId, opening);
    }
    try {
      await opening.done;
    } catch (error) {
      if (!opening.failed) this.#warn('A folder could not be opened', error);
      opening.failed = true;
      throw error;
    }
  }

  async #callOpenFolder(connection: Connection, folderId: string): Promise<void> {
    const folder = this.#folders.get(folderId);
    if (folder === undefined) throw new AppError('FolderNotOpen', phrase`The folder ${folderId} is not open.`);
    await connection.configured;
    await connection.channel.call('openFolder', [folder]);
  }

  #onClosed(connection: Connection, cause: unknown): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    const now = this.#options.clock.monotonicMs();
    if (now - connection.startedMs >= stableRunMs) this.#crashesInRow = 0;
    this.#crashesInRow++;
    const pausedMs = this.#crashesInRow >= maxCrashesInRow ? pauseMs : 0;
    this.#pausedUntilMs = now + pausedMs;
    const isFirstPause = this.#crashesInRow === maxCrashesInRow;
    this.#options.onCrash({ cause, crashesInRow: this.#crashesInRow, pausedMs, isFirstPause });
  }

  #warn(message: string, error: unknown): void {
    const { code, message: reason } = toAppError(error);
    if (code !== 'ChannelClosed') this.#events.emit('log', { level: 'warn', message, fields: { code, reason } });
  }
}

function pausedError(crashes: number, retryInMs: number): AppError {
  const seconds = Math.ceil(retryInMs / 1_000);
  return new AppError(
    'EngineCrashed',
    phrase`The search engine stopped ${crashes} times in a row and is paused. Try again in ${seconds} s; the log says what happened.`,
    { data: { crashes, retryInMs } },
  );
}

import type { EngineStatus, Failure } from '../protocol/types.ts';
import type { SearchViewStatus, ViewNotice } from '../protocol/views.ts';
import { type Disposable, Emitter } from '../util/emitter.ts';
import type { Configuration } from './configuration.ts';
import { type EngineModel, sumCounts, sumProgress } from './engineModel.ts';
import type { Folders } from './folders.ts';
import type { Indexer } from './indexer.ts';
import { failedFilesNotice, healthNotice, noticeOf, pausedNotice } from './notices.ts';
import type { RemotePermission } from './remotePermission.ts';

export interface OverviewOptions {
  readonly model: EngineModel;
  readonly indexer: Indexer;
  readonly folders: Folders;
  readonly configuration: Configuration;
  readonly permission: RemotePermission;
}

/** How things stand, for everything that shows it: quick pick, search view, status bar. */
export class Overview {
  readonly #options: OverviewOptions;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(options: OverviewOptions) {
    this.#options = options;
    const fire = (): void => this.#changed.fire();
    const { model, indexer, folders, configuration } = options;
    this.#subscriptions = [
      model.onDidChange(fire),
      indexer.onDidChangeState(fire),
      folders.onDidOpen(fire),
      folders.onDidClose(fire),
      configuration.onDidChange(fire),
    ];
  }

  get status(): EngineStatus | undefined {
    return this.#options.model.status;
  }

  /** Ids of the languages of all folders, those of a folder from the most frequent on. */
  get languages(): readonly string[] {
    return [...new Set(this.status?.folders.flatMap(({ languages }) => languages))];
  }

  get isPaused(): boolean {
    return this.#options.indexer.isPaused;
  }

  /** In the form of the search view; the others show the same. */
  get search(): SearchViewStatus {
    const progress = sumProgress(this.#options.model.progress);
    const notice = this.notice;
    return { index: this.#index, ...(progress && { progress }), ...(notice && { notice }) };
  }

  /** The most important thing the user should know. */
  get notice(): ViewNotice | undefined {
    const { configuration, folders, permission } = this.#options;
    if (folders.all.length === 0) return undefined;
    const failure = this.failure;
    if (failure !== undefined) return noticeOf(failure);
    const health = this.#options.model.health;
    const wrong = health && healthNotice(health);
    if (wrong !== undefined) return wrong;
    const { embedding } = configuration.settings.engine;
    if (permission.isNeeded(embedding) && !permission.isGranted(embedding)) {
      return noticeOf({ code: 'WorkspaceUntrusted', message: '' });
    }
    if (this.isPaused) return pausedNotice();
    const open = this.status?.folders ?? [];
    if (sumCounts(open).failed > 0) return failedFilesNotice();
    if (open.some(({ leader }) => !leader)) return noticeOf({ code: 'IndexLocked', message: '' });
    return undefined;
  }

  /** The failure of a folder or of the provider that is not over yet. */
  get failure(): Failure | undefined {
    const failed = this.status?.folders.find(({ error }) => error !== undefined)?.error;
    if (failed !== undefined) return failed;
    const provider = this.status?.provider;
    if (provider?.state !== 'error') return undefined;
    const code = provider.id === 'embedded' ? 'ProviderInstallation' : 'ProviderResponse';
    return { code, message: provider.message ?? '', ...(provider.phrase && { phrase: provider.phrase }) };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get #index(): SearchViewStatus['index'] {
    const { folders, indexer, model } = this.#options;
    if (folders.all.length === 0) return 'noFolder';
    if (indexer.isIndexing || model.progress.length > 0) return 'indexing';
    const known = new Map(this.status?.folders.map((folder) => [folder.folderId, folder]));
    const isNew = folders.all.every(({ id }) => {
      const folder = known.get(id);
      // Until the engine has said otherwise there may well be an index: no invitation to make one.
      return folder === undefined ? folders.hasFailed(id) : folder.updatedAt === 0;
    });
    return isNew ? 'notIndexed' : 'ready';
  }
}

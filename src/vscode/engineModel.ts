import type { EngineApi, EngineEvents } from '../protocol/engineApi.ts';
import type { EngineStatus, FolderStatus, HealthReport, IndexCounts, IndexProgress } from '../protocol/types.ts';
import { type Disposable, Emitter } from '../util/emitter.ts';

/** The engine with its events, as {@link EngineClient} and the engine itself offer it. */
export interface ObservableEngine extends EngineApi {
  on<E extends keyof EngineEvents>(event: E, listener: (payload: EngineEvents[E]) => void): () => void;
}

/** Status is asked for at most this often; progress comes by itself. */
const idleIntervalMs = 150;
const busyIntervalMs = 1_000;
/** Health is asked for with a status, at most this often, and again after this long while something is wrong. */
const healthIntervalMs = 30_000;

/**
 * What the editor shows of the engine: its last status and the progress of its folders. Asks again when the engine says
 * that something changed; never starts the engine by itself.
 */
export class EngineModel {
  readonly #engine: ObservableEngine;
  readonly #changed = new Emitter<void>();
  readonly #progress = new Map<string, IndexProgress>();
  /** Those of {@link progress} whose work has ended. */
  readonly #ended = new Set<IndexProgress>();
  readonly #unsubscribe: readonly (() => void)[];
  #status: EngineStatus | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedMs = 0;
  #health: HealthReport | undefined;
  #isHealthOld = false;
  #healthTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  readonly onDidChange: (listener: () => void) => Disposable = this.#changed.event;

  constructor(engine: ObservableEngine) {
    this.#engine = engine;
    this.#unsubscribe = [
      engine.on('progress', (progress) => this.#onProgress(progress)),
      engine.on('statusChanged', () => this.refreshSoon()),
      engine.on('indexChanged', () => this.refreshSoon()),
    ];
  }

  /** Undefined until the engine has been asked for the first time. */
  get status(): EngineStatus | undefined {
    return this.#status;
  }

  /** As it was found last; undefined until the engine has been asked. */
  get health(): HealthReport | undefined {
    return this.#health;
  }

  /** The folders that work at this moment, and those of which the status does not say yet what came of it. */
  get progress(): readonly IndexProgress[] {
    return [...this.#progress.values()];
  }

  /** Whether a search by meaning has to ask a remote provider: there are vectors of one, or the engine has not said yet. */
  get asksNetwork(): boolean {
    return this.#status?.folders.some(({ vectors, space }) => vectors > 0 && space?.provider !== 'embedded') ?? true;
  }

  /** Asks the engine now. */
  async refresh(): Promise<EngineStatus> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#askedMs = performance.now();
    const ended = [...this.#ended];
    this.#ended.clear();
    try {
      this.#status = await this.#engine.status();
    } finally {
      for (const one of ended) if (this.#progress.get(one.folderId) === one) this.#progress.delete(one.folderId);
      // Not after the health, which asks the disk; and also when there is no status.
      if (ended.length > 0) this.#changed.fire();
    }
    await this.#checkHealth();
    this.#changed.fire();
    return this.#status;
  }

  /** Asks the engine soon, once for many calls. */
  refreshSoon(): void {
    if (this.#disposed || this.#timer !== undefined) return;
    const isBusy = this.progress.some((one) => !this.#ended.has(one));
    const intervalMs = isBusy ? busyIntervalMs : idleIntervalMs;
    const waitMs = Math.max(0, this.#askedMs + intervalMs - performance.now());
    // A status that cannot be had now (the engine stopped) is asked for after the next event.
    this.#timer = setTimeout(() => void this.refresh().catch(() => undefined), waitMs);
  }

  /** The engine stopped or a folder was closed: what was under way is not any more. */
  forget(folderId?: string): void {
    if (folderId === undefined) {
      this.#progress.clear();
      this.#forgetHealth();
    } else {
      this.#progress.delete(folderId);
    }
    this.#changed.fire();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#forgetHealth();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** Once for all changes of {@link healthIntervalMs}; what is wrong may pass without an event (room on the disk). */
  async #checkHealth(): Promise<void> {
    this.#isHealthOld = this.#healthTimer !== undefined;
    if (this.#isHealthOld || this.#disposed) return;
    this.#healthTimer = setTimeout(() => {
      this.#healthTimer = undefined;
      if (this.#isHealthOld || this.#health?.ok === false) this.refreshSoon();
    }, healthIntervalMs);
    this.#health = await this.#engine.health();
  }

  #forgetHealth(): void {
    clearTimeout(this.#healthTimer);
    this.#healthTimer = this.#health = undefined;
    this.#isHealthOld = false;
  }

  #onProgress(progress: IndexProgress): void {
    if (progress.phase !== 'idle') {
      this.#progress.set(progress.folderId, progress);
      this.#changed.fire();
      return;
    }
    const last = this.#progress.get(progress.folderId);
    if (last !== undefined) this.#ended.add(last);
    // Without the pause of busy times.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.refreshSoon();
  }
}

/** The counts of all folders together. */
export function sumCounts(folders: readonly FolderStatus[]): IndexCounts {
  const sum = { discovered: 0, indexed: 0, pending: 0, failed: 0, skipped: 0 };
  for (const { counts } of folders) {
    for (const name of Object.keys(sum) as (keyof IndexCounts)[]) sum[name] += counts[name];
  }
  return sum;
}

/** The work of all folders as one: the phase that is furthest behind, its units summed. Undefined when none works. */
export function sumProgress(progress: readonly IndexProgress[]): Omit<IndexProgress, 'folderId'> | undefined {
  const phase = (['discovering', 'chunking', 'embedding'] as const).find((name) =>
    progress.some((one) => one.phase === name),
  );
  if (phase === undefined) return undefined;
  const same = progress.filter((one) => one.phase === phase);
  const rates = same.flatMap(({ perSecond }) => (perSecond === undefined ? [] : [perSecond]));
  const remaining = same.flatMap(({ remainingMs }) => (remainingMs === undefined ? [] : [remainingMs]));
  return {
    phase,
    done: same.reduce((sum, { done }) => sum + done, 0),
    total: same.reduce((sum, { total }) => sum + total, 0),
    ...(rates.length === 0 ? {} : { perSecond: rates.reduce((sum, rate) => sum + rate, 0) }),
    ...(remaining.length === 0 ? {} : { remainingMs: Math.max(...remaining) }),
  };
}

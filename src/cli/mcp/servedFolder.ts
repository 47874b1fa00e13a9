import type { FolderSpec } from '../../protocol/engineApi.ts';
import { toAppError } from '../../protocol/errors.ts';
import type { FolderStatus, IndexProgress } from '../../protocol/types.ts';
import { indexNotes } from '../../util/agentNotes.ts';
import { abortable } from '../../util/abortable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { CliEngine } from '../environment.ts';
import { openFolder } from '../session.ts';

/** After a look for changes the next calls do without one for this long: agents ask several questions in a row. */
const restMs = 2_000;
/** A call waits for the very first index this long before it is answered from what is there. Clients give up after 60 s. */
const firstIndexWaitMs = 20_000;
/** A call waits this long for changes to be indexed, and for vectors once all files can be found by their words. */
const updateWaitMs = 3_000;
/** Without a call for this long the index is closed, so that other processes may write it; the next call opens it again. */
const defaultIdleMs = 30_000;

export interface ServedFolderOptions {
  readonly engine: CliEngine;
  readonly folder: FolderSpec;
  /** Done before each question, and waited for. Resolves with what an agent has to know. */
  readonly prepare?: (signal: AbortSignal) => Promise<readonly string[]>;
  /** Brings the index in line with the disk; undefined where another process does. Resolves with what an agent has to know. */
  readonly update?: (signal: AbortSignal) => Promise<readonly string[]>;
  /** {@link defaultIdleMs} when not given. */
  readonly idleMs?: number;
  /** Fires when the server ends. */
  readonly signal: AbortSignal;
}

/** One question of an agent. */
export interface Question {
  readonly signal: AbortSignal;
  /** How far the first index is, while the question waits for it. */
  readonly onProgress: (progress: IndexProgress) => void;
}

export interface Answer<T> {
  readonly value: T;
  /** What is known to be missing from it or stale, in English. */
  readonly notes: readonly string[];
}

/** Keeps the index of a folder open, and in line with the disk, while questions about it come in. */
export class ServedFolder {
  readonly #options: ServedFolderOptions;
  readonly #progressed = new Emitter<IndexProgress>();
  readonly #stopListening: () => void;
  #isOpen = true;
  #opening: Promise<void> = Promise.resolve();
  #update: Promise<readonly string[]> | undefined;
  /** Of the last update that ended. */
  #updateNotes: readonly string[] = [];
  #updatedMs = -Infinity;
  #progress: IndexProgress | undefined;
  #questions = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  /** The folder is open in the engine already. Starts to bring its index in line. */
  constructor(options: ServedFolderOptions) {
    this.#options = options;
    this.#stopListening = options.engine.on('progress', (progress) => {
      this.#progress = progress;
      this.#progressed.fire(progress);
    });
    this.#startUpdate();
  }

  get engine(): CliEngine {
    return this.#options.engine;
  }

  get folder(): FolderSpec {
    return this.#options.folder;
  }

  /** Undefined while nothing is indexed here. */
  get progress(): IndexProgress | undefined {
    return this.#update === undefined ? undefined : this.#progress;
  }

  /** Asks the engine once its index is open and as fresh as it can be had without a long wait. Rejects with AppError. */
  async answer<T>(ask: (signal: AbortSignal) => Promise<T>, question: Question): Promise<Answer<T>> {
    const signal = AbortSignal.any([question.signal, this.#options.signal]);
    this.#questions++;
    clearTimeout(this.#idleTimer);
    try {
      await abortable(this.#open(), signal);
      const prepared = (await this.#options.prepare?.(signal)) ?? [];
      await this.#freshen(signal, question.onProgress);
      const value = await ask(signal);
      return { value, notes: [...prepared, ...this.#updateNotes, ...indexNotes(await this.#folders(signal))] };
    } finally {
      this.#questions--;
      this.#closeLater();
    }
  }

  async status(signal: AbortSignal): Promise<FolderStatus | undefined> {
    return (await this.#folders(signal)).at(0);
  }

  dispose(): void {
    clearTimeout(this.#idleTimer);
    this.#stopListening();
  }

  async #folders(signal: AbortSignal): Promise<readonly FolderStatus[]> {
    return (await this.engine.status(signal)).folders;
  }

  async #open(): Promise<void> {
    if (!this.#isOpen) {
      this.#isOpen = true;
      const { engine, folder, signal } = this.#options;
      this.#opening = this.#afterOpening(async () => openFolder(engine, folder, signal));
      this.#opening.catch(() => (this.#isOpen = false));
    }
    await this.#opening;
  }

  #closeLater(): void {
    clearTimeout(this.#idleTimer);
    if (this.#questions > 0 || this.#update !== undefined || this.#options.signal.aborted) return;
    this.#idleTimer = setTimeout(() => {
      this.#isOpen = false;
      this.#opening = this.#afterOpening(async () => this.engine.closeFolder(this.folder.folderId));
      // What cannot be closed shows when it is opened again.
      this.#opening.catch(() => undefined);
    }, this.#options.idleMs ?? defaultIdleMs);
    this.#idleTimer.unref();
  }

  /** Opening and closing wait for each other; what failed before is no reason not to try. */
  async #afterOpening(next: () => Promise<void>): Promise<void> {
    await this.#opening.catch(() => undefined);
    await next();
  }

  /** One look at the disk at a time; a second question joins the first one's. */
  #startUpdate(): void {
    const { update, signal } = this.#options;
    if (update === undefined || this.#update !== undefined || performance.now() - this.#updatedMs < restMs) return;
    this.#update = update(signal)
      .catch((error: unknown) => [`The index could not be updated: ${toAppError(error).message}`])
      .then((notes) => {
        this.#updateNotes = notes;
        this.#updatedMs = performance.now();
        this.#update = undefined;
        this.#closeLater();
        return notes;
      });
  }

  /** Waits for changes to be indexed, and longer for the very first index. */
  async #freshen(signal: AbortSignal, onProgress: Question['onProgress']): Promise<void> {
    this.#startUpdate();
    const update = this.#update;
    if (update === undefined) return;
    const isFirst = (await this.status(signal))?.updatedAt === 0;
    const timer = new Deadline(isFirst ? firstIndexWaitMs : updateWaitMs);
    const listening = this.#progressed.event((progress) => {
      if (isFirst) onProgress(progress);
      if (isFirst && progress.phase === 'embedding') timer.shorten(updateWaitMs);
    });
    try {
      await abortable(Promise.race([update, timer.passed]), signal);
    } finally {
      listening.dispose();
      timer.dispose();
    }
  }
}

/** A time to wait until, which can be brought forward once. */
class Deadline {
  readonly passed: Promise<void>;
  readonly #pass: () => void;
  #timer: ReturnType<typeof setTimeout>;
  #isShortened = false;

  constructor(ms: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.passed = promise;
    this.#pass = resolve;
    this.#timer = setTimeout(resolve, ms);
  }

  /** `ms` from now instead. */
  shorten(ms: number): void {
    if (this.#isShortened) return;
    this.#isShortened = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#pass, ms);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

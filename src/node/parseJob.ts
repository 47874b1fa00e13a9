import type { ChunkedFile, ChunkRequest } from '../core/ports.ts';
import { CancelledError } from '../protocol/errors.ts';

/** One file on its way through the pool; settles once. */
export class ParseJob {
  readonly request: ChunkRequest;
  /** What the file's chunks depend on: its text, language and limits. */
  readonly contentKey: string;
  readonly result: Promise<ChunkedFile>;
  /** When it was queued last, on the monotonic clock. */
  queuedAtMs = performance.now();
  /** Why the grammar is to be left out; set when it killed a process. */
  withoutGrammar: ChunkedFile['fallbackReason'];
  /** Called when the signal fires first. */
  onCancel: () => void = () => undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  #resolve: (file: ChunkedFile) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #isSettled = false;

  constructor(request: ChunkRequest, contentKey: string, signal: AbortSignal | undefined) {
    this.request = request;
    this.contentKey = contentKey;
    this.#signal = signal;
    this.#onAbort = () => this.cancel();
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get documentKey(): string | undefined {
    return this.request.documentKey;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  resolve(file: ChunkedFile): void {
    if (this.#settle()) this.#resolve(file);
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** Rejects with CancelledError; a process that works on the file goes on, its answer is not waited for. */
  cancel(): void {
    if (!this.#settle()) return;
    this.onCancel();
    this.#reject(new CancelledError(this.#signal?.reason));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    // A signal outlives many files; it must not keep them.
    this.#signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { toAppError } from '../protocol/errors.ts';
import type { LogRecord } from '../protocol/engineApi.ts';
import type {
  ColouredTexts,
  SyntaxApi,
  SyntaxEvents,
  SyntaxSources,
  SyntaxText,
  SyntaxTheme,
  SyntaxThreadData,
} from '../protocol/syntax.ts';
import { Channel } from '../rpc/channel.ts';
import { abortable } from '../util/abortable.ts';
import { workerThreadPort } from './workerPort.ts';

/** JavaScript heap of the thread: three times what the grammars of thirty languages hold. */
const maxHeapMegabytes = 256;
/** Young generation: with 8 MB, the grammars of eleven languages take 142 MB in all instead of 197, and as long. */
const maxYoungMegabytes = 8;
/** A working thread is asked for a sign of life so long after the last one. */
const watchMs = 1_000;
/** A thread that died this often is not started again: snippets stay plain. */
const maxCrashes = 3;

export interface SyntaxThreadOptions {
  /** Entry of the thread. */
  readonly threadPath: string;
  readonly wasmPath: string;
  /** Asked when the thread starts. */
  readonly sources: () => SyntaxSources;
  /** Asked when the thread starts, and after {@link SyntaxThread.themeChanged}. */
  readonly theme: () => SyntaxTheme;
  readonly log: (record: LogRecord) => void;
  /** The thread ends when nothing was asked of it for so long. */
  readonly idleMs: number;
  /**
   * A thread that gives no sign of life for so long is ended: a regular expression of a grammar can take as good as forever.
   * One that has much to do gives one after each text.
   */
  readonly answerMs: number;
}

interface Connection {
  readonly channel: Channel<SyntaxApi & object, SyntaxEvents>;
  /** The thread has the sources and the newest theme. */
  ready: Promise<void>;
  /** Something was asked of the thread since the last sign of life was. */
  isAsked: boolean;
  isWatched: boolean;
  /** It gave no sign of life. */
  isStuck: boolean;
}

/** The thread that tokenizes, for the thread that shows: it starts with the first text and ends when it is idle. */
export class SyntaxThread {
  readonly #options: SyntaxThreadOptions;
  #connection: Connection | undefined;
  #crashes = 0;
  #working = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SyntaxThreadOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#connection !== undefined;
  }

  /** Rejects with ChannelClosedError when the thread dies or does not answer. Once it has died too often, no text has colours. */
  async colour(texts: readonly SyntaxText[], signal?: AbortSignal): Promise<ColouredTexts> {
    if (this.#crashes >= maxCrashes) return { palette: [], texts: texts.map(() => []) };
    clearTimeout(this.#idle);
    const connection = this.#connect();
    const { channel, ready } = connection;
    this.#working++;
    void this.#watch(connection);
    try {
      await abortable(ready, signal);
      return await channel.call('colour', [texts], signal);
    } finally {
      this.#working--;
      if (this.#working === 0) this.#idle = setTimeout(() => this.end(), this.#options.idleMs).unref();
    }
  }

  /** What is asked from now on has the colours of the new theme. */
  themeChanged(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    // The sources may still be on their way; that they failed is told to those who wait for `ready`.
    const sent = connection.ready.then(async () => connection.channel.call('setTheme', [this.#options.theme()]));
    connection.ready = sent;
    sent.catch(() => undefined);
  }

  /** Ends the thread; the next text starts another one, with the sources of then. */
  end(): void {
    clearTimeout(this.#idle);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.channel.close();
  }

  /** Cancelled calls end here at once, and say nothing about the thread: it is asked for a sign of life beside them. */
  async #watch(connection: Connection): Promise<void> {
    connection.isAsked = true;
    if (connection.isWatched) return;
    connection.isWatched = true;
    const { channel } = connection;
    while (connection.isAsked && !channel.isClosed) {
      await sleep(watchMs, undefined, { ref: false });
      connection.isAsked = this.#working > 0;
      const timer = setTimeout(() => {
        connection.isStuck = true;
        channel.close();
      }, this.#options.answerMs).unref();
      // Any answer is one: before the sources are there it is an error.
      await channel.call('colour', [[]]).catch(() => undefined);
      clearTimeout(timer);
    }
    connection.isWatched = false;
  }

  #connect(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    const { threadPath, wasmPath, sources, theme, log, answerMs } = this.#options;
    const workerData: SyntaxThreadData = { wasmPath };
    const worker = new Worker(threadPath, {
      workerData,
      name: 'codeweaver-syntax',
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes, maxYoungGenerationSizeMb: maxYoungMegabytes },
    });
    const channel = new Channel<SyntaxApi & object, SyntaxEvents>(workerThreadPort(worker), 'The syntax colouring');
    worker.unref(); // Nobody has to wait for colours. Listening has made the process wait again.
    channel.on('log', log);
    const ready = channel.call('setSources', [sources()]).then(async () => channel.call('setTheme', [theme()]));
    ready.catch(() => undefined); // Told to those who wait for it.
    const connection: Connection = { channel, ready, isAsked: false, isWatched: false, isStuck: false };
    channel.onClosed((cause) => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#crashes++;
      const message = `The syntax colouring stopped${this.#crashes < maxCrashes ? '' : ' and stays off until a reload'}`;
      const reason = connection.isStuck ? `No sign of life for ${answerMs / 1_000} s.` : toAppError(cause).message;
      log({ level: 'error', message, fields: { crashes: this.#crashes, reason } });
    });
    this.#connection = connection;
    return connection;
  }
}

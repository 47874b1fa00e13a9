import { type ChildProcess, fork } from 'node:child_process';
import type { ChunkedFile } from '../core/ports.ts';
import { ChannelClosedError } from '../protocol/errors.ts';
import type { ParserMessage, ParserOptions, ParserRequest, ParseTask } from './parserFrames.ts';

/** What of the process's complaints is kept for the log. Characters. */
const maxComplaint = 500;
/** How the error of a process that was killed for not answering begins. */
export const hangMessage = 'no answer';

export interface ParserProcessOptions {
  readonly parserPath: string;
  readonly parser: ParserOptions;
  /** Flags of the runtime. */
  readonly execArgv: readonly string[];
}

/** One parse process, working on one file at a time. */
export class ParserProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #waiting: { readonly id: number; resolve(file: ChunkedFile): void; reject(error: unknown): void } | undefined;
  #onReady: () => void = () => undefined;
  #nextId = 1;
  #isReady = false;
  #isEnded = false;
  #isDamaged = false;
  #isEndAwaited = false;
  #rssBytes = 0;
  #complaint = '';

  constructor({ parserPath, parser, execArgv }: ParserProcessOptions) {
    this.#child = fork(parserPath, [JSON.stringify(parser)], {
      serialization: 'advanced',
      execArgv: [...execArgv],
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.on('message', (message) => this.#receive(message as ParserMessage));
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#complaint = (this.#complaint + data.toString()).slice(-maxComplaint);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#end(error);
        // Without a process there is no exit.
        if (this.#child.pid === undefined) resolve();
      });
      this.#child.once('exit', (code, signal) => {
        this.#end(new Error(`exit ${signal ?? code ?? 'unknown'} ${this.#complaint}`.trim()));
        resolve();
      });
    });
    this.#keepsAlive(false);
  }

  /** It came up: whatever ends it later is not its start. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Its parser failed in the middle of its work: give it nothing more. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Resident size after the last file. */
  get rssBytes(): number {
    return this.#rssBytes;
  }

  /**
   * Rejects with ChannelClosedError when the process ends first. One call at a time. `hangMs` counts from when the
   * process has come up; then it is killed.
   */
  async chunk(task: ParseTask, hangMs: number): Promise<ChunkedFile> {
    const id = this.#nextId++;
    let hang: NodeJS.Timeout | undefined;
    const watch = (): void => {
      hang = setTimeout(() => this.#kill(new Error(`${hangMessage} within ${hangMs} ms`)), hangMs);
    };
    // While a file is being parsed the process must keep this one alive; idle it must not.
    this.#keepsAlive(true);
    try {
      return await new Promise<ChunkedFile>((resolve, reject) => {
        this.#waiting = { id, resolve, reject };
        this.#send({ type: 'chunk', id, task });
        if (this.#isReady) watch();
        else this.#onReady = watch;
      });
    } finally {
      this.#onReady = () => undefined;
      clearTimeout(hang);
      this.#waiting = undefined;
      this.#keepsAlive(false);
    }
  }

  closeDocument(documentKey: string): void {
    if (!this.#isEnded) this.#send({ type: 'closeDocument', documentKey });
  }

  /** Ends the process; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isEndAwaited = true;
    this.#kill(new Error('killed'));
    this.#child.ref();
    await this.#exited;
  }

  #kill(cause: Error): void {
    this.#child.kill('SIGKILL');
    this.#end(cause);
  }

  #keepsAlive(busy: boolean): void {
    // The file that is being parsed is given up after `kill` was called; who waits for the end must not be left waiting.
    if (this.#isEndAwaited) return;
    for (const handle of [this.#child, this.#child.channel]) {
      if (busy) handle?.ref();
      else handle?.unref();
    }
    // A pipe counts as well; node:child_process types it as a bare stream.
    const stderr = this.#child.stderr as { unref?: () => void } | null;
    stderr?.unref?.();
  }

  #send(request: ParserRequest): void {
    if (!this.#child.connected) {
      this.#kill(new Error('disconnected'));
      return;
    }
    this.#child.send(request, (error) => {
      if (error !== null) this.#kill(error);
    });
  }

  #receive(message: ParserMessage): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#onReady();
        break;
      case 'chunked':
        this.#rssBytes = message.rssBytes;
        this.#isDamaged ||= message.isDamaged;
        if (message.id === this.#waiting?.id) this.#waiting.resolve(message.file);
        break;
    }
  }

  #end(cause: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#rssBytes = 0;
    this.#waiting?.reject(new ChannelClosedError('The parse process', cause));
  }
}

/** The parent's environment without what a parser has no business with: secrets, and options meant for the parent. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL|^NODE_OPTIONS$/i.test(name)) env[name] = value;
  }
  // In the editor the executable is Electron's.
  env['ELECTRON_RUN_AS_NODE'] = '1';
  return env;
}

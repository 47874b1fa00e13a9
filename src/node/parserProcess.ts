import { fork, type ChildProcess } from 'node:child_process';
import { ChannelClosedError } from '../protocol/errors.ts';
import type { ChunkedFile, ChunkRequest } from '../core/ports.ts';
import type { ParserAnswer, ParserOptions, ParserRequest } from './parserFrames.ts';

export interface ParserProcessOptions {
  readonly parserPath: string;
  readonly parser: ParserOptions;
  /** Flags of the runtime; a process that cannot start with them is started without. */
  readonly execArgv: readonly string[];
}

/** One parse process working on one file at a time. */
export class ParserProcess {
  readonly #child: ChildProcess;
  #waiting: { readonly id: number; resolve(answer: ParserAnswer): void; reject(error: unknown): void } | undefined;
  #nextId = 1;
  #ended = false;
  /** Files answered so far. */
  answered = 0;
  rssBytes = 0;

  constructor({ parserPath, parser, execArgv }: ParserProcessOptions) {
    this.#child = fork(parserPath, [JSON.stringify(parser)], {
      serialization: 'advanced',
      execArgv: [...execArgv],
      // In the editor the executable is Electron's.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (answer) => this.#receive(answer as ParserAnswer));
    this.#child.once('error', (error) => this.#end(error));
    this.#child.once('exit', (code, signal) => this.#end(new Error(`exit ${signal ?? code ?? 'unknown'}`)));
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Rejects with ChannelClosedError when the process ends first. One call at a time. */
  async chunk(request: ChunkRequest, timeoutMs: number): Promise<ChunkedFile> {
    const id = this.#nextId++;
    // While a file is being parsed the process must keep this one alive; idle it must not.
    this.#child.channel?.ref();
    try {
      const { file, rssBytes } = await new Promise<ParserAnswer>((resolve, reject) => {
        this.#waiting = { id, resolve, reject };
        this.#send({ type: 'chunk', id, request, timeoutMs });
      });
      this.answered++;
      this.rssBytes = rssBytes;
      return file;
    } finally {
      this.#waiting = undefined;
      this.#child.channel?.unref();
    }
  }

  closeDocument(documentKey: string): void {
    if (!this.#ended) this.#send({ type: 'closeDocument', documentKey });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
    this.#end(new Error('killed'));
  }

  #send(request: ParserRequest): void {
    this.#child.send(request, (error) => {
      if (error !== null) this.#end(error);
    });
  }

  #receive(answer: ParserAnswer): void {
    if (answer.id === this.#waiting?.id) this.#waiting.resolve(answer);
  }

  #end(cause: unknown): void {
    this.#ended = true;
    this.rssBytes = 0;
    this.#waiting?.reject(new ChannelClosedError('The parse process', cause));
  }
}

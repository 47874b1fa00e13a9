import type { Writable, Readable } from 'node:stream';
import type { EngineApi, EngineEvents, LogRecord } from '../protocol/engineApi.ts';

/** The engine as the command line uses it, in its own process. */
export interface CliEngine extends EngineApi {
  /** Returns the function that removes the listener. */
  on<K extends keyof EngineEvents>(event: K, listener: (value: EngineEvents[K]) => void): () => void;
}

export interface CliEngineOptions {
  /** Directory of the embedding cache. */
  readonly cacheDir: string;
  readonly log: (record: LogRecord) => void;
}

/** A standard stream; a terminal has more to say than a pipe. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Everything a command takes from the process it runs in, so that tests can run commands in theirs. */
export interface CliEnvironment {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly platform: NodeJS.Platform;
  /** Fires when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Called once per command at most, after its arguments were checked. */
  createEngine(options: CliEngineOptions): Promise<CliEngine>;
}

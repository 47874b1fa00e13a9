import { PassThrough, Readable, Writable } from 'node:stream';
import type { CliEnvironment } from '../../src/cli/environment.ts';
import { runCli } from '../../src/cli/run.ts';
import { ScriptedCliEngine } from './cliEngine.ts';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs command lines in this process, with a fake engine and a home directory of their own. */
export class CliProcess {
  readonly engine = new ScriptedCliEngine();
  readonly stop = new AbortController();
  readonly #home: string;
  readonly #variables: Record<string, string>;
  stdin: Readable = Readable.from([]);
  stdout: Writable & { isTTY?: boolean } = new PassThrough();

  constructor(home: string, variables: Record<string, string> = {}) {
    this.#home = home;
    this.#variables = variables;
  }

  async run(...args: string[]): Promise<CliRun> {
    let stdout = '';
    let stderr = '';
    if (this.stdout instanceof PassThrough) this.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const environment: CliEnvironment = {
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: new Writable({
        write(data: Buffer, _encoding, done) {
          stderr += data.toString();
          done();
        },
      }),
      variables: this.#variables,
      workingDirectory: this.#home,
      homeDirectory: this.#home,
      platform: 'linux',
      signal: this.stop.signal,
      createEngine: async ({ log }) => {
        if (this.engine.logged) log(this.engine.logged);
        return this.engine;
      },
    };
    const exitCode = await runCli(args, environment);
    return { exitCode, stdout, stderr };
  }
}

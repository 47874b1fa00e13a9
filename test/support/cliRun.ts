import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The command line as it is built and shipped. */
export const cliPath = join(import.meta.dirname, '../../dist/cli.js');

/** Processes that a killed command line has left behind must be gone after this long. */
const orphanGraceMs = 5_000;

export interface CliResult {
  /** As a shell reports it: 128 and the signal's number when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly result: Promise<CliResult>;
  readonly stderr: () => string;
  /** Signals the command line's own process. */
  kill(signal: NodeJS.Signals): void;
  /** Signals it and all it started, as a terminal does with Ctrl+C. */
  killAll(signal: NodeJS.Signals): void;
  /** Resolves when the process and everything it started is gone; rejects when something stays. */
  allGone(): Promise<void>;
}

/** Starts the built command line in a process group of its own. */
export function startCli(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly nodeOptions?: readonly string[] } = {},
): RunningCli {
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), cliPath, ...args], {
    detached: true,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout, stderr });
    });
  });
  const group = -(child.pid ?? 0);
  return {
    result,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    killAll: (signal) => void process.kill(group, signal),
    async allGone() {
      for (let waitedMs = 0; groupExists(group); waitedMs += 20) {
        if (waitedMs > orphanGraceMs) throw new Error(`Processes of group ${-group} outlived the command line.`);
        await sleep(20);
      }
    },
  };
}

/** Runs the built command line to its end. */
export async function runCliProcess(...args: string[]): Promise<CliResult> {
  return startCli(args).result;
}

function groupExists(group: number): boolean {
  try {
    process.kill(group, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

import { spawn } from 'node:child_process';
import { ownRssBytes, treeRssBytes } from './processTree.ts';

/** Between two looks at the memory: short enough for the peaks of a parse, long enough to cost nothing. */
const sampleIntervalMs = 20;

export interface MeasuredRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start of the process to its end, as the person who waits for it has it. */
  readonly wallMs: number;
  /** Highest resident size of the whole process tree seen; 0 where the system does not tell. */
  readonly peakRssBytes: number;
  /** The same of the process alone. */
  readonly peakOwnRssBytes: number;
}

/** Runs a program to its end with its time and memory measured. Throws when it fails, unless `anyExit`. */
export async function measuredRun(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string; readonly anyExit?: boolean } = {},
): Promise<MeasuredRun> {
  const startMs = performance.now();
  const child = spawn(command, args, { cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let peakRssBytes = 0;
  let peakOwnRssBytes = 0;
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
  // A program that ends without reading its input is its own affair.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const sampler = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, treeRssBytes(child.pid ?? 0));
    peakOwnRssBytes = Math.max(peakOwnRssBytes, ownRssBytes(child.pid ?? 0));
  }, sampleIntervalMs);
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', (code) => {
        resolve(code ?? -1);
      });
    });
    const wallMs = performance.now() - startMs;
    if (exitCode !== 0 && !options.anyExit) {
      throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${stderr.slice(-2_000)}`);
    }
    return { exitCode, stdout, stderr, wallMs, peakRssBytes, peakOwnRssBytes };
  } finally {
    clearInterval(sampler);
  }
}

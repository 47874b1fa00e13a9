import { type SpawnOptions, spawn } from 'node:child_process';

/**
 * Runs a program and resolves with what it wrote to stdout when it ended with 0.
 * Rejects with its last lines otherwise. stdin is closed, so nothing can wait for an answer.
 */
export async function runToEnd(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let everything = '';
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString();
    everything += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => (everything += data.toString()));
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'nothing'));
  });
  if (code !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} ended with ${code}:\n${everything.split('\n').slice(-30).join('\n')}`,
    );
  }
  return stdout;
}

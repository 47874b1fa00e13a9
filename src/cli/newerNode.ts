import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** Signals that ask a program to end. SIGHUP: its terminal was closed. SIGBREAK: Ctrl+Break on Windows. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** The databases need `node:sqlite`, which Node has without a flag from 22.13 on. */
export const minimumNode = '22.13';

export function isNodeNewEnough(): boolean {
  const builtin = process as { getBuiltinModule?: (name: string) => unknown };
  return builtin.getBuiltinModule?.('node:sqlite') !== undefined;
}

/** The Node that npm has installed with the project (its optional dependencies), found from the script's own place. */
export function findNewerNode(from: string): string | undefined {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let directory = from; ; directory = dirname(directory)) {
    for (const prefix of ['node', 'node-bin']) {
      const path = join(directory, 'node_modules', `${prefix}-${os}-${process.arch}`, 'bin', executable);
      if (existsSync(path)) return path;
    }
    if (dirname(directory) === directory) return undefined;
  }
}

/**
 * Runs this command line again in another Node and resolves with its exit code. Signals are handed on as messages, so
 * that a Ctrl+C, which a terminal sends to both, counts once; when this process is killed, the other one ends with it.
 */
export async function runInNewerNode(node: string, args: readonly string[]): Promise<number> {
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of stopSignals) {
    if (signal in constants.signals) process.on(signal, () => child.connected && child.send('stop'));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/** The other side of {@link runInNewerNode}. False in a process that was started in any other way. */
export function listenToOlderNode(onStop: () => void): boolean {
  if (!process.connected) return false;
  process.on('message', onStop);
  // Whoever killed the command line meant this process.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
  return true;
}

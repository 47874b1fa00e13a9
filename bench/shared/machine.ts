import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, release, totalmem, type as systemName } from 'node:os';

/** What numbers are worth nothing without. */
export interface MachineFacts {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Of the last minute, when the measurement began: on a machine that does other things as well, times are upper bounds. */
  readonly loadAverage: number;
  /** Of the product under measurement; `-dirty` when files differ from it. */
  readonly commit: string;
}

export function machineFacts(): MachineFacts {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${systemName()} ${release()} ${arch()}`,
    node: process.version,
    loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    commit: describeCommit(),
  };
}

function describeCommit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

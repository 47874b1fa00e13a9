import { resolve } from 'node:path';
import type { CliEnvironment } from './environment.ts';
import { canonicalFile, defaultDataDir } from './locations.ts';
import type { GlobalOptions } from './options.ts';
import type { RunRecords } from './runRecords.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly environment: CliEnvironment;
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
  /** Canonical absolute directory of all indexes and of the embedding cache. */
  readonly dataDir: string;
  readonly records: RunRecords;
  /** Fires on Ctrl+C and when the reader of stdout has gone. */
  readonly signal: AbortSignal;
}

/** Where indexes and caches are kept; the directory need not exist yet. */
export async function findDataDir({ indexDir }: GlobalOptions, environment: CliEnvironment): Promise<string> {
  const named = indexDir === undefined ? defaultDataDir(environment) : resolve(environment.workingDirectory, indexDir);
  return canonicalFile(named, environment.workingDirectory);
}

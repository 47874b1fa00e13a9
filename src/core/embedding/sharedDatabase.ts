import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { Clock, Logger, SqlDatabase, Storage } from '../ports.ts';

/** One of the databases in the directory that all windows and processes of the user share. */
export interface SharedDatabase {
  /** With the version of the format: another version of the product keeps its own file, and none destroys another's. */
  readonly fileName: string;
  readonly schema: string;
  /** What it is, in a sentence. */
  readonly name: string;
  /** What becomes of it when it was damaged. */
  readonly afterDamage: string;
}

/**
 * Vectors apart from keys: marking use rewrites a row of 50 bytes, not one of 6 kB. `used_step` is time in coarse
 * steps; within one, the order of insertion (`id`) stands for the order of use.
 */
const embeddingCacheSchema = `
  CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY, dimensions INTEGER NOT NULL, vector BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS entries (
    key BLOB PRIMARY KEY, id INTEGER NOT NULL, used_step INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entries_by_use ON entries (used_step, id);
`;

export const embeddingCacheDatabase: SharedDatabase = {
  fileName: 'embeddings-1.db',
  schema: embeddingCacheSchema,
  name: 'embedding cache',
  afterDamage: 'texts are embedded again as they are needed',
};

/** Processes that start together create or repair one after the other. */
const openAttempts = 20;
const openPauseMs = 100;

/**
 * Opens a shared database, creating it when missing. A damaged one is set aside under the directory's writer lock, so
 * that of several processes that find the damage only the first one moves the file; the others find a sound one.
 * Throws `DatabaseDamaged` when it cannot be set aside.
 */
export async function openSharedDatabase(
  kind: SharedDatabase,
  storage: Storage,
  directory: string,
  { clock, logger }: { clock: Clock; logger: Logger },
  { isDamaged = false } = {},
): Promise<SqlDatabase> {
  await storage.ensureDirectory(directory);
  const path = storage.join(directory, kind.fileName);
  for (let attempt = 1; ; attempt++) {
    try {
      return tryOpen(kind, storage, path, isDamaged);
    } catch (error) {
      if (!(error instanceof AppError) || attempt === openAttempts) throw error;
      if (error.code !== 'IndexLocked' && error.code !== 'DatabaseDamaged') throw error;
      const lock = error.code === 'DatabaseDamaged' ? await storage.acquireWriter(directory) : undefined;
      if (lock === undefined) {
        await clock.sleep(openPauseMs);
        continue;
      }
      try {
        await setAsideIfDamaged(kind, storage, path, { isDamaged, logger });
      } finally {
        lock.release();
      }
      isDamaged = false;
    }
  }
}

async function setAsideIfDamaged(
  kind: SharedDatabase,
  storage: Storage,
  path: string,
  { isDamaged, logger }: { isDamaged: boolean; logger: Logger },
): Promise<void> {
  try {
    tryOpen(kind, storage, path, isDamaged).close();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DatabaseDamaged') throw error;
    logger.log({
      level: 'warn',
      message: `A damaged ${kind.name} was set aside; ${kind.afterDamage}`,
      fields: { path },
    });
    try {
      await storage.setAside(path);
    } catch (cause) {
      const message = phrase`The ${kind.name} ${path} is damaged and in use, so that it cannot be set aside. Close other windows and commands, or delete it.`;
      throw new AppError('DatabaseDamaged', message, { cause });
    }
  }
}

/** `thorough`: reads every page (damage was met before); else opening reads the header alone. */
function tryOpen(kind: SharedDatabase, storage: Storage, path: string, thorough: boolean): SqlDatabase {
  const database = storage.openDatabase(path);
  try {
    if (isEmpty(database)) {
      // Lets freed pages return to the disk. It can only be chosen while the file is empty, and VACUUM applies it.
      database.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM;');
      database.transaction(() => database.exec(kind.schema));
    }
    if (thorough) checkEveryPage(kind, database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isEmpty(database: SqlDatabase): boolean {
  return Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0) === 0;
}

function checkEveryPage({ name }: SharedDatabase, database: SqlDatabase, path: string): void {
  const verdict = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (verdict !== 'ok') throw new AppError('DatabaseDamaged', phrase`The ${name} ${path} is damaged.`);
}

import { truncateSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { WriterLock } from '../core/ports.ts';
import { AppError } from '../protocol/errors.ts';
import { phrase } from '../protocol/phrase.ts';
import { loadSqlite } from './sqliteDatabase.ts';

/** SQLite result codes BUSY, LOCKED and NOTADB (https://www.sqlite.org/rescode.html). */
const busy = 5;
const locked = 6;
const notADatabase = 26;

/** Also keeps a lock whose owner forgot it from being collected, and so released, before the process ends. */
const held = new Set<DatabaseSync>();

/**
 * An exclusive transaction, kept open, on an empty SQLite database of its own. The lock is the operating system's: it ends
 * with the process however that dies, so it is never stale; and SQLite keeps two threads of one process apart as well,
 * which a bare POSIX lock does not. Nothing is ever written to the file, and it is never removed (a removed file could
 * be locked by one process while another locks its successor), nor read (closing any other descriptor of it in this
 * process would drop the lock on POSIX systems).
 *
 * Undefined: another process or thread has it.
 */
export function acquireWriterLock(path: string): WriterLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new (loadSqlite().DatabaseSync)(path);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
    if (code === busy || code === locked) return undefined;
    if (code === notADatabase) {
      // Something else wrote into the file, so no one holds the lock through it; emptied, it is a lock file again.
      truncateSync(path);
      return acquireWriterLock(path);
    }
    throw new AppError(
      'StorageFailed',
      phrase`The lock file ${path} cannot be used. Check the permissions of its folder.`,
      {
        data: { path },
        cause: error,
      },
    );
  }
  const taken = database;
  held.add(taken);
  return {
    release() {
      if (held.delete(taken)) taken.close();
    },
  };
}

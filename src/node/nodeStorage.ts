import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { ReadableFile, ReplacementFile, SqlDatabase, Storage, WriterLock } from '../core/ports.ts';
import { AppError } from '../protocol/errors.ts';
import { phrase } from '../protocol/phrase.ts';
import { openSqliteDatabase } from './sqliteDatabase.ts';
import { acquireWriterLock } from './writerLock.ts';

/** How many damaged databases {@link NodeStorage.setAside} keeps beside each database. */
const keptDamaged = 2;
/** The files that make one SQLite database. */
const databaseSuffixes = ['', '-wal', '-shm'] as const;
/** Windows refuses a rename while a virus scanner or another window has the target open; the waits sum to about 1.3 s. */
const renameWaitsMs = [10, 20, 40, 80, 160, 320, 640];

const maxIoBytes = 1 << 30;

let temporaryCount = 0;

/** Files and databases of the local file system. Everything it creates is readable by this user alone. */
export class NodeStorage implements Storage {
  openDatabase(path: string): SqlDatabase {
    return openSqliteDatabase(path);
  }

  async setAside(path: string): Promise<void> {
    const prefix = `${basename(path)}.damaged-`;
    const directory = dirname(path);
    const earlier = await this.#damaged(directory, prefix);
    // Strictly increasing, so that names order by age even within one millisecond.
    const time = Math.max(Date.now(), (earlier[0] ?? 0) + 1);
    // The log before the database: a crash in between must not pair this log with a new database.
    for (const suffix of databaseSuffixes.toReversed()) {
      await renameIfPresent(path + suffix, join(directory, `${prefix}${time}${suffix}`));
    }
    for (const old of [time, ...earlier].slice(keptDamaged)) {
      for (const suffix of databaseSuffixes) await this.remove(join(directory, `${prefix}${old}${suffix}`));
    }
  }

  async replace(path: string, body: (file: ReplacementFile) => Promise<void>): Promise<void> {
    await removeLeftovers(path);
    const temporary = `${path}.tmp-${process.pid}-${threadId}-${++temporaryCount}`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await body({ write: async (bytes, position) => writeWhole(file, bytes, position) });
        await file.sync();
      } finally {
        await file.close();
      }
      await renameWithRetry(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw toStorageError(error, path);
    }
    await syncDirectory(dirname(path));
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    return ifPresent(path, async () => {
      const file = await open(path, 'r');
      const { size } = await file.stat();
      return {
        bytes: size,
        read: async (into, position) => (await ifPresent(path, () => readWhole(file, into, position))) ?? 0,
        close: () => file.close(),
      };
    });
  }

  async remove(path: string): Promise<void> {
    try {
      await rm(path, { force: true, maxRetries: 5 });
    } catch (error) {
      throw toStorageError(error, path);
    }
  }

  async list(directory: string): Promise<readonly string[]> {
    return (await ifPresent(directory, () => readdir(directory))) ?? [];
  }

  async size(path: string): Promise<number> {
    return (await ifPresent(path, () => stat(path)))?.size ?? 0;
  }

  async freeBytes(directory: string): Promise<number> {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  }

  join(directory: string, name: string): string {
    return join(directory, name);
  }

  async ensureDirectory(path: string): Promise<void> {
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw toStorageError(error, path);
    }
  }

  async acquireWriter(directory: string): Promise<WriterLock | undefined> {
    await this.ensureDirectory(directory);
    return acquireWriterLock(join(directory, 'writer.lock'));
  }

  /** The times in the names of what was set aside, newest first. */
  async #damaged(directory: string, prefix: string): Promise<number[]> {
    const names = (await ifPresent(directory, () => readdir(directory))) ?? [];
    const times = names
      .filter((name) => name.startsWith(prefix))
      .map((name) => parseInt(name.slice(prefix.length), 10));
    return [...new Set(times)].filter((time) => Number.isFinite(time)).sort((a, b) => b - a);
  }
}

/** Removes what a killed process left of an earlier write to the same path. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.tmp-`;
  for (const name of (await ifPresent(dirname(path), () => readdir(dirname(path)))) ?? []) {
    if (!name.startsWith(prefix)) continue;
    const pid = parseInt(name.slice(prefix.length), 10);
    if (!isAlive(pid)) await rm(join(dirname(path), name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** One system call writes or reads 2 GiB at most, and may do less. */
async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, Math.min(bytes.length - done, maxIoBytes), position + done)).bytesWritten;
  }
}

async function readWhole(file: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, Math.min(into.length - done, maxIoBytes), position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function renameWithRetry(from: string, to: string): Promise<void> {
  for (const waitMs of process.platform === 'win32' ? renameWaitsMs : []) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY') throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  await rename(from, to);
}

async function renameIfPresent(from: string, to: string): Promise<void> {
  await ifPresent(from, () => renameWithRetry(from, to));
}

/** Makes a rename durable. Windows has no such call, and its renames are journalled. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some network and FUSE file systems refuse fsync on directories; the rename itself has been done.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EBADF') throw toStorageError(error, path);
  } finally {
    await directory.close();
  }
}

async function ifPresent<T>(path: string, body: () => Promise<T>): Promise<T | undefined> {
  try {
    return await body();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toStorageError(error, path);
  }
}

function toStorageError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { data: { path, errno: code ?? null }, cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError(
      'DiskFull',
      phrase`The disk that holds ${path} is full. Free some space and try again.`,
      options,
    );
  }
  return new AppError(
    'StorageFailed',
    phrase`Accessing ${path} failed: ${message}. Check its permissions and disk.`,
    options,
  );
}

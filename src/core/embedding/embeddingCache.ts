import { AppError } from '../../protocol/errors.ts';
import { toHex } from '../../util/hex.ts';
import type { Clock, Hasher, Logger, SqlDatabase, Storage } from '../ports.ts';
import { embeddingCacheDatabase, openSharedDatabase } from './sharedDatabase.ts';
import { bytesToFloats, floatsToBytes } from './float32.ts';
import type { InputType } from './embeddingEndpoint.ts';

export interface CacheOptions {
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Budget on disk, bytes. */
  readonly maxBytes: number;
}

export interface CacheEntry {
  /** From {@link EmbeddingCache.key}. */
  readonly key: Uint8Array;
  readonly vector: Float32Array;
}

/** Use is recorded in steps of this length: an entry read again within one costs no write. */
const useStepMs = 10 * 60_000;
/** Uses kept in memory before they are written without waiting for the next entries. */
const maxPendingUses = 4_096;
/** Entries used within this time stay, unless the cache is twice its budget. */
const protectedMs = 60 * 60_000;
/** Trimming goes down to this share of the budget, in batches of this many entries, so that it is rare and never long. */
const trimTarget = 0.95;
const trimBatch = 500;
/** After a trim that found nothing to evict, puts do not try again for this long. */
const trimPauseMs = 60_000;

/**
 * Vectors by what they are of, for all folders, windows and processes of the user: nothing is paid for twice. Each
 * process has its own connection to one SQLite file (WAL: readers never wait, writers wait for each other). The cache
 * is a help, never a condition: damage found while it is open is repaired behind the scenes, and until then everything
 * is a miss.
 */
export class EmbeddingCache {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #options: CacheOptions;
  /** Undefined while damage is repaired, when it cannot be, and after close. */
  #database: SqlDatabase | undefined;
  #repair: Promise<void> | undefined;
  #closed = false;
  /** Keys used in the step `#usesStep`, by hex; written with the next entries. */
  readonly #uses = new Map<string, Uint8Array>();
  #usesStep = 0;
  /** What was put while damage was repaired. */
  readonly #waiting: CacheEntry[] = [];
  #trimNotBeforeMs = 0;

  private constructor(storage: Storage, directory: string, options: CacheOptions, database: SqlDatabase | undefined) {
    this.#storage = storage;
    this.#directory = directory;
    this.#options = options;
    this.#database = database;
  }

  /** Opens or creates the cache in a directory; a damaged one is set aside and replaced by an empty one. */
  static async open(storage: Storage, directory: string, options: CacheOptions): Promise<EmbeddingCache> {
    let database: SqlDatabase | undefined;
    try {
      database = await openSharedDatabase(embeddingCacheDatabase, storage, directory, options);
    } catch (error) {
      if (!isDamage(error)) throw error;
      logDamage(options.logger, goesOnWithout, error);
    }
    return new EmbeddingCache(storage, directory, options, database);
  }

  /** Memory of its database. */
  get memoryBytes(): number {
    return this.#guard(0, (database) => database.memoryBytes());
  }

  /** Gives memory back that is not in use. */
  shrinkMemory(): void {
    this.#guard(undefined, (database) => database.shrinkMemory());
  }

  /**
   * 32 bytes for a text (or whatever stands for one, such as a hash) in a space. The space's id covers provider,
   * endpoint, model, size and parameters; queries and documents are apart because models embed them differently.
   */
  key(spaceId: string, inputType: InputType, text: string): Uint8Array {
    return this.#options.hasher.sha256(`${spaceId}\0${inputType}\0${text}`);
  }

  /** The vectors in the order of the keys; undefined = not cached. Each is a copy of its own. */
  getMany(keys: readonly Uint8Array[]): (Float32Array | undefined)[] {
    return this.#guard(
      keys.map(() => undefined),
      (database) => {
        const select = database.prepare(
          'SELECT e.id, e.used_step, v.dimensions, v.vector FROM entries e JOIN vectors v ON v.id = e.id WHERE e.key = ?',
        );
        const step = this.#step();
        const unusable: Uint8Array[] = [];
        const found = keys.map((key) => {
          const row = select.get(key);
          if (row === undefined) return undefined;
          const vector = row['vector'] instanceof Uint8Array ? bytesToFloats(row['vector']) : undefined;
          if (vector === undefined || vector.length === 0 || vector.length !== row['dimensions']) {
            unusable.push(key);
            return undefined;
          }
          if (Number(row['used_step']) < step) this.#noteUse(key, step);
          return vector;
        });
        if (unusable.length > 0) this.#remove(database, unusable);
        if (this.#uses.size > maxPendingUses) database.transaction(() => this.#writeUses(database));
        return found;
      },
    );
  }

  /** Which of the keys have an entry; asking is no use of it. */
  has(keys: readonly Uint8Array[]): boolean[] {
    return this.#guard(
      keys.map(() => false),
      (database) => {
        // One statement for all: each call of SQLite costs more than what it looks up.
        const wanted = keys.map(toHex);
        const found = database
          .prepare('SELECT value FROM json_each(?) WHERE unhex(value) IN (SELECT key FROM entries)')
          .all(JSON.stringify(wanted));
        const present = new Set(found.map(({ value }) => value));
        return wanted.map((key) => present.has(key));
      },
    );
  }

  /** Stores vectors in one transaction; those already there are replaced. */
  putMany(entries: readonly CacheEntry[]): void {
    if (entries.length === 0) return;
    if (this.#repair !== undefined && !this.#closed) this.#waiting.push(...entries);
    this.#guard(undefined, (database) => {
      const step = this.#step();
      database.transaction(() => {
        const find = database.prepare('SELECT id FROM entries WHERE key = ?');
        const addVector = database.prepare('INSERT INTO vectors (dimensions, vector) VALUES (?, ?)');
        const addEntry = database.prepare('INSERT INTO entries (key, id, used_step) VALUES (?, ?, ?)');
        const replace = database.prepare('UPDATE vectors SET dimensions = ?, vector = ? WHERE id = ?');
        for (const { key, vector } of entries) {
          const present = find.get(key);
          const bytes = floatsToBytes(vector);
          if (present !== undefined) replace.run(vector.length, bytes, present['id'] ?? null);
          else addEntry.run(key, addVector.run(vector.length, bytes).lastInsertRowid, step);
        }
        this.#writeUses(database);
      });
      if (this.#options.clock.now() >= this.#trimNotBeforeMs) unlessBusy(() => this.#trimOnce(database));
    });
  }

  /** Entries, and bytes in use on disk. */
  stats(): { entries: number; bytes: number } {
    return this.#guard({ entries: 0, bytes: 0 }, (database) => ({
      entries: Number(database.prepare('SELECT count(*) AS n FROM entries').get()?.['n'] ?? 0),
      bytes: usedBytes(database),
    }));
  }

  /** Evicts, least recently used first, until the cache is within its budget or only entries of the last hour are left. */
  trim(): void {
    this.#guard(undefined, (database) => {
      database.transaction(() => this.#writeUses(database));
      while (this.#trimOnce(database));
    });
  }

  /** Removes every entry, for all processes. */
  clear(): void {
    this.#uses.clear();
    this.#guard(undefined, (database) => {
      database.transaction(() => database.exec('DELETE FROM entries; DELETE FROM vectors;'));
      database.exec('PRAGMA incremental_vacuum');
    });
  }

  /** Writes what is pending and closes the file. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#guard(undefined, (database) => {
      if (this.#uses.size > 0) unlessBusy(() => database.transaction(() => this.#writeUses(database)));
    });
    this.#closed = true;
    this.#database?.close();
    this.#database = undefined;
  }

  /** For tests and orderly shutdown: the repair that may be under way. */
  async repaired(): Promise<void> {
    await this.#repair;
  }

  #step(): number {
    return Math.floor(this.#options.clock.now() / useStepMs);
  }

  #noteUse(key: Uint8Array, step: number): void {
    this.#usesStep = step;
    this.#uses.set(toHex(key), key);
  }

  #writeUses(database: SqlDatabase): void {
    const update = database.prepare('UPDATE entries SET used_step = ? WHERE key = ? AND used_step < ?');
    for (const key of this.#uses.values()) update.run(this.#usesStep, key, this.#usesStep);
    this.#uses.clear();
  }

  #remove(database: SqlDatabase, keys: readonly Uint8Array[]): void {
    database.transaction(() => {
      for (const key of keys) {
        database.prepare('DELETE FROM vectors WHERE id = (SELECT id FROM entries WHERE key = ?)').run(key);
        database.prepare('DELETE FROM entries WHERE key = ?').run(key);
      }
    });
  }

  /** Evicts one batch when over budget. False when there is nothing more to do. */
  #trimOnce(database: SqlDatabase): boolean {
    const { clock, maxBytes } = this.#options;
    const bytes = usedBytes(database);
    if (bytes <= maxBytes) return false;
    const unprotected = Math.floor((clock.now() - protectedMs) / useStepMs) - 1;
    const hasEvicted =
      this.#evict(database, unprotected, bytes - maxBytes * trimTarget) ||
      this.#evict(database, this.#step(), bytes - 2 * maxBytes);
    if (hasEvicted) database.exec('PRAGMA incremental_vacuum');
    else this.#trimNotBeforeMs = clock.now() + trimPauseMs;
    return hasEvicted;
  }

  /** Evicts entries last used in a step up to `lastStep`, oldest first, about `bytes` of them but one batch at most. */
  #evict(database: SqlDatabase, lastStep: number, bytes: number): boolean {
    if (bytes <= 0) return false;
    return database.transaction(() => {
      const oldest = database
        .prepare(
          `SELECT e.key, e.id, length(v.vector) AS bytes FROM entries e JOIN vectors v ON v.id = e.id
           WHERE e.used_step <= ? ORDER BY e.used_step, e.id LIMIT ?`,
        )
        .all(lastStep, trimBatch);
      let left = bytes;
      for (const { key = null, id = null, bytes: size } of oldest) {
        if (left <= 0) break;
        left -= Number(size);
        database.prepare('DELETE FROM vectors WHERE id = ?').run(id);
        database.prepare('DELETE FROM entries WHERE key = ?').run(key);
      }
      return oldest.length > 0;
    });
  }

  /** Runs `body` on the open database; damage gives `otherwise` and starts the repair. Other errors are thrown. */
  #guard<T>(otherwise: T, body: (database: SqlDatabase) => T): T {
    const database = this.#database;
    if (database === undefined) return otherwise;
    try {
      return body(database);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#startRepair(database, error);
      return otherwise;
    }
  }

  #startRepair(damaged: SqlDatabase, error: AppError): void {
    this.#database = undefined;
    const { logger } = this.#options;
    logDamage(logger, 'The embedding cache is damaged; it is set aside and started anew', error);
    this.#repair = (async () => {
      try {
        damaged.close();
        const database = await openSharedDatabase(
          embeddingCacheDatabase,
          this.#storage,
          this.#directory,
          this.#options,
          {
            isDamaged: true,
          },
        );
        if (this.#closed) return database.close();
        this.#database = database;
        this.#repair = undefined;
        this.putMany(this.#waiting.splice(0));
      } catch (reason) {
        this.#repair = undefined;
        this.#waiting.length = 0;
        logDamage(logger, goesOnWithout, reason);
      }
    })();
  }
}

const goesOnWithout = 'The embedding cache cannot be repaired; this session goes on without it';

function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'DatabaseDamaged';
}

function logDamage(logger: Logger, message: string, reason: unknown): void {
  logger.log({ level: 'warn', message, fields: { reason: reason instanceof Error ? reason.message : String(reason) } });
}

/** Housekeeping that can wait: another process is writing, or the disk is full. What was read or stored stands. */
function unlessBusy(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'IndexLocked' && error.code !== 'DiskFull')) throw error;
  }
}

/** Pages in use; pages that are free for new entries do not count. */
function usedBytes(database: SqlDatabase): number {
  const read = (name: string): number => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
  return (read('page_count') - read('freelist_count')) * read('page_size');
}

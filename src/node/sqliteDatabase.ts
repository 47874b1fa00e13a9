import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from '../core/ports.ts';
import { AppError } from '../protocol/errors.ts';
import { phrase } from '../protocol/phrase.ts';

/** How long a statement waits for another connection's lock before `IndexLocked`. */
const busyTimeoutMs = 5000;

/**
 * Opens (or creates) a database: WAL, synchronous=NORMAL, foreign keys on, 5 s busy timeout. The directory must exist.
 * Runs on every Node with flag-less node:sqlite (22.13 and later), on the main thread and in workers.
 *
 * Throws AppError `DatabaseDamaged`, `DiskFull`, `StorageFailed`, `IndexLocked`, or `Internal` with SQLite's own error as cause.
 */
export function openSqliteDatabase(path: string): SqlDatabase {
  return new SqliteDatabase(path);
}

let sqliteModule: typeof Sqlite | undefined;

/**
 * node:sqlite, loaded on first use. Node 22 announces it with an ExperimentalWarning while the module is loaded, which is
 * synchronous: the process's own `emitWarning` is exchanged for exactly that call, and every other warning passes through.
 */
export function loadSqlite(): typeof Sqlite {
  if (sqliteModule) return sqliteModule;
  const host = process as { emitWarning: (...call: unknown[]) => void };
  const { emitWarning } = host;
  host.emitWarning = (...call) => {
    const [warning, type] = call;
    if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite is')) return;
    Reflect.apply(emitWarning, process, call);
  };
  try {
    // A static import would be hoisted above the exchange, and bundlers rewrite dynamic ones.
    sqliteModule = process.getBuiltinModule('node:sqlite');
  } finally {
    host.emitWarning = emitWarning;
  }
  return sqliteModule;
}

/*
 * Memory-mapped reads stay off: 20 % on point reads when measured (36,000 chunks), against a SIGBUS that kills the
 * whole editor host when a mapped file shrinks or its disk fails. 16 MB of page cache measured like 64 MB.
 */
const pageCacheKibibytes = 16_384;
const pragmas = `
  PRAGMA busy_timeout = ${busyTimeoutMs};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  PRAGMA mmap_size = 0;
  PRAGMA cache_size = -${pageCacheKibibytes};
  PRAGMA temp_store = MEMORY;
  PRAGMA journal_size_limit = 67108864;
`;

/** Statements kept per database; beyond it the oldest text is prepared again. Guards against texts built per call. */
const maxStatements = 256;

class SqliteDatabase implements SqlDatabase {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();
  #inTransaction = false;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
    const { DatabaseSync } = loadSqlite();
    this.#database = guard(path, () => new DatabaseSync(path));
    try {
      this.exec(pragmas);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  exec(sql: string): void {
    guard(this.#path, () => {
      this.#database.exec(sql);
    });
  }

  prepare(sql: string): SqlStatement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = new SqliteStatement(this.#path, () => this.#database.prepare(sql));
      this.#statements.set(sql, statement);
      if (this.#statements.size > maxStatements) {
        const [oldest] = this.#statements.keys();
        if (oldest !== undefined) this.#statements.delete(oldest);
      }
    }
    return statement;
  }

  transaction<T>(body: () => T): T {
    if (this.#inTransaction) throw new AppError('Internal', phrase`A transaction was started inside a transaction.`);
    this.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = body();
      if (result instanceof Promise)
        throw new AppError('Internal', phrase`The body of a transaction must be synchronous.`);
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  memoryBytes(): number {
    const pages = Number(this.prepare('PRAGMA page_count').get()?.['page_count'] ?? 0);
    const pageBytes = Number(this.prepare('PRAGMA page_size').get()?.['page_size'] ?? 0);
    return Math.min(pages * pageBytes, pageCacheKibibytes * 1_024);
  }

  shrinkMemory(): void {
    this.exec('PRAGMA shrink_memory');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    guard(this.#path, () => {
      this.#database.close();
    });
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back after a full disk, an I/O error or damage; what `body` threw is the news.
    }
  }
}

class SqliteStatement implements SqlStatement {
  readonly #path: string;
  readonly #compile: () => StatementSync;
  readonly #statement: StatementSync;
  /** Statements of finished iterations. Each running one needs its own: running a statement again resets it. */
  readonly #idle: StatementSync[] = [];

  constructor(path: string, compile: () => StatementSync) {
    this.#path = path;
    this.#compile = compile;
    this.#statement = guard(path, compile);
  }

  run(...parameters: SqlValue[]): { changes: number; lastInsertRowid: number } {
    return guard(this.#path, () => {
      const { changes, lastInsertRowid } = this.#statement.run(...parameters);
      return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
    });
  }

  get(...parameters: SqlValue[]): SqlRow | undefined {
    return guard(this.#path, () => this.#statement.get(...parameters));
  }

  all(...parameters: SqlValue[]): SqlRow[] {
    return guard(this.#path, () => this.#statement.all(...parameters));
  }

  *iterate(...parameters: SqlValue[]): IterableIterator<SqlRow> {
    const statement = this.#idle.pop() ?? guard(this.#path, this.#compile);
    const rows = guard(this.#path, () => statement.iterate(...parameters));
    try {
      for (let row = guard(this.#path, () => rows.next()); !row.done; row = guard(this.#path, () => rows.next())) {
        yield row.value;
      }
    } finally {
      guard(this.#path, () => rows.return?.());
      this.#idle.push(statement);
    }
  }
}

function guard<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw toDatabaseError(error, path);
  }
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html); extended codes carry them in the low byte. */
const resultCode = {
  busy: 5,
  locked: 6,
  outOfMemory: 7,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

function toDatabaseError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const { errcode, message } = error as { errcode?: number; message?: string };
  const options = { data: { path, sqliteCode: errcode ?? null }, cause: error };
  switch (errcode === undefined ? undefined : errcode & 0xff) {
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return new AppError(
        'DatabaseDamaged',
        phrase`The database ${path} is damaged. It is set aside and rebuilt.`,
        options,
      );
    case resultCode.full:
      return new AppError(
        'DiskFull',
        phrase`The disk that holds ${path} is full. Free some space and try again.`,
        options,
      );
    case resultCode.busy:
    case resultCode.locked:
      return new AppError(
        'IndexLocked',
        phrase`Another window or command is writing ${path}. Try again when it has finished.`,
        options,
      );
    case resultCode.inputOutput:
      return new AppError(
        'StorageFailed',
        phrase`Reading or writing ${path} failed. Check the disk it is on.`,
        options,
      );
    case resultCode.readOnly:
      return new AppError(
        'StorageFailed',
        phrase`${path} cannot be written. Check its permissions and its folder's.`,
        options,
      );
    case resultCode.cannotOpen:
      return new AppError(
        'StorageFailed',
        phrase`${path} cannot be opened. Check that its folder exists and is writable.`,
        options,
      );
    case resultCode.outOfMemory:
      return new AppError('Internal', phrase`SQLite ran out of memory while using ${path}.`, options);
    default:
      return new AppError('Internal', phrase`SQLite failed on ${path}: ${message ?? String(error)}`, options);
  }
}

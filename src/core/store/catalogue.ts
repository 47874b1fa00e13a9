import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { ChunkKind, FileState, RelativePath, SkipReason } from '../../protocol/types.ts';
import { chunkIdentity } from '../chunking/embeddingText.ts';
import { splitTerms } from '../chunking/terms.ts';
import type { Chunk, Hasher, SqlDatabase, SqlRow, Storage } from '../ports.ts';
import { toHex } from '../../util/hex.ts';
import { packTerms } from '../lexical/termVector.ts';
import { Postings } from '../lexical/postings.ts';
import { assertMigrated, migrate } from './schema.ts';
import { toPendingChunk, VectorLedger, type PendingChunk } from './vectorLedger.ts';

export const catalogueFileName = 'catalogue.db';

/** A file's row as the indexer needs it. */
export interface FileRow {
  readonly id: number;
  readonly path: RelativePath;
  readonly bytes: number;
  readonly mtimeMs: number;
  /** When the content was last compared with the disk, epoch ms. */
  readonly checkedMs: number;
  /** SHA-256 of the indexed content; undefined until it has been chunked. */
  readonly hash?: Uint8Array;
  readonly state: FileState;
  readonly reason?: SkipReason;
  readonly detail?: string;
  readonly unsaved: boolean;
}

export interface HydratedChunk extends PendingChunk {
  readonly startLine: number;
  readonly endLine: number;
  readonly language: string;
  readonly unsaved: boolean;
}

/** A chunk's names. */
export interface NamedChunk {
  readonly id: number;
  readonly path: RelativePath;
  readonly symbol: string;
  readonly kind: ChunkKind;
}

export interface ChunkDelta {
  readonly addedIds: readonly number[];
  readonly removedIds: readonly number[];
  readonly kept: number;
}

export interface FileStat {
  readonly bytes: number;
  readonly mtimeMs: number;
}

/**
 * The catalogue of one folder: files, chunks and the lexical index, always consistent with each other because a
 * file's chunks, terms and hash change in one transaction. Synchronous like SQLite; the caller groups files into
 * transactions with {@link Catalogue.transaction}.
 */
export class Catalogue {
  readonly database: SqlDatabase;
  /** Which chunk has a vector in which space. */
  readonly ledger: VectorLedger;
  /** Finds chunks by their words. */
  readonly postings: Postings;
  readonly #hasher: Hasher;

  private constructor(database: SqlDatabase, hasher: Hasher) {
    this.database = database;
    this.ledger = new VectorLedger(database);
    this.postings = new Postings(database);
    this.#hasher = hasher;
  }

  /**
   * Opens or creates the catalogue. A damaged one is set aside (never deleted) and an empty one takes its place;
   * `rebuilt` then says so. Complexity: the quick check reads the whole file, so it only runs after an unclean close.
   */
  static async open(
    storage: Storage,
    directory: string,
    hasher: Hasher,
    writable: boolean,
  ): Promise<{ catalogue: Catalogue; integrity: 'ok' | 'rebuilt' }> {
    await storage.ensureDirectory(directory);
    const path = storage.join(directory, catalogueFileName);
    let database: SqlDatabase | undefined;
    try {
      database = storage.openDatabase(path);
      if (writable) {
        migrate(database);
        checkAfterUncleanClose(database);
      } else {
        assertMigrated(database);
      }
      return { catalogue: new Catalogue(database, hasher), integrity: 'ok' };
    } catch (error) {
      database?.close();
      if (!writable || !(error instanceof AppError) || error.code !== 'DatabaseDamaged') throw error;
    }
    await storage.setAside(path);
    const fresh = storage.openDatabase(path);
    migrate(fresh);
    checkAfterUncleanClose(fresh);
    return { catalogue: new Catalogue(fresh, hasher), integrity: 'rebuilt' };
  }

  /** Marks a clean close, so that the next open need not check the whole file. */
  close(clean: boolean): void {
    try {
      if (clean) this.setMeta('open', 0);
    } finally {
      this.database.close();
    }
  }

  transaction<T>(body: () => T): T {
    try {
      return this.database.transaction(body);
    } catch (error) {
      // Removals may have been noted that were then rolled back.
      this.postings.reset();
      throw error;
    }
  }

  /** A number that changes whenever another connection has changed the database. */
  dataVersion(): number {
    return Number(this.database.prepare('PRAGMA data_version').get()?.['data_version'] ?? 0);
  }

  meta(key: string): number | string {
    const value = this.database.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'];
    return typeof value === 'string' ? value : Number(value ?? 0);
  }

  setMeta(key: string, value: number | string): void {
    this.database
      .prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value')
      .run(key, value);
  }

  file(path: RelativePath): FileRow | undefined {
    const row = this.database.prepare('SELECT * FROM files WHERE path = ?').get(path);
    return row === undefined ? undefined : toFileRow(row);
  }

  /** Files of a state with an id above `afterId`, in the order of their ids. */
  filesInState(state: FileState, afterId: number, limit: number): FileRow[] {
    return this.database
      .prepare('SELECT * FROM files WHERE state = ? AND id > ? ORDER BY id LIMIT ?')
      .all(state, afterId, limit)
      .map(toFileRow);
  }

  /** Ids and paths of all files at or below a directory ('' = all). */
  *pathsBelow(prefix: RelativePath): IterableIterator<{ id: number; path: RelativePath }> {
    const below = prefix === '' ? '' : `${prefix}/`;
    // '0' is the character after '/': the range scan stays on the unique index of `path`.
    const rows =
      prefix === ''
        ? this.database.prepare('SELECT id, path FROM files').all()
        : this.database
            .prepare('SELECT id, path FROM files WHERE path = ? OR (path >= ? AND path < ?)')
            .all(prefix, below, `${prefix}0`);
    for (const row of rows) yield { id: Number(row['id']), path: String(row['path']) };
  }

  /** A discovered file that has to be (re)read: new rows start pending, known ones keep their chunks until then. */
  markPending(path: RelativePath, stat: FileStat): number {
    const row = this.database
      .prepare(
        `INSERT INTO files (path, bytes, mtime_ms, state) VALUES (?, ?, ?, 'pending')
         ON CONFLICT(path) DO UPDATE SET bytes = excluded.bytes, mtime_ms = excluded.mtime_ms, state = 'pending',
           reason = NULL, detail = NULL
         RETURNING id`,
      )
      .get(path, stat.bytes, stat.mtimeMs);
    return Number(row?.['id']);
  }

  /** Every indexed file has to be chunked again (the chunking rules changed). */
  markAllForChunking(): void {
    this.database.prepare(`UPDATE files SET state = 'pending', hash = NULL WHERE state IN ('indexed', 'failed')`).run();
  }

  /** The content is as indexed: only the stat changed. */
  markUnchanged(id: number, checkedMs: number): void {
    this.database
      .prepare(
        `UPDATE files SET state = 'indexed', checked_ms = ?, reason = NULL, detail = NULL, unsaved = 0 WHERE id = ?`,
      )
      .run(checkedMs, id);
  }

  markFailed(id: number, detail: string): void {
    this.database.prepare(`UPDATE files SET state = 'failed', reason = NULL, detail = ? WHERE id = ?`).run(detail, id);
  }

  /** Records a file as skipped and removes its chunks. Returns the removed chunk ids. */
  markSkipped(path: RelativePath, stat: FileStat, reason: SkipReason, detail: string): readonly number[] {
    const existing = this.file(path);
    const removed = existing === undefined ? [] : this.#removeChunks(existing.id);
    this.database
      .prepare(
        `INSERT INTO files (path, bytes, mtime_ms, state, reason, detail) VALUES (?, ?, ?, 'skipped', ?, ?)
         ON CONFLICT(path) DO UPDATE SET bytes = excluded.bytes, mtime_ms = excluded.mtime_ms, state = 'skipped',
           reason = excluded.reason, detail = excluded.detail, hash = NULL, unsaved = 0`,
      )
      .run(path, stat.bytes, stat.mtimeMs, reason, detail);
    return removed;
  }

  /**
   * Replaces a file's chunks. Chunks whose text and symbol are unchanged keep their id (and so their vector), even
   * when they moved; only the others are written. Call inside a transaction.
   */
  putChunks(
    file: { readonly id: number; readonly path: RelativePath },
    content: {
      readonly hash: Uint8Array;
      readonly language: string;
      readonly checkedMs: number;
      readonly unsaved: boolean;
    },
    chunks: readonly Chunk[],
  ): ChunkDelta {
    const old = new Map<string, number[]>();
    for (const row of this.database
      .prepare('SELECT id, identity FROM chunks WHERE file_id = ? ORDER BY ordinal')
      .all(file.id)) {
      const key = toHex(row['identity'] as Uint8Array);
      const ids = old.get(key);
      if (ids === undefined) old.set(key, [Number(row['id'])]);
      else ids.push(Number(row['id']));
    }
    const move = this.database.prepare(
      'UPDATE chunks SET ordinal = ?, start_line = ?, end_line = ?, kind = ? WHERE id = ?',
    );
    const insert = this.database.prepare(
      'INSERT INTO chunks (file_id, ordinal, start_line, end_line, symbol, kind, identity) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const insertText = this.database.prepare('INSERT INTO texts (id, text) VALUES (?, ?)');
    const insertTerms = this.database.prepare('INSERT INTO term_vectors (id, vector) VALUES (?, ?)');
    const pathTerms = splitTerms(file.path);
    const addedIds: number[] = [];
    let kept = 0;
    chunks.forEach((chunk, ordinal) => {
      const identity = this.#hasher.sha256(chunkIdentity(chunk));
      const same = old.get(toHex(identity))?.shift();
      if (same !== undefined) {
        move.run(ordinal, chunk.startLine, chunk.endLine, chunk.kind, same);
        kept++;
        return;
      }
      const { lastInsertRowid: id } = insert.run(
        file.id,
        ordinal,
        chunk.startLine,
        chunk.endLine,
        chunk.symbol,
        chunk.kind,
        identity,
      );
      insertText.run(id, chunk.text);
      const terms = packTerms({ symbol: splitTerms(chunk.symbol), path: pathTerms, body: chunk.terms });
      this.postings.add(id, terms);
      insertTerms.run(id, terms);
      addedIds.push(id);
    });
    const removedIds = [...old.values()].flat();
    for (const id of removedIds) this.#removeChunk(id);
    this.database
      .prepare(
        `UPDATE files SET hash = ?, language = ?, state = 'indexed', reason = NULL, detail = NULL, checked_ms = ?, unsaved = ?
         WHERE id = ?`,
      )
      .run(content.hash, content.language, content.checkedMs, content.unsaved ? 1 : 0, file.id);
    return { addedIds, removedIds, kept };
  }

  /** Removes a file and its chunks; returns the removed chunk ids. Call inside a transaction. */
  removeFile(id: number): readonly number[] {
    const removed = this.#removeChunks(id);
    this.database.prepare('DELETE FROM files WHERE id = ?').run(id);
    return removed;
  }

  /** Text of open editors does not survive a restart: such files are read from the disk again. */
  resetUnsaved(): void {
    this.database.prepare(`UPDATE files SET state = 'pending', unsaved = 0, checked_ms = 0 WHERE unsaved = 1`).run();
  }

  chunk(id: number): HydratedChunk | undefined {
    return this.chunks([id]).get(id);
  }

  /** Those of the chunks that exist, by id. */
  chunks(ids: readonly number[]): Map<number, HydratedChunk> {
    const rows = this.database
      .prepare(
        `SELECT c.id, f.path, f.language, f.unsaved, c.symbol, c.kind, c.identity, c.start_line, c.end_line, t.text
         FROM json_each(?) wanted JOIN chunks c ON c.id = wanted.value
         JOIN files f ON f.id = c.file_id JOIN texts t ON t.id = c.id`,
      )
      .all(JSON.stringify(ids));
    return new Map(
      rows.map((row) => {
        const chunk = {
          ...toPendingChunk(row),
          startLine: Number(row['start_line']),
          endLine: Number(row['end_line']),
          language: String(row['language']),
          unsaved: row['unsaved'] === 1,
        };
        return [chunk.id, chunk];
      }),
    );
  }

  /** Names of those of the chunks that exist, in no order. */
  namedChunks(ids: readonly number[]): NamedChunk[] {
    if (ids.length === 0) return [];
    return this.database
      .prepare(
        `SELECT c.id, f.path, c.symbol, c.kind FROM json_each(?) wanted
         JOIN chunks c ON c.id = wanted.value JOIN files f ON f.id = c.file_id`,
      )
      .all(JSON.stringify(ids))
      .map((row) => ({
        id: Number(row['id']),
        path: String(row['path']),
        symbol: String(row['symbol']),
        kind: row['kind'] as ChunkKind,
      }));
  }

  /** The chunk of a file that holds the line, or the nearest one before it. */
  chunkAt(path: RelativePath, line: number): number | undefined {
    const row = this.database
      .prepare(
        `SELECT c.id FROM chunks c JOIN files f ON f.id = c.file_id WHERE f.path = ? AND c.start_line <= ?
         ORDER BY c.start_line DESC LIMIT 1`,
      )
      .get(path, line);
    return row === undefined ? undefined : Number(row['id']);
  }

  #removeChunks(fileId: number): readonly number[] {
    const ids = this.database
      .prepare('SELECT id FROM chunks WHERE file_id = ?')
      .all(fileId)
      .map((row) => Number(row['id']));
    for (const id of ids) this.#removeChunk(id);
    return ids;
  }

  #removeChunk(id: number): void {
    this.postings.remove(id);
    this.database.prepare('DELETE FROM term_vectors WHERE id = ?').run(id);
    this.database.prepare('DELETE FROM texts WHERE id = ?').run(id);
    this.database.prepare('DELETE FROM chunks WHERE id = ?').run(id);
  }
}

/** The `open` mark is set while a writer has the database: finding it set means the last writer died. */
function checkAfterUncleanClose(database: SqlDatabase): void {
  const open = database.prepare(`SELECT value FROM meta WHERE key = 'open'`).get()?.['value'];
  if (open === 1) {
    const verdict = String(Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]);
    if (verdict !== 'ok') {
      throw new AppError('DatabaseDamaged', phrase`The index database is damaged; it is set aside and rebuilt.`, {
        data: { verdict },
      });
    }
  }
  database.prepare(`INSERT INTO meta VALUES ('open', 1) ON CONFLICT(key) DO UPDATE SET value = 1`).run();
}

function toFileRow(row: SqlRow): FileRow {
  const hash = row['hash'];
  return {
    id: Number(row['id']),
    path: String(row['path']),
    bytes: Number(row['bytes']),
    mtimeMs: Number(row['mtime_ms']),
    checkedMs: Number(row['checked_ms']),
    ...(hash instanceof Uint8Array ? { hash } : {}),
    state: row['state'] as FileState,
    ...(row['reason'] === null ? {} : { reason: row['reason'] as SkipReason }),
    ...(row['detail'] === null ? {} : { detail: String(row['detail']) }),
    unsaved: row['unsaved'] === 1,
  };
}

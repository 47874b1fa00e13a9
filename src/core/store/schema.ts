import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { SqlDatabase } from '../ports.ts';

/**
 * One entry per schema version, applied in order; `PRAGMA user_version` is how many have been. An entry is never
 * edited once released.
 *
 * `texts` stands apart from `chunks` so that scans over chunk metadata (filters, counts) do not read source text.
 * `chunks.id` is AUTOINCREMENT: an id names one text for ever, which is what lets a vector snapshot be reconciled
 * by comparing ids alone. `term_vectors` is what the lexical index in memory is made of (core/lexical).
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    mtime_ms REAL NOT NULL,
    checked_ms REAL NOT NULL DEFAULT 0,
    hash BLOB,
    language TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT,
    detail TEXT,
    unsaved INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX files_state ON files(state, id);
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id INTEGER NOT NULL REFERENCES files(id),
    ordinal INTEGER NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    kind TEXT NOT NULL,
    identity BLOB NOT NULL,
    space INTEGER,
    embed_error TEXT
  ) STRICT;
  CREATE INDEX chunks_file ON chunks(file_id, ordinal);
  CREATE INDEX chunks_space ON chunks(space);
  CREATE TABLE texts (id INTEGER PRIMARY KEY REFERENCES chunks(id), text TEXT NOT NULL) STRICT;
  CREATE VIRTUAL TABLE terms USING fts5(
    symbol, path, body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
  );
  CREATE TABLE spaces (
    id INTEGER PRIMARY KEY,
    space_id TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    dimensions INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // Words are no longer in FTS5. Its index cannot be read back, so that files are chunked again, once.
  `
  DROP TABLE terms;
  CREATE TABLE term_vectors (id INTEGER PRIMARY KEY REFERENCES chunks(id), vector BLOB NOT NULL) STRICT;
  CREATE TABLE postings_segments (first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, image BLOB NOT NULL) STRICT;
  CREATE TABLE removed_chunks (id INTEGER PRIMARY KEY) STRICT;
  DELETE FROM texts;
  DELETE FROM chunks;
  UPDATE files SET state = 'pending', hash = NULL WHERE state IN ('indexed', 'failed');
  `,
  // How many chunks have a vector in a space is counted as they change: counting them all takes 60 ns each.
  `
  ALTER TABLE spaces ADD COLUMN embedded INTEGER NOT NULL DEFAULT 0;
  UPDATE spaces SET embedded = (SELECT count(*) FROM chunks WHERE space = spaces.id);
  CREATE TRIGGER chunk_embedded AFTER UPDATE OF space ON chunks WHEN NEW.space NOTNULL AND OLD.space IS NOT NEW.space BEGIN
    UPDATE spaces SET embedded = embedded + 1 WHERE id = NEW.space;
  END;
  CREATE TRIGGER chunk_not_embedded AFTER UPDATE OF space ON chunks WHEN OLD.space NOTNULL AND OLD.space IS NOT NEW.space BEGIN
    UPDATE spaces SET embedded = embedded - 1 WHERE id = OLD.space;
  END;
  CREATE TRIGGER chunk_removed AFTER DELETE ON chunks WHEN OLD.space IS NOT NULL BEGIN
    UPDATE spaces SET embedded = embedded - 1 WHERE id = OLD.space;
  END;
  `,
];

/** Brings the database to the newest schema. Throws `DatabaseDamaged` for a version of the future. */
export function migrate(database: SqlDatabase): void {
  for (let next = schemaVersion(database); next < migrations.length; next++) {
    database.transaction(() => {
      database.exec(migrations[next] ?? '');
      database.exec(`PRAGMA user_version = ${next + 1}`);
    });
  }
}

/** For a process that only reads: throws `IndexLocked` while the writer has not yet created or upgraded the schema. */
export function assertMigrated(database: SqlDatabase): void {
  if (schemaVersion(database) < migrations.length) {
    throw new AppError(
      'IndexLocked',
      phrase`Another window or process is just creating this index. Try again in a moment.`,
    );
  }
}

function schemaVersion(database: SqlDatabase): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new AppError(
      'DatabaseDamaged',
      phrase`The index was written by a newer version; it is set aside and rebuilt.`,
      {
        data: { version, supported: migrations.length },
      },
    );
  }
  return version;
}

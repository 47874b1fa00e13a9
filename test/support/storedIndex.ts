import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toHex } from '../../src/util/hex.ts';

/**
 * What an index directory holds, read from its databases without the product's code: the product repairs what it opens,
 * and a test wants to see what was there.
 */
export class StoredIndex {
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Of the only folder indexed there. */
  get cataloguePath(): string {
    return join(this.indexDir, 'catalogue.db');
  }

  get cachePath(): string {
    return join(this.#dataDir, 'embeddings', 'embeddings-1.db');
  }

  get indexDir(): string {
    const folders = join(this.#dataDir, 'folders');
    return join(folders, existsSync(folders) ? (readdirSync(folders)[0] ?? '') : '');
  }

  /** Every chunk in order as `path:start-end kind symbol identity`, with `+` when it has a vector. */
  chunks(): string[] {
    return this.#read(this.cataloguePath, [], (database) =>
      database
        .prepare(
          `SELECT f.path || ':' || c.start_line || '-' || c.end_line || ' ' || c.kind || ' ' || c.symbol || ' '
             || hex(c.identity) || iif(c.space IS NULL, ' -', ' +') AS chunk
           FROM chunks c JOIN files f ON f.id = c.file_id ORDER BY f.path, c.ordinal`,
        )
        .all()
        .map((row) => String(row['chunk'])),
    );
  }

  /** Rows that must go together and do not: chunks without file, text or postings, and the reverse. */
  orphans(): number {
    return this.#read(this.cataloguePath, 0, (database) => {
      const count = (sql: string): number => Number(database.prepare(sql).get()?.['n']);
      return (
        count('SELECT count(*) AS n FROM chunks WHERE file_id NOT IN (SELECT id FROM files)') +
        count('SELECT count(*) AS n FROM chunks WHERE id NOT IN (SELECT id FROM texts)') +
        count('SELECT count(*) AS n FROM texts WHERE id NOT IN (SELECT id FROM chunks)') +
        count('SELECT count(*) AS n FROM chunks WHERE id NOT IN (SELECT id FROM term_vectors)') +
        count('SELECT count(*) AS n FROM term_vectors WHERE id NOT IN (SELECT id FROM chunks)')
      );
    });
  }

  /** Tells of a text that was sent to the provider whether its vector is in the embedding cache. */
  cachedTexts(): (text: string) => boolean {
    const spaces = this.#read(this.cataloguePath, [], (database) =>
      database
        .prepare('SELECT space_id FROM spaces')
        .all()
        .map((row) => String(row['space_id'])),
    );
    const keys = this.#read(this.cachePath, [], (database) =>
      database
        .prepare('SELECT key FROM entries')
        .all()
        .map((row) => toHex(row['key'] as Uint8Array)),
    );
    const known = new Set(keys);
    return (text) => spaces.some((space) => known.has(cacheKey(space, text)));
  }

  /** `otherwise` when the database, or its tables, were not made yet. */
  #read<T>(path: string, otherwise: T, body: (database: DatabaseSync) => T): T {
    if (!existsSync(path)) return otherwise;
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      if (database.prepare('SELECT count(*) AS n FROM sqlite_master').get()?.['n'] === 0) return otherwise;
      return body(database);
    } finally {
      database.close();
    }
  }
}

/** How the embedding cache keys a document: by space and by the text without its first line, which is the path. */
function cacheKey(spaceId: string, text: string): string {
  const identity = sha256(text.slice(text.indexOf('\n') + 1));
  return sha256(`${spaceId}\0document\0${identity}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

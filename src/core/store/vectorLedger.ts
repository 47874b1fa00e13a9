import type { ChunkKind } from '../../protocol/types.ts';
import type { SqlDatabase, SqlRow } from '../ports.ts';
import type { EmbeddingDocument, EmbeddingSpace } from '../providerPorts.ts';

/** A chunk waiting for its vector. */
export interface PendingChunk extends EmbeddingDocument {
  readonly id: number;
  /** SHA-256 of everything of the chunk but its path. */
  readonly identity: Uint8Array;
}

export interface PlannedChunk extends PendingChunk {
  readonly fileId: number;
  /** The space it has a vector in; undefined = none. */
  readonly space: number | undefined;
}

/** Documents of those of the chunks in a JSON array of ids that exist; conditions go behind it. */
const selectNamed = `SELECT c.id, f.path, c.symbol, c.kind, c.identity, t.text FROM json_each(?) wanted
  JOIN chunks c ON c.id = wanted.value JOIN files f ON f.id = c.file_id JOIN texts t ON t.id = c.id`;

/**
 * The catalogue's word on vectors: which chunk has one in which embedding space. A chunk has a vector in at most one
 * space (`chunks.space`), the one being filled; while a new space is filled the old vectors live in their snapshot.
 */
export class VectorLedger {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** The row number of a space, created when new. */
  spaceRow(space: EmbeddingSpace): number {
    this.#database
      .prepare(
        `INSERT INTO spaces (space_id, provider, endpoint, model, dimensions) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT(space_id) DO UPDATE SET dimensions = max(dimensions, excluded.dimensions)`,
      )
      .run(space.id, space.provider, space.endpoint, space.model, space.dimensions);
    return Number(this.#database.prepare('SELECT id FROM spaces WHERE space_id = ?').get(space.id)?.['id']);
  }

  /** The row number of a space, 0 (no chunk has it) when it is not known: for processes that only read. */
  findSpaceRow(spaceId: string): number {
    return Number(this.#database.prepare('SELECT id FROM spaces WHERE space_id = ?').get(spaceId)?.['id'] ?? 0);
  }

  learnDimensions(spaceRow: number, dimensions: number): void {
    this.#database.prepare('UPDATE spaces SET dimensions = ? WHERE id = ?').run(dimensions, spaceRow);
  }

  /** Dimensions learnt for a space, 0 when unknown. */
  spaceDimensions(spaceId: string): number {
    return Number(
      this.#database.prepare('SELECT dimensions FROM spaces WHERE space_id = ?').get(spaceId)?.['dimensions'] ?? 0,
    );
  }

  /** Chunks without a vector in the space, by id, after `afterId`. Failed ones are left out unless `retryFailed`. */
  pendingChunks(space: number, afterId: number, limit: number): PendingChunk[] {
    return this.#database
      .prepare(
        `SELECT c.id, f.path, c.symbol, c.kind, c.identity, t.text FROM chunks c
         JOIN files f ON f.id = c.file_id JOIN texts t ON t.id = c.id
         WHERE c.id > ? AND c.space IS NOT ? AND c.embed_error IS NULL ORDER BY c.id LIMIT ?`,
      )
      .all(afterId, space, limit)
      .map(toPendingChunk);
  }

  /** Those of the chunks that exist and have no vector in the space. */
  pendingChunksOf(space: number, ids: readonly number[]): PendingChunk[] {
    return this.#database
      .prepare(`${selectNamed} WHERE c.space IS NOT ? AND c.embed_error IS NULL`)
      .all(JSON.stringify(ids), space)
      .map(toPendingChunk);
  }

  /** All chunks by id, after `afterId`; with their texts, as asking for those apart takes twice as long. */
  plannedChunks(afterId: number, limit: number): PlannedChunk[] {
    return this.#database
      .prepare(
        `SELECT c.id, c.file_id, f.path, c.symbol, c.kind, c.identity, c.space, t.text
         FROM chunks c JOIN files f ON f.id = c.file_id JOIN texts t ON t.id = c.id
         WHERE c.id > ? ORDER BY c.id LIMIT ?`,
      )
      .all(afterId, limit)
      .map((row) => ({
        ...toPendingChunk(row),
        fileId: Number(row['file_id']),
        space: row['space'] === null ? undefined : Number(row['space']),
      }));
  }

  /** Those of the chunks that exist, whatever vectors they have. */
  documents(ids: readonly number[]): PendingChunk[] {
    return this.#database.prepare(selectNamed).all(JSON.stringify(ids)).map(toPendingChunk);
  }

  /** Costs nothing when nothing is pending: unlike IS NOT, ranges of the space are looked up in its index. */
  countPendingChunks(space: number): number {
    return Number(
      this.#database
        .prepare(
          `SELECT count(*) AS n FROM chunks
           WHERE (space IS NULL OR space < ?1 OR space > ?1) AND embed_error IS NULL`,
        )
        .get(space)?.['n'],
    );
  }

  /** Marks those of the chunks that still exist as embedded; returns them. Call inside a transaction. */
  markEmbedded(space: number, ids: readonly number[]): number[] {
    return this.#database
      .prepare(
        'UPDATE chunks SET space = ?, embed_error = NULL WHERE id IN (SELECT value FROM json_each(?)) RETURNING id',
      )
      .all(space, JSON.stringify(ids))
      .map((row) => Number(row['id']));
  }

  /** The vectors of these chunks are gone (evicted from the cache): they wait for one again. */
  markNotEmbedded(ids: readonly number[]): void {
    this.#database
      .prepare('UPDATE chunks SET space = NULL WHERE id IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(ids));
  }

  markEmbedFailed(ids: readonly number[], error: string): void {
    const update = this.#database.prepare('UPDATE chunks SET embed_error = ? WHERE id = ?');
    for (const id of ids) update.run(error, id);
  }

  clearEmbedErrors(): void {
    this.#database.prepare('UPDATE chunks SET embed_error = NULL WHERE embed_error IS NOT NULL').run();
  }

  /** How many chunks have a vector in the space; does not count them (schema, `spaces.embedded`). */
  countEmbedded(space: number): number {
    return Number(this.#database.prepare('SELECT embedded FROM spaces WHERE id = ?').get(space)?.['embedded'] ?? 0);
  }

  /** Ids of the chunks that have a vector in the space. */
  embeddedIds(space: number): number[] {
    return this.#database
      .prepare('SELECT id FROM chunks WHERE space = ?')
      .all(space)
      .map((row) => Number(row['id']));
  }

  /** Those of the chunks that are gone. */
  missing(ids: readonly number[]): number[] {
    return this.#database
      .prepare('SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM chunks)')
      .all(JSON.stringify(ids))
      .map((row) => Number(row['value']));
  }

  identities(ids: readonly number[]): Map<number, Uint8Array> {
    const select = this.#database.prepare('SELECT identity FROM chunks WHERE id = ?');
    const found = new Map<number, Uint8Array>();
    for (const id of ids) {
      const row = select.get(id);
      if (row !== undefined) found.set(id, row['identity'] as Uint8Array);
    }
    return found;
  }
}

export function toPendingChunk(row: SqlRow): PendingChunk {
  return {
    id: Number(row['id']),
    path: String(row['path']),
    symbol: String(row['symbol']),
    kind: row['kind'] as ChunkKind,
    identity: row['identity'] as Uint8Array,
    text: String(row['text']),
  };
}

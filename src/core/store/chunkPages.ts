import type { ChunkKind } from '../../protocol/types.ts';
import type { SqlDatabase } from '../ports.ts';

/** A chunk with its text, as far as it takes to compare it with others. */
export interface ComparedChunk {
  readonly id: number;
  readonly path: string;
  readonly language: string;
  readonly kind: ChunkKind;
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string;
  /** SHA-256 of everything of the chunk but its path. */
  readonly identity: Uint8Array;
  readonly text: string;
}

/** Chunks of some lines at least, by id, after `afterId`. */
export function chunkPage(database: SqlDatabase, minLines: number, afterId: number, limit: number): ComparedChunk[] {
  return database
    .prepare(
      `SELECT c.id, f.path, f.language, c.kind, c.start_line, c.end_line, c.symbol, c.identity, t.text
       FROM chunks c JOIN files f ON f.id = c.file_id JOIN texts t ON t.id = c.id
       WHERE c.id > ? AND c.end_line - c.start_line + 1 >= ? ORDER BY c.id LIMIT ?`,
    )
    .all(afterId, minLines, limit)
    .map((row) => ({
      id: Number(row['id']),
      path: String(row['path']),
      language: String(row['language']),
      kind: row['kind'] as ChunkKind,
      startLine: Number(row['start_line']),
      endLine: Number(row['end_line']),
      symbol: String(row['symbol']),
      identity: row['identity'] as Uint8Array,
      text: String(row['text']),
    }));
}

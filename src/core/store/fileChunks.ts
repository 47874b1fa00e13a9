import type { FileChunks, InspectedChunk } from '../../protocol/chunks.ts';
import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { ChunkKind, RelativePath } from '../../protocol/types.ts';
import { toHex } from '../../util/hex.ts';
import { embeddingText } from '../chunking/embeddingText.ts';
import { estimateTokens } from '../chunking/tokens.ts';
import type { SqlDatabase, SqlRow } from '../ports.ts';
import { readPhrase } from './storedPhrase.ts';

/** The space whose vectors are meant. */
export interface InspectedSpace {
  /** Its row in the catalogue. */
  readonly spaceRow: number;
  readonly space: { readonly model: string };
}

/**
 * The chunks of a file with the state of their vectors. Throws `NotFound` when the file is not in the catalogue, or was
 * skipped or failed and has none.
 */
export function fileChunks(
  database: SqlDatabase,
  path: RelativePath,
  space: InspectedSpace | undefined,
  documentPrefix: string,
): FileChunks {
  const file = database.prepare('SELECT id, language, unsaved, detail FROM files WHERE path = ?').get(path);
  if (file === undefined) {
    throw new AppError(
      'NotFound',
      phrase`${path} is not in the index, so it has no chunks. Ask why it is not indexed.`,
    );
  }
  const rows = database
    .prepare('SELECT c.*, t.text FROM chunks c JOIN texts t ON t.id = c.id WHERE c.file_id = ? ORDER BY c.ordinal')
    .all(file['id'] ?? null);
  if (rows.length === 0 && typeof file['detail'] === 'string') throw noChunks(path, readPhrase(file['detail']));
  return {
    path,
    language: String(file['language']),
    unsaved: file['unsaved'] === 1,
    ...(space === undefined ? {} : { model: space.space.model }),
    chunks: rows.map((row) => toInspected(row, path, space, documentPrefix)),
  };
}

function noChunks(path: RelativePath, why: ReturnType<typeof readPhrase>): AppError {
  return new AppError('NotFound', phrase`${path} has no chunks: ${why.phrase ?? why.detail}`);
}

function toInspected(
  row: SqlRow,
  path: RelativePath,
  space: InspectedSpace | undefined,
  documentPrefix: string,
): InspectedChunk {
  const [symbol, kind] = [String(row['symbol']), row['kind'] as ChunkKind];
  const embeddedText = documentPrefix + embeddingText({ path, symbol, kind, text: String(row['text']) });
  return {
    chunkId: Number(row['id']),
    startLine: Number(row['start_line']),
    endLine: Number(row['end_line']),
    symbol,
    kind,
    tokens: estimateTokens(embeddedText),
    hash: toHex(row['identity'] as Uint8Array),
    embeddedText,
    ...vectorState(row, space),
  };
}

function vectorState(
  row: SqlRow,
  space: InspectedSpace | undefined,
): Pick<InspectedChunk, 'vector' | 'detail' | 'phrase'> {
  if (space === undefined) return { vector: 'none' };
  if (row['embed_error'] !== null) return { vector: 'failed', ...readPhrase(String(row['embed_error'])) };
  return { vector: row['space'] === space.spaceRow ? 'embedded' : 'pending' };
}

import { AppError, throwIfAborted } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { SearchFilter } from '../../protocol/types.ts';
import { toHex } from '../../util/hex.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { allowedIds } from '../search/searchScope.ts';
import { chunkPage, type ComparedChunk } from '../store/chunkPages.ts';
import { fingerprint, type Fingerprint } from './fingerprint.ts';
import type { Piece, Place } from './piece.ts';
import type { Turns } from './turns.ts';

/** Chunks read at a time: some milliseconds. */
const pageSize = 128;
/** Tokens of code a piece must have: what the token-based finders of clones take (jscpd 50, SourcererCC 65). */
const minTokens = 50;
/** A piece whose runs of tokens are mostly the same few is a table, not code: any two tables would be alike. */
const minVariety = 0.4;
/** About 1.3 kB each are held, so some 300 MB. */
const maxPieces = 250_000;
/** Prose and data repeat themselves for good reasons. */
const notCode = new Set(['markdown', 'plaintext', 'json', 'jsonc', 'csv', 'xml', 'svg', 'restructuredtext']);

export interface PieceOptions {
  readonly minLines: number;
  readonly filter: SearchFilter | undefined;
}

/** What of the folders is compared: each text once, however often it is there. */
export async function collectPieces(
  folders: readonly FolderIndex[],
  options: PieceOptions,
  turns: Turns,
  signal: AbortSignal | undefined,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  const byIdentity = new Map<string, Piece | undefined>();
  for (const folder of folders) {
    const allowed = allowedIds(options.filter, folder);
    let afterId = 0;
    for (;;) {
      throwIfAborted(signal);
      const page = chunkPage(folder.catalogue.database, options.minLines, afterId, pageSize);
      for (const chunk of page) {
        afterId = chunk.id;
        if (allowed?.has(chunk.id) !== false && !notCode.has(chunk.language)) {
          const piece = addTo(byIdentity, folder, chunk);
          if (piece !== undefined) pieces.push(piece);
        }
      }
      // Before they are all in memory.
      if (pieces.length > maxPieces) throw tooMany();
      if (page.length < pageSize) break;
      await turns.next();
    }
  }
  return pieces;
}

function tooMany(): AppError {
  return new AppError(
    'InvalidArgument',
    phrase`More than ${maxPieces} pieces of code cannot be compared at once. Choose fewer by paths or by more lines.`,
  );
}

/** Adds a chunk's place to the piece of its text; the piece if it is a new one. Undefined in the map: not to be compared. */
function addTo(
  byIdentity: Map<string, Piece | undefined>,
  folder: FolderIndex,
  chunk: ComparedChunk,
): Piece | undefined {
  const { id, path, startLine, endLine, symbol, kind, language, text } = chunk;
  const place: Place = { folder, id, path, startLine, endLine, symbol, kind, language };
  const key = toHex(chunk.identity);
  const known = byIdentity.get(key);
  if (known !== undefined) known.places.push(place);
  if (byIdentity.has(key)) return undefined;
  const print = fingerprint(text);
  const piece: Piece | undefined = isComparable(print) ? { places: [place], print } : undefined;
  byIdentity.set(key, piece);
  return piece;
}

function isComparable({ tokens, shape }: Fingerprint): boolean {
  return tokens >= minTokens && new Set(shape).size >= shape.length * minVariety;
}

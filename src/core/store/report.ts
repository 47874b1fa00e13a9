import { english, phrase } from '../../protocol/phrase.ts';
import type { FileEntry, FileState, IndexCounts, SkipReason } from '../../protocol/types.ts';
import type { SqlDatabase, SqlRow } from '../ports.ts';
import { readPhrase } from './storedPhrase.ts';

/** Counts that sum: indexed + pending + failed + skipped = discovered. With a space, a file is indexed only when all its chunks have a vector. */
export function counts(database: SqlDatabase, space: number | undefined): IndexCounts {
  const byState = new Map<string, number>();
  for (const row of database.prepare('SELECT state, count(*) AS n FROM files GROUP BY state').all()) {
    byState.set(String(row['state']), Number(row['n']));
  }
  let embedPending = 0;
  let embedFailed = 0;
  if (space !== undefined) {
    const row = database
      .prepare(
        `SELECT count(*) AS pending, coalesce(sum(failed), 0) AS failed FROM (
             SELECT max(c.embed_error IS NOT NULL) AS failed FROM chunks c JOIN files f ON f.id = c.file_id
             WHERE c.space IS NOT ? AND f.state = 'indexed' GROUP BY c.file_id)`,
      )
      .get(space);
    embedFailed = Number(row?.['failed']);
    embedPending = Number(row?.['pending']) - embedFailed;
  }
  const indexed = (byState.get('indexed') ?? 0) - embedPending - embedFailed;
  const pending = (byState.get('pending') ?? 0) + embedPending;
  const failed = (byState.get('failed') ?? 0) + embedFailed;
  const skipped = byState.get('skipped') ?? 0;
  return { discovered: indexed + pending + failed + skipped, indexed, pending, failed, skipped };
}

export function skippedByReason(database: SqlDatabase): Partial<Record<SkipReason, number>> {
  const rows = database
    .prepare(`SELECT reason, count(*) AS n FROM files WHERE state = 'skipped' GROUP BY reason`)
    .all();
  return Object.fromEntries(rows.map((row) => [String(row['reason']), Number(row['n'])]));
}

export function chunkCount(database: SqlDatabase): number {
  return Number(database.prepare('SELECT count(*) AS n FROM chunks').get()?.['n']);
}

/** Ids of the languages of the indexed files, the most frequent first. */
export function languages(database: SqlDatabase): string[] {
  return database
    .prepare(`SELECT language FROM files WHERE language <> '' GROUP BY language ORDER BY count(*) DESC, language`)
    .all()
    .map((row) => String(row['language']));
}

/** Every discovered file with its state, by path. */
export function fileEntries(database: SqlDatabase, space: number | undefined): FileEntry[] {
  return database
    .prepare(
      `SELECT f.*, count(c.id) AS chunks, coalesce(sum(c.space IS NOT ?1), 0) AS unembedded, max(c.embed_error) AS embed_error
         FROM files f LEFT JOIN chunks c ON c.file_id = f.id GROUP BY f.id ORDER BY f.path`,
    )
    .all(space ?? null)
    .map((row) => toFileEntry(row, space !== undefined));
}

function toFileEntry(row: SqlRow, hasSpace: boolean): FileEntry {
  let state = row['state'] as FileState;
  let words = wordsOf(row['detail']);
  if (state === 'indexed' && hasSpace && row['embed_error'] !== null) {
    state = 'failed';
    words = wordsOf(row['embed_error']);
  } else if (state === 'indexed' && hasSpace && Number(row['unembedded']) > 0) {
    state = 'pending';
    const waiting = phrase`${Number(row['unembedded'])} of ${Number(row['chunks'])} chunks wait for their vector; lexical search finds them`;
    words = { detail: english(waiting), phrase: waiting };
  }
  return {
    path: String(row['path']),
    state,
    ...(row['reason'] === null ? {} : { reason: row['reason'] as SkipReason }),
    ...words,
    ...(row['language'] === '' ? {} : { language: String(row['language']) }),
    bytes: Number(row['bytes']),
    chunks: Number(row['chunks']),
  };
}

function wordsOf(column: SqlRow[string] | undefined): Partial<ReturnType<typeof readPhrase>> {
  return typeof column === 'string' ? readPhrase(column) : {};
}

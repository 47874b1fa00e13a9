import { throwIfAborted } from '../../protocol/errors.ts';
import type { RelativePath, SkipReason } from '../../protocol/types.ts';
import type { DiscoveredFile, Discovery } from '../discovery/discovery.ts';
import type { Clock } from '../ports.ts';
import type { Catalogue, FileRow } from '../store/catalogue.ts';
import type { FileTotals } from './fileQueue.ts';
import { storePhrase } from '../store/storedPhrase.ts';

/** Files compared with the catalogue in one transaction. */
const batchSize = 200;
/**
 * A file changed within this time of our reading it may have been changed again without its mtime showing it (file
 * systems with 2 s resolution; git's "racily clean" entries): its content is compared once more.
 */
const racyMs = 2_000;

const contentReasons: ReadonlySet<SkipReason> = new Set<SkipReason>([
  'binary',
  'minified',
  'generated',
  'empty',
  'secret',
]);

export interface ReconcileOptions {
  readonly catalogue: Catalogue;
  readonly discovery: Discovery;
  readonly clock: Clock;
  /** Directory to walk, '' = the whole folder. */
  readonly prefix: RelativePath;
  readonly onRemoved: (chunkIds: readonly number[]) => void;
  readonly onProgress: (discovered: number) => void;
}

/**
 * Compares the disk below `prefix` with the catalogue: new and changed files become pending, skipped ones are recorded
 * with their reason, files that are gone are removed. Reads no content. An aborted or failed walk removes nothing.
 */
export async function reconcile(options: ReconcileOptions, totals: FileTotals, signal?: AbortSignal): Promise<void> {
  const { catalogue, discovery, clock, prefix, onRemoved, onProgress } = options;
  const seen = new Set<number>();
  const removedChunks: number[] = [];
  let batch: DiscoveredFile[] = [];
  const flush = (): void => {
    if (batch.length === 0) return;
    catalogue.transaction(() => {
      for (const file of batch) seen.add(compare(catalogue, file, removedChunks));
    });
    batch = [];
    onProgress(seen.size);
  };
  for await (const file of discovery.walk(signal, prefix)) {
    batch.push(file);
    if (batch.length >= batchSize) {
      flush();
      await clock.yield();
    }
  }
  flush();
  throwIfAborted(signal);

  const gone = [...catalogue.pathsBelow(prefix)].filter(({ id }) => !seen.has(id));
  for (let start = 0; start < gone.length; start += batchSize) {
    catalogue.transaction(() => {
      for (const { id } of gone.slice(start, start + batchSize)) removedChunks.push(...catalogue.removeFile(id));
    });
    await clock.yield();
  }
  totals.filesRemoved += gone.length;
  totals.chunksRemoved += removedChunks.length;
  if (removedChunks.length > 0) onRemoved(removedChunks);
}

/** Brings one file's row in line with what discovery says; returns the row's id. */
export function compare(catalogue: Catalogue, file: DiscoveredFile, removedChunks: number[]): number {
  const row = catalogue.file(file.path);
  if (file.skip !== undefined) {
    const { reason } = file.skip;
    const detail = storePhrase(file.skip.detail);
    if (row?.state !== 'skipped' || row.reason !== reason || row.detail !== detail || !sameStat(row, file)) {
      removedChunks.push(...catalogue.markSkipped(file.path, file, reason, detail));
    }
    return catalogue.file(file.path)?.id ?? 0;
  }
  if (row !== undefined && (row.unsaved || isUnchanged(row, file))) return row.id;
  return catalogue.markPending(file.path, file);
}

function isUnchanged(row: FileRow, file: DiscoveredFile): boolean {
  if (row.state === 'pending') return sameStat(row, file);
  if (row.state === 'skipped') return row.reason !== undefined && contentReasons.has(row.reason) && sameStat(row, file);
  return row.state === 'indexed' && sameStat(row, file) && row.mtimeMs < row.checkedMs - racyMs;
}

function sameStat(row: FileRow, file: DiscoveredFile): boolean {
  return row.bytes === file.bytes && row.mtimeMs === file.mtimeMs;
}

import type { z } from 'zod';
import type { FolderStatus } from '../../protocol/types.ts';
import { formatCount, formatNumberOf } from '../format.ts';
import type { Answer, ServedFolder } from './servedFolder.ts';
import type { statusOutput } from './toolSchemas.ts';

type StatusReport = z.infer<typeof statusOutput>;

/** The state of a folder's index for an agent, as data and in words. */
export function folderReport(
  { folder, progress }: ServedFolder,
  { value: status, notes }: Answer<FolderStatus | undefined>,
): { readonly structured: StatusReport; readonly text: string } {
  const files = { ...(status?.counts ?? { discovered: 0, indexed: 0, pending: 0, failed: 0, skipped: 0 }) };
  const updatedAt = status === undefined || status.updatedAt === 0 ? null : new Date(status.updatedAt).toISOString();
  const structured: StatusReport = {
    folder: folder.root,
    state: stateOf(files, updatedAt, progress !== undefined),
    files,
    chunks: status?.chunks ?? 0,
    vectors: status?.vectors ?? 0,
    model: status?.space?.model ?? null,
    updatedAt,
    progress: progress === undefined ? null : { phase: progress.phase, done: progress.done, total: progress.total },
    notes: [...notes, ...(status?.error === undefined ? [] : [status.error.message])],
  };
  return { structured, text: textOf(structured) };
}

function stateOf(files: StatusReport['files'], updatedAt: string | null, isWorking: boolean): StatusReport['state'] {
  if (isWorking) return 'indexing';
  if (updatedAt === null) return 'empty';
  return files.pending + files.failed > 0 ? 'incomplete' : 'ready';
}

function textOf({ folder, state, files, chunks, vectors, model, updatedAt, progress, notes }: StatusReport): string {
  const work = progress === null ? '' : ` (${progress.phase}, ${progress.done} of ${progress.total})`;
  return [
    `${folder}: ${state}${work}`,
    `${formatNumberOf(files.discovered, 'file')}: ${formatCount(files.indexed)} indexed, ${formatCount(files.pending)} pending, ` +
      `${formatCount(files.failed)} failed, ${formatCount(files.skipped)} skipped`,
    `${formatNumberOf(chunks, 'chunk')}, ${formatCount(vectors)} with a vector of ${model ?? 'no model (words only)'}`,
    `updated ${updatedAt ?? 'never'}`,
    ...notes,
  ].join('\n');
}

import type { FileChange, RelativePath } from '../../protocol/types.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { FileSystem } from '../ports.ts';
import type { Catalogue } from '../store/catalogue.ts';
import type { FileTotals } from './fileQueue.ts';
import { compare } from './reconcile.ts';

/** What is left to do after events have been recorded in the catalogue. */
export interface RecordedChanges {
  /** Files that may be pending now. */
  readonly files: readonly RelativePath[];
  /** Directories to reconcile: new ones, and those whose ignore rules changed. */
  readonly directories: ReadonlySet<RelativePath>;
  readonly removedChunks: readonly number[];
}

/** Records file events in the catalogue without reading content: only what is named is looked at. */
export async function recordChanges(
  changes: readonly FileChange[],
  {
    catalogue,
    discovery,
    fileSystem,
    root,
  }: { catalogue: Catalogue; discovery: Discovery; fileSystem: FileSystem; root: string },
  totals: FileTotals,
): Promise<RecordedChanges> {
  const directories = new Set(discovery.affectedBy(changes).prefixes);
  const files: RelativePath[] = [];
  const removedChunks: number[] = [];
  for (const { type, path } of changes) {
    if (type === 'deleted') {
      catalogue.transaction(() => {
        for (const { id } of catalogue.pathsBelow(path)) {
          removedChunks.push(...catalogue.removeFile(id));
          totals.filesRemoved++;
        }
      });
      continue;
    }
    const stat = await fileSystem.stat(fileSystem.join(root, path));
    if (stat?.kind === 'directory') directories.add(path);
    else files.push(path);
  }
  for (const path of files) {
    const verdict = await discovery.classify(path);
    catalogue.transaction(() => {
      if (verdict.state === 'discovered' || verdict.state === 'skipped') {
        compare(catalogue, verdict.file, removedChunks);
        return;
      }
      const row = catalogue.file(path);
      if (row === undefined) return;
      removedChunks.push(...catalogue.removeFile(row.id));
      totals.filesRemoved++;
    });
  }
  totals.chunksRemoved += removedChunks.length;
  return { files, directories, removedChunks };
}

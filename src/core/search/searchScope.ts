import type { SearchFilter } from '../../protocol/types.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { allowedChunks, type ChunkFilter } from '../store/chunkFilter.ts';
import { pathFilter } from './pathFilter.ts';
import { pathTraits } from './ranking/pathTraits.ts';

/** Ids of a folder's chunks that a search may find; undefined: all. */
export type AllowedIn = (folder: FolderIndex) => ReadonlySet<number> | undefined;

/** Looks once per folder, whatever retrievers ask: it takes a walk over all chunks. */
export function allowedIn(filter: SearchFilter | undefined): AllowedIn {
  const known = new Map<FolderIndex, ReadonlySet<number> | undefined>();
  const parts = partsOf(filter).map((part) => ({ part, matches: matcherOf(part) }));
  return (folder) => {
    if (!known.has(folder)) {
      const filters = parts.map(({ part, matches }) => chunkFilter(part, matches, folder.folder.folderId));
      known.set(folder, allowedChunks(folder.catalogue, filters));
    }
    return known.get(folder);
  };
}

/** Whether a filter lets anything of a folder through. */
export function isFolderWanted(filter: SearchFilter | undefined, folderId: string): boolean {
  return partsOf(filter).every(
    ({ folders }) => folders === undefined || folders.length === 0 || folders.includes(folderId),
  );
}

/** The filter and all that has to hold as well. */
function partsOf(filter: SearchFilter | undefined): readonly SearchFilter[] {
  return filter === undefined ? [] : [filter, ...partsOf(filter.and)];
}

function chunkFilter(part: SearchFilter, matches: ChunkFilter['matches'], folderId: string): ChunkFilter {
  const { languages, excludeLanguages, kinds, excludeKinds, files } = part;
  return {
    ...(languages && { languages }),
    ...(excludeLanguages && { excludeLanguages }),
    ...(kinds && { kinds }),
    ...(excludeKinds && { excludeKinds }),
    ...(files && { files: files.filter((file) => file.folderId === folderId).map(({ path }) => path) }),
    ...(matches && { matches }),
  };
}

function matcherOf({ paths, excludePaths, tests }: SearchFilter): ChunkFilter['matches'] {
  const included = pathFilter(paths);
  const excluded = pathFilter(excludePaths);
  if (included === undefined && excluded === undefined && tests === undefined) return undefined;
  const ofPath = byPath((path) => ({
    isIn: included?.(path) !== false && excluded?.(path) !== true,
    isTest: pathTraits(path).isTest,
  }));
  return (path, kind) => {
    const { isIn, isTest } = ofPath(path);
    if (!isIn || tests === undefined) return isIn;
    return (isTest || kind === 'test') === (tests === 'only');
  };
}

/** Chunks of one file come one after the other: its path is looked at once. */
function byPath<T>(look: (path: string) => T): (path: string) => T {
  let last: { readonly path: string; readonly found: T } | undefined;
  return (path) => {
    if (last?.path !== path) last = { path, found: look(path) };
    return last.found;
  };
}

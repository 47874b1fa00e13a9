import type { SearchResult } from '../../src/protocol/types.ts';
import type { ViewLocation } from '../../src/protocol/viewLocation.ts';
import { fileName } from '../../src/util/fileName.ts';

/** A file above its results, when they are grouped. */
export interface FileRow {
  readonly type: 'file';
  readonly key: string;
  readonly folderId: string;
  readonly path: string;
  /** Name of the workspace folder, when there are several. */
  readonly folder: string | undefined;
  readonly count: number;
  readonly expanded: boolean;
  readonly position: RowPosition;
}

export interface ResultRow {
  readonly type: 'result';
  readonly key: string;
  readonly result: SearchResult;
  readonly folder: string | undefined;
  /** The file stands in a row of its own above. */
  readonly grouped: boolean;
  /** The whole snippet is shown. */
  readonly expanded: boolean;
  readonly position: RowPosition;
}

export type Row = FileRow | ResultRow;

/** Place in the tree, for assistive technology. 1-based. */
export interface RowPosition {
  readonly level: number;
  readonly index: number;
  readonly size: number;
}

export interface RowOptions {
  readonly grouped: boolean;
  /** Keys of files that are folded and of results whose snippet is shown. */
  readonly toggled: ReadonlySet<string>;
  /** Names by folder id; empty when there is one folder. */
  readonly folderNames: ReadonlyMap<string, string>;
}

/** The rows of a result list, in display order: by rank, or files by their best result and results by rank. */
export function rowsOf(results: readonly SearchResult[], options: RowOptions): readonly Row[] {
  const unique = [...new Map(results.map((result) => [resultKey(result), result])).values()];
  if (!options.grouped) {
    return unique.map((result, index) =>
      resultRow(result, options, { level: 1, index: index + 1, size: unique.length }),
    );
  }
  const files = Map.groupBy(unique, fileKey);
  return [...files].flatMap(([key, inFile], fileIndex) => {
    const [{ path, folderId }] = inFile as [SearchResult];
    const expanded = !options.toggled.has(key);
    const file: FileRow = {
      type: 'file',
      key,
      folderId,
      path,
      folder: options.folderNames.get(folderId),
      count: inFile.length,
      expanded,
      position: { level: 1, index: fileIndex + 1, size: files.size },
    };
    if (!expanded) return [file];
    const children = inFile.map((result, index) =>
      resultRow(result, options, { level: 2, index: index + 1, size: inFile.length }),
    );
    return [file, ...children];
  });
}

/** What a row is found by when its first letters are typed: the name of the file or symbol. */
export function nameOf(row: Row): string {
  if (row.type === 'result' && row.result.symbol !== '') return row.result.symbol;
  const { path } = row.type === 'file' ? row : row.result;
  return fileName(path);
}

/** Where a hit is, without what else a result has. */
export function placeOf({ result }: ResultRow): ViewLocation {
  const { folderId, path, startLine, endLine } = result;
  return { folderId, path, startLine, endLine };
}

function resultRow(result: SearchResult, options: RowOptions, position: RowPosition): ResultRow {
  const key = resultKey(result);
  const folder = options.folderNames.get(result.folderId);
  return {
    type: 'result',
    key,
    result,
    folder,
    grouped: options.grouped,
    expanded: options.toggled.has(key),
    position,
  };
}

/** Stable while the chunk stays what it is: across re-ranking, grouping and reloads. */
function resultKey({ folderId, chunkId }: SearchResult): string {
  return `result ${chunkId} ${folderId}`;
}

function fileKey({ folderId, path }: SearchResult): string {
  return `file ${path}\0${folderId}`;
}

import { isCount, isRecord, isText } from './checks.ts';
import type { FilePlace, RelativePath } from './types.ts';

const maxPathChars = 4_096;

/** A place in the workspace. Lines are 1-based, inclusive. */
export interface ViewLocation {
  readonly folderId: string;
  readonly path: RelativePath;
  readonly startLine: number;
  readonly endLine: number;
}

/** The code that similar code is looked for. */
export interface SimilarSource {
  readonly folderId: string;
  readonly path: RelativePath;
  /** 1-based; the chunk at this line is the question. */
  readonly line: number;
}

/** The location, rebuilt from its known fields; undefined when it is none or leads out of its folder. */
export function parseLocation(value: unknown): ViewLocation | undefined {
  if (!isRecord(value)) return undefined;
  const { folderId, path, startLine, endLine } = value;
  if (!isText(folderId, maxPathChars) || !isContainedPath(path)) return undefined;
  if (!isCount(startLine) || startLine < 1 || !isCount(endLine) || endLine < startLine) return undefined;
  return { folderId, path, startLine, endLine };
}

/** Like {@link parseLocation}. */
export function parseSimilarSource(value: unknown): SimilarSource | undefined {
  if (!isRecord(value)) return undefined;
  const { folderId, path, line } = value;
  if (!isText(folderId, maxPathChars) || !isContainedPath(path)) return undefined;
  return isCount(line) && line >= 1 ? { folderId, path, line } : undefined;
}

/** Whether it is the place of a file that does not lead out of its folder. */
export function isFilePlace(value: unknown): value is FilePlace {
  return isRecord(value) && isText(value['folderId'], maxPathChars) && isContainedPath(value['path']);
}

/** A relative path that cannot leave its folder, whatever the platform's separator. */
function isContainedPath(value: unknown): value is RelativePath {
  if (!isText(value, maxPathChars) || value === '' || value.includes('\0')) return false;
  if (/^[/\\]|^[a-z]:/i.test(value)) return false;
  return !value.split(/[/\\]/).includes('..');
}

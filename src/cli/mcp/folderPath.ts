import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AppError } from '../../protocol/errors.ts';
import type { RelativePath } from '../../protocol/types.ts';
import { canonicalFile, relativeWithin } from '../locations.ts';

/**
 * A path that an agent named, relative to the folder. Throws AppError `InvalidArgument` for anything that is not below it.
 * It is only ever looked up in the index; that it may be spelled through other links is all that links are read for.
 */
export async function pathInFolder(root: string, path: string): Promise<RelativePath> {
  if (!isAbsolute(path)) return belowRoot(path);
  const inside =
    relativeWithin(root, path) ?? relativeWithin(await realpath(root), await canonicalFile(path, root)) ?? undefined;
  if (inside === undefined) throw outside(path);
  return inside;
}

/** Globs relative to the folder. Throws AppError `InvalidArgument` for one that reaches out of it. */
export function globsInFolder(root: string, globs: readonly string[]): readonly string[] {
  return globs.map((glob) => {
    if (!isAbsolute(glob)) return belowRoot(glob);
    const inside = relativeWithin(root, glob);
    if (inside === undefined) throw outside(glob);
    return inside;
  });
}

function belowRoot(path: string): string {
  const parts = path.split(/[\\/]/u).filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) throw outside(path);
  return parts.join('/');
}

function outside(path: string): AppError {
  return new AppError('InvalidArgument', `${path} is outside the folder. Name a path inside it, relative to it.`);
}

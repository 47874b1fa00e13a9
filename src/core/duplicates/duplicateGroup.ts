import type { DuplicateGroup, DuplicateMember } from '../../protocol/duplicates.ts';
import { linesOf, type Place } from './piece.ts';

/** A place with how much it is like the first of its group. */
export interface LikePlace extends Place {
  readonly likeness: number;
}

/** Places that are alike, the first of them first. */
export type LikePlaces = readonly [LikePlace, ...LikePlace[]];

export function toGroup([first, ...others]: LikePlaces): DuplicateGroup {
  const sorted = others.sort((a, b) => b.likeness - a.likeness || comparePlaces(a, b));
  const all = [first, ...sorted];
  const lines = all.map(linesOf);
  return {
    members: all.map(toMember),
    likeness: others.reduce((sum, { likeness }) => sum + likeness, 0) / others.length,
    savedLines: lines.reduce((sum, count) => sum + count, 0) - Math.max(...lines),
  };
}

/** By folder, path and line. */
export function comparePlaces(a: Place, b: Place): number {
  const [one, other] = [a.folder.folder.folderId, b.folder.folder.folderId];
  if (one !== other) return one < other ? -1 : 1;
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.startLine - b.startLine;
}

function toMember({ folder, path, startLine, endLine, symbol, kind, language, likeness }: LikePlace): DuplicateMember {
  return { folderId: folder.folder.folderId, path, startLine, endLine, symbol, kind, language, likeness };
}

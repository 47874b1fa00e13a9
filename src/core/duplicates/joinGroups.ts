import { comparePlaces, type LikePlace, type LikePlaces } from './duplicateGroup.ts';
import { linesOf } from './piece.ts';

/** Lines between two chunks of a copied file that are in no group: something short, imports, what was changed there. */
const maxGapLines = 20;

/**
 * Makes one group of groups that follow each other in the same files: a copied file is one finding, not one for each of its
 * chunks. Only groups whose first stands at the same place among them, so that likenesses stay what they are.
 */
export function joinGroups(groups: readonly LikePlaces[]): LikePlaces[] {
  const ordered = groups
    .map((places) => ({ first: places[0], places: [...places].sort(comparePlaces) }))
    .sort((a, b) => comparePlaces(a.places[0]!, b.places[0]!));
  const open = new Map<string, { first: LikePlace; places: LikePlace[] }>();
  const joined: { first: LikePlace; places: LikePlace[] }[] = [];
  for (const group of ordered) {
    const key = keyOf(group.places);
    const before = open.get(key);
    if (before !== undefined && follows(before, group)) {
      const at = before.places.indexOf(before.first);
      const after = isTurned(before, group) ? turned(group.places) : group.places;
      before.places = before.places.map((place, index) => join(place, after[index]!));
      before.first = before.places[at]!;
    } else {
      open.set(key, group);
      joined.push(group);
    }
  }
  return joined.map(({ first, places }) => [first, ...places.filter((place) => place !== first)]);
}

function keyOf(places: readonly LikePlace[]): string {
  return JSON.stringify(places.map(({ folder, path }) => [folder.folder.folderId, path]));
}

interface Group {
  readonly first: LikePlace;
  readonly places: readonly LikePlace[];
}

function follows(before: Group, group: Group): boolean {
  // Of two, each is as much like the other as the other way round.
  if (isTurned(before, group) && before.places.length > 2) return false;
  return before.places.every((place, index) => {
    const gap = group.places[index]!.startLine - place.endLine - 1;
    return gap >= 0 && gap <= maxGapLines;
  });
}

/** Their firsts are in different files. */
function isTurned(before: Group, group: Group): boolean {
  return before.places.indexOf(before.first) !== group.places.indexOf(group.first);
}

/** A pair with the other as its first. */
function turned(pair: readonly LikePlace[]): LikePlace[] {
  return pair.map((place, index) => ({ ...place, likeness: pair[1 - index]!.likeness }));
}

function join(before: LikePlace, after: LikePlace): LikePlace {
  const [one, other] = [linesOf(before), linesOf(after)];
  return {
    ...before,
    endLine: after.endLine,
    ...(before.symbol === '' ? { symbol: after.symbol, kind: after.kind } : {}),
    likeness: (before.likeness * one + after.likeness * other) / (one + other),
  };
}

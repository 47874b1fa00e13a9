/** Some of the pieces, by number: the first and those that are like it. */
export interface Star {
  readonly centre: number;
  /** Likeness to the centre, 0..1. */
  readonly others: ReadonlyMap<number, number>;
}

/**
 * Groups pieces so that each is in one group at most and like the first of its group: the one with the most that are like it
 * and not yet in a group takes them, and so on (star clustering; Aslam, Pelekhov, Rus, "The star clustering algorithm for
 * information organization", 2004). Merging everything that is connected instead would chain pieces that have nothing in
 * common: half of the system calls of a runtime become one group. `weights`: what decides between equals, larger first.
 */
export function starGroups(likenesses: readonly ReadonlyMap<number, number>[], weights: readonly number[]): Star[] {
  const order = [...likenesses.keys()]
    .filter((number) => likenesses[number]!.size > 0)
    .sort((a, b) => likenesses[b]!.size - likenesses[a]!.size || weights[b]! - weights[a]! || a - b);
  const taken = new Set<number>();
  const stars: Star[] = [];
  for (const centre of order) {
    if (taken.has(centre)) continue;
    const others = new Map([...likenesses[centre]!].filter(([other]) => !taken.has(other)));
    if (others.size === 0) continue;
    taken.add(centre);
    for (const other of others.keys()) taken.add(other);
    stars.push({ centre, others });
  }
  return stars;
}

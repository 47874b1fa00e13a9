import { duplicateDefaults, type DuplicatesReport, type DuplicatesRequest } from '../../protocol/duplicates.ts';
import { AppError } from '../../protocol/errors.ts';
import { phrase, type Phrase } from '../../protocol/phrase.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { whileOpen } from '../indexing/whileOpen.ts';
import type { Clock } from '../ports.ts';
import { toGroup, type LikePlaces } from './duplicateGroup.ts';
import { joinGroups } from './joinGroups.ts';
import { findLikenesses } from './likenesses.ts';
import { linesOf, type Piece } from './piece.ts';
import { collectPieces } from './pieces.ts';
import { starGroups, type Star } from './starGroups.ts';
import { Turns } from './turns.ts';

export interface DuplicateSearch {
  /** Those of the request that are open at this moment. */
  readonly folders: () => readonly FolderIndex[];
  readonly clock: Clock;
  /** What is done next. */
  readonly onStep: (step: Phrase) => void;
}

/**
 * Pieces of code that are alike, in groups: copies, also with other names or small changes. Asks no endpoint. Searches are
 * answered meanwhile. A folder that is closed while it is read is left out. Rejects with `InvalidArgument` for numbers out of
 * their range or more code than can be compared, and with CancelledError when the signal fires.
 */
export async function findDuplicates(
  request: DuplicatesRequest,
  { folders, clock, onStep }: DuplicateSearch,
  signal?: AbortSignal,
): Promise<DuplicatesReport> {
  const start = clock.monotonicMs();
  const threshold = checked('threshold', request.threshold ?? duplicateDefaults.threshold, 0.5, 1);
  const minLines = checked('minLines', request.minLines ?? duplicateDefaults.minLines, 1, 1_000);
  const limit = checked('groups', request.groups ?? duplicateDefaults.groups, 1, 10_000);
  const { pieces, likenesses } = await whileOpen(
    folders,
    async (open) => {
      for (const folder of open) await folder.refresh();
      const turns = new Turns(clock);
      onStep(phrase`Reading chunks`);
      const pieces = await collectPieces(open, { minLines, filter: request.filter }, turns, signal);
      const onProgress = percentSteps(pieces.length, onStep);
      return { pieces, likenesses: await findLikenesses(pieces, open, threshold, turns, { onProgress, signal }) };
    },
    signal,
  );
  const groups = group(pieces, likenesses.of);
  return {
    groups: groups.slice(0, limit),
    found: groups.length,
    chunks: pieces.reduce((sum, { places }) => sum + places.length, 0),
    ...{ threshold, minLines, byVectors: likenesses.byVectors },
    totalMs: clock.monotonicMs() - start,
  };
}

function group(
  pieces: readonly Piece[],
  likenesses: readonly ReadonlyMap<number, number>[],
): DuplicatesReport['groups'] {
  const weights = pieces.map(({ places }) => places.length * linesOf(places[0]));
  const stars = starGroups(likenesses, weights);
  const grouped = new Set(stars.flatMap(({ centre, others }) => [centre, ...others.keys()]));
  const alone = [...pieces.keys()].filter((number) => !grouped.has(number) && pieces[number]!.places.length > 1);
  const all = [...stars, ...alone.map((centre): Star => ({ centre, others: new Map() }))];
  return joinGroups(all.map((star) => placesOf(star, pieces)))
    .map(toGroup)
    .sort((a, b) => b.savedLines - a.savedLines || b.likeness - a.likeness);
}

function placesOf({ centre, others }: Star, pieces: readonly Piece[]): LikePlaces {
  const [first, ...copies] = pieces[centre]!.places;
  return [
    { ...first, likeness: 1 },
    ...copies.map((place) => ({ ...place, likeness: 1 })),
    ...[...others].flatMap(([other, likeness]) => pieces[other]!.places.map((place) => ({ ...place, likeness }))),
  ];
}

function percentSteps(total: number, onStep: (step: Phrase) => void): (done: number) => void {
  let last = -1;
  return (done) => {
    const percent = Math.floor((100 * done) / total);
    if (percent === last) return;
    last = percent;
    onStep(phrase`Comparing ${total} pieces of code: ${percent} %`);
  };
}

function checked(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most && (name === 'threshold' || Number.isInteger(value))) return value;
  const said =
    name === 'threshold'
      ? phrase`${name} must be a number from ${least} to ${most}.`
      : phrase`${name} must be a whole number from ${least} to ${most}.`;
  throw new AppError('InvalidArgument', said, {
    data: { [name]: value },
  });
}

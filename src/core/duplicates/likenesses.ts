import { throwIfAborted } from '../../protocol/errors.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { whileAnswering } from '../indexing/whileAnswering.ts';
import { likeness } from './fingerprint.ts';
import type { Piece } from './piece.ts';
import { Sketches } from './sketches.ts';
import type { Turns } from './turns.ts';

/**
 * Nearest chunks asked for each piece. The pieces' texts decide, so that no cosine has to be judged: those of different
 * models mean different things.
 */
const neighbours = 16;

export interface Likenesses {
  /** For each piece the ones that are alike, with how much, 0..1; symmetric. */
  readonly of: readonly ReadonlyMap<number, number>[];
  /** Every piece had a vector to look for its neighbours with. */
  readonly byVectors: boolean;
}

/**
 * Which pieces are alike. Candidates are the nearest by vectors and those that share runs of tokens; what their texts have in
 * common decides. Each finds what the other misses: of 5,660 pairs at .8 or more in Go's sources 8 % came by vectors alone,
 * 5 % by runs alone; at .7 to .8, 10 and 16 %.
 */
export async function findLikenesses(
  pieces: readonly Piece[],
  folders: readonly FolderIndex[],
  threshold: number,
  turns: Turns,
  { onProgress, signal }: { readonly onProgress: (done: number) => void; readonly signal: AbortSignal | undefined },
): Promise<Likenesses> {
  const of = pieces.map(() => new Map<number, number>());
  const compare = (one: number, other: number): void => {
    if (one === other || of[one]!.has(other)) return;
    const value = likeness(pieces[one]!.print, pieces[other]!.print, threshold);
    if (value === 0) return;
    of[one]!.set(other, value);
    of[other]!.set(one, value);
  };
  const sketches = new Sketches();
  const nearest = new Neighbours(pieces, folders);
  let byVectors = true;
  for (const [number, piece] of pieces.entries()) {
    throwIfAborted(signal);
    for (const other of sketches.add(number, piece.print)) compare(number, other);
    const near = await nearest.of(piece);
    byVectors &&= near !== undefined;
    for (const other of near ?? []) compare(number, other);
    onProgress(number);
    await turns.next();
  }
  return { of, byVectors };
}

/** Finds pieces by the vectors of their chunks. */
class Neighbours {
  readonly #folders: readonly FolderIndex[];
  readonly #numbers = new Map<FolderIndex, Map<number, number>>();

  constructor(pieces: readonly Piece[], folders: readonly FolderIndex[]) {
    this.#folders = folders;
    for (const folder of folders) this.#numbers.set(folder, new Map());
    pieces.forEach(({ places }, number) => {
      for (const { folder, id } of places) this.#numbers.get(folder)?.set(id, number);
    });
  }

  /**
   * Numbers of the pieces that are nearest to this one, in all folders with vectors of the same space; undefined without one,
   * or when it ends meanwhile.
   */
  async of({ places: [{ folder, id }] }: Piece): Promise<number[] | undefined> {
    return whileAnswering(folder, async (tier) => {
      const vector = await tier.index?.get(id);
      if (vector === undefined) return undefined;
      const found: number[] = [];
      for (const other of this.#folders) {
        const index = other.answering?.tier.space.id === tier.space.id ? other.answering.tier.index : undefined;
        if (index?.dimensions !== vector.length) continue;
        for (const hit of await index.search(vector, neighbours, { exactHits: 0 })) {
          const number = this.#numbers.get(other)?.get(hit.id);
          if (number !== undefined) found.push(number);
        }
      }
      return found;
    });
  }
}

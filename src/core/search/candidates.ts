import type { FolderIndex } from '../indexing/folderIndex.ts';
import type { HydratedChunk } from '../store/catalogue.ts';
import { chunkCards, type ChunkCard } from './ranking/chunkCard.ts';

/** A chunk that was found. */
export interface Candidate {
  readonly folder: FolderIndex;
  readonly id: number;
}

/** The chunks that one search has found, each as one object however often it was found. */
export class Candidates {
  readonly #byFolder = new Map<FolderIndex, Map<number, Candidate>>();

  get(folder: FolderIndex, id: number): Candidate {
    let chunks = this.#byFolder.get(folder);
    if (chunks === undefined) this.#byFolder.set(folder, (chunks = new Map<number, Candidate>()));
    let candidate = chunks.get(id);
    if (candidate === undefined) chunks.set(id, (candidate = { folder, id }));
    return candidate;
  }

  /** Folders that something was found in. */
  folders(): Iterable<FolderIndex> {
    return this.#byFolder.keys();
  }

  /** What ranking knows of them; chunks that were removed meanwhile are missing. */
  cards(): Map<Candidate, ChunkCard> {
    const found = new Map<Candidate, ChunkCard>();
    for (const [folder, chunks] of this.#byFolder) {
      for (const [id, card] of chunkCards(folder.catalogue, chunks.keys())) found.set(chunks.get(id)!, card);
    }
    return found;
  }

  /** Sum of the weights of the terms that each of them has in any field. */
  termWeights(terms: readonly string[], weights: readonly number[]): Map<Candidate, number> {
    const found = new Map<Candidate, number>();
    for (const [{ catalogue }, chunks] of this.#byFolder) {
      const sums = catalogue.postings.termWeights(terms, weights, [...chunks.keys()]);
      let next = 0;
      for (const candidate of chunks.values()) found.set(candidate, sums[next++] ?? 0);
    }
    return found;
  }
}

/** What is stored of those of the chunks that still exist. */
export function storedChunks(chunks: readonly Candidate[]): Map<Candidate, HydratedChunk> {
  const found = new Map<Candidate, HydratedChunk>();
  for (const [folder, own] of Map.groupBy(chunks, (chunk) => chunk.folder)) {
    const known = folder.catalogue.chunks(own.map(({ id }) => id));
    for (const chunk of own) {
      const stored = known.get(chunk.id);
      if (stored !== undefined) found.set(chunk, stored);
    }
  }
  return found;
}

import type { ChunkKind, RelativePath, SearchFilter } from './types.ts';

/** What counts as a near-duplicate where a request does not say. */
export const duplicateDefaults = {
  /**
   * By reading 24 random pairs of each band of Go 1.19's sources. .85 to .9: 23 are a copy that was adapted (a fork of the
   * file, the same for another type, platform or case), 1 has only its beginning in common. .8 to .85: 19 are, 5 are code of
   * the same pattern. .75 to .8: 14 are, 10 are not. Two of three are tests, whose copies are often meant. What is missed
   * was not counted.
   */
  threshold: 0.8,
  /** Shorter pieces are seldom worth a function of their own. NiCad takes 10, Sonar 10, jscpd 5. */
  minLines: 8,
  groups: 200,
} as const;

export interface DuplicatesRequest {
  /** How much alike a piece and the first of its group have to be, 0.5..1. */
  readonly threshold?: number;
  /** Lines a chunk must have to be compared, 1..1000. */
  readonly minLines?: number;
  /** What is compared with each other. */
  readonly filter?: SearchFilter;
  /** Groups wanted at most, 1..10000. */
  readonly groups?: number;
}

/** One of the pieces of code that are alike: a chunk, or chunks that follow each other. */
export interface DuplicateMember {
  readonly folderId: string;
  readonly path: RelativePath;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Qualified name of its first chunk that has one; empty when none has. */
  readonly symbol: string;
  readonly kind: ChunkKind;
  readonly language: string;
  /** How much it is like the first of the group, 0..1, by its code without comments and imports; 1 for the first. */
  readonly likeness: number;
}

export interface DuplicateGroup {
  /** Two or more; the one that the others are most like comes first, then by likeness. */
  readonly members: readonly DuplicateMember[];
  /** The mean over all but the first, 0..1. */
  readonly likeness: number;
  /** Lines that would go if one were left: those of all but the longest. */
  readonly savedLines: number;
}

export interface DuplicatesReport {
  /** Most saved lines first. No piece is in two of them. */
  readonly groups: readonly DuplicateGroup[];
  /** Groups there are; more than {@link groups} when the request wanted fewer. */
  readonly found: number;
  /** Chunks that were compared: long enough, code, and not kept out by the request. */
  readonly chunks: number;
  readonly threshold: number;
  readonly minLines: number;
  /** False: some or all chunks have no vector yet (or there is no model), so that only their text was asked. */
  readonly byVectors: boolean;
  readonly totalMs: number;
}

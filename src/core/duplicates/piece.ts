import type { ChunkKind } from '../../protocol/types.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import type { Fingerprint } from './fingerprint.ts';

/** Where a chunk stands and what it is. */
export interface Place {
  readonly folder: FolderIndex;
  readonly id: number;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string;
  readonly kind: ChunkKind;
  readonly language: string;
}

/** A text that is compared with others, with all the places where it stands word for word. */
export interface Piece {
  readonly places: [Place, ...Place[]];
  readonly print: Fingerprint;
}

export function linesOf({ startLine, endLine }: Pick<Place, 'startLine' | 'endLine'>): number {
  return endLine - startLine + 1;
}

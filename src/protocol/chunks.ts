import type { Phrase } from './phrase.ts';
import type { ChunkKind, RelativePath } from './types.ts';

/** `none`: there is no model, so that chunks get no vectors. `failed`: with the reason; the next pass tries again. */
export type ChunkVectorState = 'embedded' | 'pending' | 'failed' | 'none';

/** One chunk as the index has it. */
export interface InspectedChunk {
  readonly chunkId: number;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Qualified name; empty when it has none. */
  readonly symbol: string;
  readonly kind: ChunkKind;
  /** Of {@link embeddedText}, estimated. */
  readonly tokens: number;
  /** SHA-256 of symbol and text, hex: what decides whether the chunk needs a new vector. */
  readonly hash: string;
  readonly vector: ChunkVectorState;
  /** Why it has no vector, for `failed`; in English, and as it was stored for other languages. */
  readonly detail?: string;
  readonly phrase?: Phrase;
  /** What the model is given: the path, what it is, the lines. */
  readonly embeddedText: string;
}

/** The chunks of one file, in the order of its lines. */
export interface FileChunks {
  readonly path: RelativePath;
  readonly language: string;
  /** They are of the unsaved text of an open editor. */
  readonly unsaved: boolean;
  /** Name of the model whose vectors are meant; absent without one. */
  readonly model?: string;
  readonly chunks: readonly InspectedChunk[];
}

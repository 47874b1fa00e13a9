import type { ChunkedFile, ChunkRequest } from '../core/ports.ts';

/** What a parse process is told when it starts (its only argument, as JSON). */
export interface ParserOptions {
  /** Directory of the grammars and of web-tree-sitter's own module; absent = they are taken from node_modules. */
  readonly assetsDir?: string;
}

/** Parent to child. */
export type ParserRequest =
  | { readonly type: 'chunk'; readonly id: number; readonly request: ChunkRequest; readonly timeoutMs: number }
  | { readonly type: 'closeDocument'; readonly documentKey: string };

/** Child to parent: one per `chunk` request. `rssBytes` is the child's resident size after the file. */
export interface ParserAnswer {
  readonly id: number;
  readonly file: ChunkedFile;
  readonly rssBytes: number;
}

import type { ChunkedFile, ChunkRequest } from '../core/ports.ts';

/** What a parse process is told when it starts (its only argument, as JSON). */
export interface ParserOptions {
  /** Directory of the grammars and of web-tree-sitter's own module; absent = they are taken from node_modules. */
  readonly assetsDir?: string;
}

/** How one file is to be chunked. */
export interface ParseTask {
  readonly request: ChunkRequest;
  /** For the parsing itself; loading a grammar does not count. */
  readonly timeoutMs: number;
  /** Why the grammar is left out: it failed on this file before. */
  readonly withoutGrammar?: NonNullable<ChunkedFile['fallbackReason']>;
}

/** Parent to child. */
export type ParserRequest =
  | { readonly type: 'chunk'; readonly id: number; readonly task: ParseTask }
  | { readonly type: 'closeDocument'; readonly documentKey: string };

/** Child to parent: `ready` once, then one `chunked` per request. */
export type ParserMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'chunked';
      readonly id: number;
      readonly file: ChunkedFile;
      /** Resident size after the file. */
      readonly rssBytes: number;
      /** The grammar's module failed in the middle of its work: its memory cannot be trusted any more. */
      readonly isDamaged: boolean;
    };

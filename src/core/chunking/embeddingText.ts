import type { EmbeddingDocument } from '../providerPorts.ts';

/** What of a chunk its vector depends on, besides its path. */
export type EmbeddedChunk = Omit<EmbeddingDocument, 'path'>;

/**
 * The text that a model which reads texts is given for a chunk: a short header that says where it stands (path, enclosing
 * symbol), then the lines themselves.
 */
export function embeddingText(document: EmbeddingDocument): string {
  return `${document.path === '' ? '' : `${document.path}\n`}${symbolLine(document)}${document.text}`;
}

/**
 * What the embedding cache keys a chunk by: everything its vector depends on except the path. A moved or renamed file
 * therefore keeps its vectors and costs nothing, at the price that their header still names the old place; the words of
 * the current path are found by the lexical index. Revisit when a model turns out to lean on the path.
 */
export function chunkIdentity(chunk: EmbeddedChunk): string {
  return `${symbolLine(chunk)}${chunk.text}`;
}

function symbolLine({ symbol, kind }: EmbeddedChunk): string {
  return symbol === '' ? '' : `${kind} ${symbol}\n`;
}

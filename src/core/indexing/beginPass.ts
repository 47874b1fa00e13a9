import type { ChunkingConfig } from '../../protocol/config.ts';
import type { Catalogue } from '../store/catalogue.ts';

/** Raised when the same file chunks differently than before: every file is then chunked again. */
const chunkerVersion = 1;

/** A whole pass begins: files chunked by other rules are chunked again, and chunks that could not be embedded tried again. */
export function beginPass(catalogue: Catalogue, { maxTokens, minTokens }: ChunkingConfig): void {
  const chunkingRules = `${chunkerVersion}:${maxTokens}:${minTokens}`;
  catalogue.transaction(() => {
    if (catalogue.meta('chunkingRules') !== chunkingRules) catalogue.markAllForChunking();
    catalogue.setMeta('chunkingRules', chunkingRules);
    catalogue.ledger.clearEmbedErrors();
  });
}

import { LRUCache } from 'lru-cache';
import { embeddingText } from '../chunking/embeddingText.ts';
import type { EmbeddingDocument } from '../providerPorts.ts';

/** Characters of questions and documents whose scores are kept: several screens of results. */
const maxChars = 2_000_000;

/**
 * The newest scores of one reranker. A question is asked again whenever the index changes under its results; only what has
 * not been judged for it is sent. A reranker judges each document by itself, so scores of different requests compare.
 */
export class ScoreMemory {
  readonly #scores = new LRUCache<string, number>({
    maxSize: maxChars,
    sizeCalculation: (_score, key) => key.length,
  });

  /**
   * The scores of documents, in their order. `ask` is given those that are not known, each once, and not called when there
   * are none; it answers with their scores, in their order.
   */
  async scoresOf(
    query: string,
    documents: readonly EmbeddingDocument[],
    ask: (unknown: readonly EmbeddingDocument[]) => Promise<readonly number[]>,
  ): Promise<readonly number[]> {
    const keys = documents.map((document) => `${query}\0${embeddingText(document)}`);
    // Held here: the memory may be too small for all of them.
    const known = new Map<string, number>();
    const unknown = new Map<string, EmbeddingDocument>();
    for (const [position, key] of keys.entries()) {
      const score = this.#scores.get(key);
      if (score === undefined) unknown.set(key, documents[position]!);
      else known.set(key, score);
    }
    if (unknown.size > 0) {
      const scores = await ask([...unknown.values()]);
      for (const [position, key] of [...unknown.keys()].entries()) {
        known.set(key, scores[position]!);
        this.#scores.set(key, scores[position]);
      }
    }
    return keys.map((key) => known.get(key)!);
  }

  clear(): void {
    this.#scores.clear();
  }
}

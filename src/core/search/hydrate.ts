import { maxSnippetLines, type SearchResult } from '../../protocol/types.ts';
import type { HydratedChunk } from '../store/catalogue.ts';
import { storedChunks } from './candidates.ts';
import type { Found } from './rankHits.ts';

/** Results in the order given, without those whose chunk was removed since it was found. */
export function hydrate(found: readonly Found[]): SearchResult[] {
  const chunks = storedChunks(found.map(({ key }) => key));
  return found.flatMap((entry) => {
    const chunk = chunks.get(entry.key);
    return chunk === undefined ? [] : [toResult(entry, chunk)];
  });
}

function toResult(entry: Found, chunk: HydratedChunk): SearchResult {
  const { folder } = entry.key;
  const lines = chunk.text.split('\n');
  return {
    chunkId: chunk.id,
    folderId: folder.folder.folderId,
    path: chunk.path,
    startLine: chunk.startLine,
    endLine: chunk.endLine,
    symbol: chunk.symbol,
    kind: chunk.kind,
    language: chunk.language,
    score: entry.score,
    sources: entry.sources,
    ...(entry.reranked === undefined ? {} : { reranked: entry.reranked }),
    ...(entry.features === undefined ? {} : { features: withoutZeros(entry.features()) }),
    snippet: lines.length > maxSnippetLines ? lines.slice(0, maxSnippetLines).join('\n') : chunk.text,
    unsaved: chunk.unsaved,
  };
}

function withoutZeros(features: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(features).filter(([, value]) => value !== 0));
}

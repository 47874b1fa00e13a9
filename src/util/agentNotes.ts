import type { FolderStatus, SearchResponse } from '../protocol/types.ts';

/** What an agent has to know about an answer: why it is less than it could be. Without a provider, words are what was asked for. */
export function responseNotes({ degraded, rerankFailed }: SearchResponse): string[] {
  return [
    ...(degraded === undefined || degraded.code === 'NoProvider' ? [] : [degraded.message]),
    ...(rerankFailed === undefined ? [] : [`Not reranked: ${rerankFailed.message}`]),
  ];
}

/** What is not in the indexes yet. */
export function indexNotes(folders: readonly Pick<FolderStatus, 'counts' | 'updatedAt'>[]): string[] {
  if (folders.some(({ updatedAt }) => updatedAt === 0)) {
    return ['The code is being indexed for the first time: this is from what is indexed so far. Ask again later.'];
  }
  const pending = folders.reduce((sum, { counts }) => sum + counts.pending, 0);
  const discovered = folders.reduce((sum, { counts }) => sum + counts.discovered, 0);
  if (pending === 0) return [];
  return [`${pending} of ${discovered} files are still being indexed: they may be missing or found by words only.`];
}

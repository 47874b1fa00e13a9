import type { FolderIndex } from '../indexing/folderIndex.ts';
import type { Candidate, Candidates } from './candidates.ts';
import type { RankedList } from './fuse.ts';
import type { AllowedIn } from './searchScope.ts';

/** A chunk with a retriever's score, which compares with those of the same retriever only. */
export type ScoredCandidate = Candidate & { readonly score: number };

/** What has any of the terms, at most `limit` of each folder. */
export function searchLexical(
  folders: readonly FolderIndex[],
  terms: readonly string[],
  limit: number,
  allowed: AllowedIn,
): ScoredCandidate[] {
  return folders.flatMap((folder) =>
    folder.catalogue.postings.search(terms, limit, allowed(folder)).map(({ id, score }) => ({ folder, id, score })),
  );
}

/** One list over all folders, best first. */
export function rankedList(
  source: RankedList<Candidate>['source'],
  hits: readonly ScoredCandidate[],
  limit: number,
  candidates: Candidates,
): RankedList<Candidate> {
  const sorted = [...hits].sort((a, b) => b.score - a.score).slice(0, limit);
  const items = sorted.map(({ folder, id, score }) => ({ key: candidates.get(folder, id), score }));
  return { source, weight: 1, items };
}

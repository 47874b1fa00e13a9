import type { ResultSources } from '../../protocol/types.ts';
import type { FolderIndex } from '../indexing/folderIndex.ts';
import { documentFrequencies } from '../store/lexicalSearch.ts';
import type { Fused, RankedList } from './fuse.ts';
import { chunkCards, type ChunkCard } from './ranking/chunkCard.ts';
import { featuresOf, type Features } from './ranking/features.ts';
import type { QueryIntent } from './ranking/queryIntent.ts';
import { rank } from './ranking/rank.ts';

/** A chunk that was found. */
export interface Candidate {
  readonly folder: FolderIndex;
  readonly id: number;
}

/** A chunk with its file, for ranking and for diversity. */
export interface Found extends Fused<string> {
  readonly fileKey: string;
  readonly features?: Features;
}

/**
 * The ranking stage: orders what the retrievers found by a learnt model over features of chunk, file and query. Relevance
 * is the mean of the retrievers' scores, each scaled by its own best (BM25) or range (cosine), since absolute scores say
 * nothing across models. Chunks removed meanwhile are left out.
 */
export function rankHits(
  intent: QueryIntent,
  lists: readonly RankedList<string>[],
  candidates: ReadonlyMap<string, Candidate>,
): Found[] {
  const cards = cardsOf(candidates);
  const hits = mergedRelevance(lists).flatMap((hit) => {
    const card = cards.get(hit.key);
    return card === undefined ? [] : [{ ...hit, ...card }];
  });
  const folders = new Set([...candidates.values()].map(({ folder }) => folder));
  const features = featuresOf(intent, inverseFrequencies(folders, intent.terms), hits);
  const judgements = rank(
    features,
    hits.map(({ fileKey }) => fileKey),
  );
  return judgements.flatMap(({ position, score }) => {
    const hit = hits[position];
    const seen = features[position];
    if (hit === undefined || seen === undefined) return [];
    return [{ key: hit.key, score, sources: hit.sources, fileKey: hit.fileKey, features: seen }];
  });
}

/** Candidates in an order of their own, with their files. */
export function withFiles(fused: readonly Fused<string>[], candidates: ReadonlyMap<string, Candidate>): Found[] {
  const cards = cardsOf(candidates);
  return fused.flatMap((entry) => {
    const card = cards.get(entry.key);
    return card === undefined ? [] : [{ ...entry, fileKey: card.fileKey }];
  });
}

/** idf as in BM25 with its sum under the logarithm kept positive (Robertson and Zaragoza, 2009): ln(1 + (N - n + .5) / (n + .5)). */
function inverseFrequencies(folders: ReadonlySet<FolderIndex>, terms: readonly string[]): number[] {
  let chunks = 0;
  const counts = terms.map(() => 0);
  for (const { catalogue } of folders) {
    const known = documentFrequencies(catalogue, terms);
    chunks += known.chunks;
    known.frequencies.forEach((frequency, position) => (counts[position] = (counts[position] ?? 0) + frequency));
  }
  return counts.map((n) => Math.log(1 + (chunks - n + 0.5) / (n + 0.5)));
}

function cardsOf(candidates: ReadonlyMap<string, Candidate>): Map<string, { card: ChunkCard; fileKey: string }> {
  const byFolder = new Map<FolderIndex, Map<number, string>>();
  for (const [key, { folder, id }] of candidates) {
    const keys = byFolder.get(folder) ?? new Map<number, string>();
    byFolder.set(folder, keys.set(id, key));
  }
  const found = new Map<string, { card: ChunkCard; fileKey: string }>();
  for (const [folder, keys] of byFolder) {
    for (const [id, card] of chunkCards(folder.catalogue, [...keys.keys()])) {
      found.set(keys.get(id) ?? '', { card, fileKey: `${folder.folder.folderId}\n${card.file.path}` });
    }
  }
  return found;
}

function mergedRelevance(
  lists: readonly RankedList<string>[],
): { key: string; relevance: number; sources: ResultSources }[] {
  const merged = new Map<string, { relevance: number; sources: ResultSources }>();
  for (const { source, items } of lists) {
    const best = items[0]?.score ?? 0;
    const floor = source === 'semantic' && items.length > 1 ? (items.at(-1)?.score ?? 0) : 0;
    const range = best - floor;
    items.forEach(({ key, score }, position) => {
      const scaled = range > 0 ? (score - floor) / range : 1;
      const before = merged.get(key);
      merged.set(key, {
        relevance: (before?.relevance ?? 0) + scaled / lists.length,
        sources: { ...before?.sources, [source]: { rank: position + 1, score } },
      });
    });
  }
  return [...merged].map(([key, hit]) => ({ key, ...hit })).sort((a, b) => b.relevance - a.relevance);
}

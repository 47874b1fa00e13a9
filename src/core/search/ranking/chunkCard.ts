import { LRUCache } from 'lru-cache';
import type { ChunkKind, RelativePath } from '../../../protocol/types.ts';
import { splitTerms } from '../../chunking/terms.ts';
import type { Catalogue, NamedChunk } from '../../store/catalogue.ts';
import { pathTraits, type PathTraits } from './pathTraits.ts';

/** What ranking knows of a file. */
export interface FileCard {
  readonly path: RelativePath;
  /** Search terms of its name without the extension, and of the directories. */
  readonly nameTerms: ReadonlySet<string>;
  readonly directoryTerms: ReadonlySet<string>;
  /** Its name without the extension, lower case. */
  readonly stem: string;
  readonly traits: PathTraits;
}

/** What ranking knows of a chunk besides how well it was found. */
export interface ChunkCard {
  readonly file: FileCard;
  readonly kind: ChunkKind;
  /** What it defines, in lower case; several for a chunk of small definitions. */
  readonly names: readonly string[];
  /** Search terms of its names, and of what encloses it. */
  readonly nameTerms: ReadonlySet<string>;
  readonly scopeTerms: ReadonlySet<string>;
}

/** Cards kept per folder, about 1 kB each: those of the chunks that searches come upon again and again. */
const keptCards = 10_000;
/** A chunk's names and path never change under its id, so cards are good as long as the catalogue is open. */
const cards = new WeakMap<Catalogue, LRUCache<number, ChunkCard>>();

/** Cards of chunks by id; chunks that were removed meanwhile are missing. */
export function chunkCards(catalogue: Catalogue, ids: readonly number[]): Map<number, ChunkCard> {
  const kept = cards.get(catalogue) ?? new LRUCache<number, ChunkCard>({ max: keptCards });
  cards.set(catalogue, kept);
  const found = new Map<number, ChunkCard>();
  const missing: number[] = [];
  for (const id of ids) {
    const card = kept.get(id);
    if (card === undefined) missing.push(id);
    else found.set(id, card);
  }
  const files = new Map<RelativePath, FileCard>();
  for (const chunk of catalogue.namedChunks(missing)) {
    const file = files.get(chunk.path) ?? fileCard(chunk.path);
    files.set(chunk.path, file);
    const card = chunkCard(file, chunk);
    kept.set(chunk.id, card);
    found.set(chunk.id, card);
  }
  return found;
}

export function fileCard(path: RelativePath): FileCard {
  const slash = path.lastIndexOf('/');
  const stem = path.slice(slash + 1).replace(/\.[^.]+$/u, '');
  return {
    path,
    nameTerms: termSet(stem),
    directoryTerms: termSet(path.slice(0, Math.max(0, slash))),
    stem: stem.toLowerCase(),
    traits: pathTraits(path),
  };
}

export function chunkCard(file: FileCard, { symbol, kind }: Pick<NamedChunk, 'symbol' | 'kind'>): ChunkCard {
  const [first = '', ...others] = symbol.split(', ');
  const dot = first.lastIndexOf('.');
  const names = [first.slice(dot + 1), ...others].filter((name) => name !== '');
  return {
    file,
    kind,
    names: names.map((name) => name.toLowerCase()),
    nameTerms: termSet(names.join(' ')),
    scopeTerms: termSet(dot > 0 ? first.slice(0, dot) : ''),
  };
}

function termSet(text: string): ReadonlySet<string> {
  return new Set(
    splitTerms(text)
      .split(' ')
      .filter((term) => term !== ''),
  );
}

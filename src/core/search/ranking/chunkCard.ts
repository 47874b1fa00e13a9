import type { ChunkKind, RelativePath } from '../../../protocol/types.ts';
import { splitTerms } from '../../chunking/terms.ts';
import type { Catalogue, NamedChunk } from '../../store/catalogue.ts';
import { pathTraits, type PathTraits } from './pathTraits.ts';

/** What ranking knows of a file. */
export interface FileCard {
  readonly path: RelativePath;
  /** Distinct search terms of its name without the extension, and of the directories. */
  readonly nameTerms: readonly string[];
  readonly directoryTerms: readonly string[];
  /** Its name without the extension, lower case. */
  readonly stem: string;
  readonly traits: PathTraits;
}

/** What ranking knows of a chunk besides how well it was found. */
export interface ChunkCard {
  /** One object for all chunks of the file that are found by the same search. */
  readonly file: FileCard;
  readonly kind: ChunkKind;
  /** What it defines, in lower case; several for a chunk of small definitions. */
  readonly names: readonly string[];
  /** Distinct search terms of its names, and of what encloses it. */
  readonly nameTerms: readonly string[];
  readonly scopeTerms: readonly string[];
}

/** Cards kept per folder, about 1 kB each: those of the chunks that searches come upon again and again. */
const keptCards = 20_000;

interface Kept {
  readonly chunks: Map<number, ChunkCard>;
  readonly files: Map<RelativePath, FileCard>;
}

/** A chunk's names and path never change under its id, so cards are good as long as the catalogue is open. */
const cards = new WeakMap<Catalogue, Kept>();

/** Cards of chunks by id; chunks that were removed meanwhile are missing. */
export function chunkCards(catalogue: Catalogue, ids: Iterable<number>): Map<number, ChunkCard> {
  let kept = cards.get(catalogue);
  // All at once, so that a file never has two cards.
  if (kept === undefined || kept.chunks.size > keptCards) {
    kept = { chunks: new Map(), files: new Map() };
    cards.set(catalogue, kept);
  }
  const found = new Map<number, ChunkCard>();
  const missing: number[] = [];
  for (const id of ids) {
    const card = kept.chunks.get(id);
    if (card === undefined) missing.push(id);
    else found.set(id, card);
  }
  for (const chunk of catalogue.namedChunks(missing)) {
    const file = kept.files.get(chunk.path) ?? fileCard(chunk.path);
    kept.files.set(chunk.path, file);
    const card = chunkCard(file, chunk);
    kept.chunks.set(chunk.id, card);
    found.set(chunk.id, card);
  }
  return found;
}

export function fileCard(path: RelativePath): FileCard {
  const slash = path.lastIndexOf('/');
  const stem = path.slice(slash + 1).replace(/\.[^.]+$/u, '');
  return {
    path,
    nameTerms: distinctTerms(stem),
    directoryTerms: distinctTerms(path.slice(0, Math.max(0, slash))),
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
    nameTerms: distinctTerms(names.join(' ')),
    scopeTerms: distinctTerms(dot > 0 ? first.slice(0, dot) : ''),
  };
}

function distinctTerms(text: string): readonly string[] {
  const terms = splitTerms(text);
  return terms === '' ? [] : [...new Set(terms.split(' '))];
}

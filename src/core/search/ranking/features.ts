import type { ChunkCard } from './chunkCard.ts';
import type { QueryIntent } from './queryIntent.ts';

/**
 * What the ranking stage looks at, one number each. Coverage: the share of the query's terms, weighted by their idf,
 * that are in a field. Precision: the share of a field's terms that are in the query. Yes is 1, no is 0.
 */
export const featureNames = [
  /** 0..1: how well the retrievers found the chunk, beside the best of this search. */
  'relevance',
  'nameCoverage',
  'namePrecision',
  'scopeCoverage',
  'scopePrecision',
  'fileCoverage',
  'filePrecision',
  'directoryCoverage',
  'directoryPrecision',
  /** Mean relevance of the file's three best chunks, a missing one counting as 0. */
  'fileBest',
  /** ln(1 + sum of squared relevance over the file's chunks). */
  'fileSum',
  /** ln(1 + number of the file's chunks found). */
  'fileFound',
  /** 1 / (1 + files with a better chunk). */
  'fileRank',
  /** The chunk defines a name that the query spells out. */
  'defines',
  'definesType',
  /** The file is called like a name that the query spells out. */
  'fileNamed',
  /** The same for queries that are nothing but a name. */
  'symbolDefined',
  'symbolType',
  'symbolFile',
  'symbolPrefix',
  'isType',
  'isFunction',
  'isBlock',
  'isTestCase',
  'inTest',
  'inExample',
  'inVendored',
  'inCompatibility',
  'inEntry',
  'inDocument',
  'inConfiguration',
  'depth',
] as const;
export type FeatureName = (typeof featureNames)[number];
export type Features = Readonly<Record<FeatureName, number>>;

/** A chunk that a retriever found. */
export interface RankedChunk {
  readonly card: ChunkCard;
  /** Tells files of different folders apart. */
  readonly fileKey: string;
  /** 0..1. */
  readonly relevance: number;
}

interface FileSummary {
  readonly best: number;
  readonly sum: number;
  readonly found: number;
  readonly rank: number;
}

const typeKinds: ReadonlySet<string> = new Set(['class', 'interface', 'struct', 'enum', 'type', 'module']);

/**
 * The features of chunks in the order given, which is that of their relevance, best first.
 *
 * @param idf Weight of each of the query's terms, in their order.
 */
export function featuresOf(intent: QueryIntent, idf: readonly number[], chunks: readonly RankedChunk[]): Features[] {
  const files = summarizeFiles(chunks);
  return chunks.map(({ card, relevance, fileKey }) => {
    const summary = files.get(fileKey);
    const { file, kind } = card;
    const { traits } = file;
    const isType = Number(typeKinds.has(kind));
    const defines = Number(card.names.some((name) => intent.identifiers.has(name)));
    const fileNamed = Number(intent.identifiers.has(file.stem));
    const isSymbol = Number(intent.isSymbol);
    return {
      relevance,
      nameCoverage: coverage(intent.terms, idf, card.nameTerms),
      namePrecision: precision(intent.terms, card.nameTerms),
      scopeCoverage: coverage(intent.terms, idf, card.scopeTerms),
      scopePrecision: precision(intent.terms, card.scopeTerms),
      fileCoverage: coverage(intent.terms, idf, file.nameTerms),
      filePrecision: precision(intent.terms, file.nameTerms),
      directoryCoverage: coverage(intent.terms, idf, file.directoryTerms),
      directoryPrecision: precision(intent.terms, file.directoryTerms),
      fileBest: (summary?.best ?? 0) / 3,
      fileSum: Math.log1p(summary?.sum ?? 0),
      fileFound: Math.log1p(summary?.found ?? 0),
      fileRank: 1 / (1 + (summary?.rank ?? chunks.length)),
      defines,
      definesType: defines * isType,
      fileNamed,
      symbolDefined: isSymbol * defines,
      symbolType: isSymbol * defines * isType,
      symbolFile: isSymbol * fileNamed,
      symbolPrefix: isSymbol * Number(card.names.some((name) => name.startsWith(intent.lower))),
      isType,
      isFunction: Number(kind === 'function' || kind === 'method'),
      isBlock: Number(kind === 'block' || kind === 'section'),
      isTestCase: Number(kind === 'test' && !intent.wantsTests),
      inTest: Number(traits.isTest && !intent.wantsTests),
      inExample: Number(traits.isExample && !intent.wantsExamples),
      inVendored: Number(traits.isVendored),
      inCompatibility: Number(traits.isCompatibility),
      inEntry: Number(traits.isEntry),
      inDocument: Number(traits.isDocument && !intent.wantsExamples),
      inConfiguration: Number(traits.isConfiguration),
      depth: traits.depth,
    };
  });
}

function summarizeFiles(chunks: readonly RankedChunk[]): Map<string, FileSummary> {
  const files = new Map<string, { -readonly [K in keyof FileSummary]: FileSummary[K] }>();
  for (const { fileKey, relevance } of chunks) {
    const file = files.get(fileKey) ?? { best: 0, sum: 0, found: 0, rank: files.size };
    files.set(fileKey, file);
    if (file.found < 3) file.best += relevance;
    file.sum += relevance * relevance;
    file.found++;
  }
  return files;
}

function coverage(terms: readonly string[], idf: readonly number[], field: ReadonlySet<string>): number {
  let all = 0;
  let covered = 0;
  terms.forEach((term, position) => {
    const weight = idf[position] ?? 0;
    all += weight;
    if (field.has(term)) covered += weight;
  });
  return all === 0 ? 0 : covered / all;
}

function precision(terms: readonly string[], field: ReadonlySet<string>): number {
  if (field.size === 0) return 0;
  let asked = 0;
  for (const term of terms) if (field.has(term)) asked++;
  return asked / field.size;
}

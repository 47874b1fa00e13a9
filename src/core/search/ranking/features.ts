import type { ChunkCard, FileCard } from './chunkCard.ts';
import type { QueryIntent } from './queryIntent.ts';

/**
 * What the ranking stage looks at, one number each. Coverage: the share of the query's terms, weighted by their idf,
 * that are in a field. Precision: the share of a field's terms that are in the query. Yes is 1, no is 0.
 */
export const featureNames = [
  /** 0..1: how well the retrievers found the chunk, beside the best of this search. */
  'relevance',
  /** The query is a phrase, and the chunk has it as it stands. */
  'quotes',
  /** Share of the query's terms, weighted by their idf, that no other chunk has. */
  'onlyHere',
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
  /** 0..1. */
  readonly relevance: number;
  readonly quotes: boolean;
  /** 0..1. */
  readonly onlyHere: number;
}

/** What the chunks of a file have in common. */
interface FileSummary {
  best: number;
  sum: number;
  found: number;
  /** Files with a better chunk. */
  readonly rank: number;
  readonly name: Match;
  readonly directory: Match;
  readonly isNamed: boolean;
}

/** How the terms of a field and of the query meet. */
interface Match {
  readonly coverage: number;
  readonly precision: number;
}

const noMatch: Match = { coverage: 0, precision: 0 };
const typeKinds: ReadonlySet<string> = new Set(['class', 'interface', 'struct', 'enum', 'type', 'module']);

/** The features of the candidates of one search. */
export class FeatureTable {
  /** Row by row, in the order of `featureNames`. */
  readonly values: Float64Array;
  readonly rows: number;

  /**
   * @param idf Weight of each of the query's terms, in their order.
   * @param chunks In the order of their relevance, best first.
   */
  constructor(intent: QueryIntent, idf: readonly number[], chunks: readonly RankedChunk[]) {
    this.rows = chunks.length;
    this.values = new Float64Array(chunks.length * featureNames.length);
    const weights = new Map(intent.terms.map((term, position) => [term, idf[position] ?? 0]));
    const all = idf.reduce((sum, weight) => sum + weight, 0);
    const match = (field: readonly string[]): Match => matchOf(field, weights, all);
    const files = summarizeFiles(chunks, intent, match);
    const isSymbol = Number(intent.isSymbol);
    let next = 0;
    const put = (value: number): void => {
      this.values[next++] = value;
    };
    for (const { card, relevance, quotes, onlyHere } of chunks) {
      const { file, kind, names } = card;
      const { traits } = file;
      const summary = files.get(file)!;
      const name = match(card.nameTerms);
      const scope = match(card.scopeTerms);
      const isType = Number(typeKinds.has(kind));
      const defines = Number(intent.identifiers.size > 0 && names.some((own) => intent.identifiers.has(own)));
      const fileNamed = Number(summary.isNamed);
      // In the order of `featureNames`.
      put(relevance);
      put(Number(quotes));
      put(onlyHere);
      put(name.coverage);
      put(name.precision);
      put(scope.coverage);
      put(scope.precision);
      put(summary.name.coverage);
      put(summary.name.precision);
      put(summary.directory.coverage);
      put(summary.directory.precision);
      put(summary.best / 3);
      put(Math.log1p(summary.sum));
      put(Math.log1p(summary.found));
      put(1 / (1 + summary.rank));
      put(defines);
      put(defines * isType);
      put(fileNamed);
      put(isSymbol * defines);
      put(isSymbol * defines * isType);
      put(isSymbol * fileNamed);
      put(Number(intent.isSymbol && names.some((own) => own.startsWith(intent.lower))));
      put(isType);
      put(Number(kind === 'function' || kind === 'method'));
      put(Number(kind === 'block' || kind === 'section'));
      put(Number(kind === 'test' && !intent.wantsTests));
      put(Number(traits.isTest && !intent.wantsTests));
      put(Number(traits.isExample && !intent.wantsExamples));
      put(Number(traits.isVendored));
      put(Number(traits.isCompatibility));
      put(Number(traits.isEntry));
      put(Number(traits.isDocument && !intent.wantsExamples));
      put(Number(traits.isConfiguration));
      put(traits.depth);
    }
  }

  /** The features of one candidate by name. */
  row(position: number): Features {
    const from = position * featureNames.length;
    return Object.fromEntries(featureNames.map((name, column) => [name, this.values[from + column]])) as Features;
  }
}

function summarizeFiles(
  chunks: readonly RankedChunk[],
  intent: QueryIntent,
  match: (field: readonly string[]) => Match,
): Map<FileCard, FileSummary> {
  const files = new Map<FileCard, FileSummary>();
  for (const { card, relevance } of chunks) {
    let file = files.get(card.file);
    if (file === undefined) {
      const { nameTerms, directoryTerms, stem } = card.file;
      file = {
        best: 0,
        sum: 0,
        found: 0,
        rank: files.size,
        name: match(nameTerms),
        directory: match(directoryTerms),
        isNamed: intent.identifiers.has(stem),
      };
      files.set(card.file, file);
    }
    if (file.found < 3) file.best += relevance;
    file.sum += relevance * relevance;
    file.found++;
  }
  return files;
}

/** `all`: the sum of the weights. */
function matchOf(field: readonly string[], weights: ReadonlyMap<string, number>, all: number): Match {
  let covered = 0;
  let asked = 0;
  for (const term of field) {
    const weight = weights.get(term);
    if (weight === undefined) continue;
    covered += weight;
    asked++;
  }
  return asked === 0 ? noMatch : { coverage: all === 0 ? 0 : covered / all, precision: asked / field.length };
}

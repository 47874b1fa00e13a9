import type { Chunk } from '../ports.ts';
import type { Limits, Span } from './assemble.ts';
import { Assembler } from './assemble.ts';
import type { LanguageGrammar } from './grammars.ts';
import { languageGrammars } from './grammars.ts';
import { headingOutline } from './headingOutline.ts';
import { headingFinders } from './headings.ts';
import { LineTable } from './lines.ts';
import { patternOutline } from './patternOutline.ts';
import { patternsOf } from './patterns/patternsOf.ts';
import { rulesOf } from './rules/rulesOf.ts';
import { sqlOutline } from './sqlOutline.ts';
import type { SyntaxTree } from './syntax.ts';
import { splitTerms } from './terms.ts';
import type { Injection } from './treeOutline.ts';
import { TreeOutline } from './treeOutline.ts';

export interface ChunkTextOptions extends Limits {
  /** Without byte order mark, line ends as in the file. */
  readonly text: string;
  /** A language id of `languageOf`. */
  readonly language: string;
  /** The tree of the language's grammar; without it the text is read line by line. */
  readonly tree?: SyntaxTree;
  /** The tree of the `<script>` parts of a page or component, with positions in the whole text. */
  readonly scripts?: SyntaxTree;
}

/**
 * Cuts a text into chunks. Every line that is not blank belongs to exactly one chunk; chunks are in order and at most
 * `maxTokens` estimated tokens long, unless a single line is longer. The same input gives the same chunks.
 */
export function chunkText(options: ChunkTextOptions): Chunk[] {
  const lines = new LineTable(options.text);
  return chunkSpans(lines, options).map(({ first, last, symbol, kind }) => {
    const text = lines.rangeText(first, last);
    return { startLine: first + 1, endLine: last + 1, symbol, kind, text, terms: splitTerms(text) };
  });
}

/** The chunks as line spans, without their texts and terms. */
function chunkSpans(lines: LineTable, options: ChunkTextOptions): Span[] {
  const { language, tree } = options;
  const grammar = languageGrammars[language];
  if (tree !== undefined && grammar !== undefined) return treeSpans(lines, options, tree, grammar);
  const findHeadings = headingFinders[language];
  if (findHeadings !== undefined) {
    return new Assembler(lines, options, { separator: ' > ' }).assemble(headingOutline(lines, findHeadings(lines)));
  }
  if (language === 'sql') return new Assembler(lines, options).assemble(sqlOutline(lines));
  const patterns = patternsOf(language);
  return new Assembler(lines, options, { clauses: patterns.clauses === true }).assemble(
    patternOutline(lines, patterns),
  );
}

function treeSpans(lines: LineTable, options: ChunkTextOptions, tree: SyntaxTree, grammar: LanguageGrammar): Span[] {
  const rules = rulesOf[grammar.main];
  const scripts =
    options.scripts === undefined || grammar.script === undefined
      ? undefined
      : new TreeOutline(options.scripts, lines, rulesOf[grammar.script]);
  const outline = new TreeOutline(tree, lines, rules, scripts && scriptInjection(scripts));
  try {
    return new Assembler(lines, options, rules).assemble(outline.units());
  } finally {
    outline.dispose();
    scripts?.dispose();
  }
}

/** The units of the scripts' own tree in the place of `<script>` elements. */
function scriptInjection(scripts: TreeOutline): Injection {
  const units = scripts.units();
  return {
    nodeType: 'script_element',
    unitsIn: (first, last) => units.filter((unit) => unit.first >= first && unit.last <= last),
  };
}

import { Edit, Language, Parser, type Point, type Range, type Tree } from 'web-tree-sitter';
import { chunkText } from '../core/chunking/chunkText.ts';
import { languageGrammars, type GrammarName } from '../core/chunking/grammars.ts';
import type { ChunkedFile, ChunkRequest } from '../core/ports.ts';

/** Trees kept for open editors; the least recently parsed go first. */
const maxDocuments = 32;

interface Document {
  readonly text: string;
  readonly tree: Tree;
  readonly language: string;
}

/**
 * Parses and chunks files. Grammars are loaded with the first file of their language and kept; every tree is deleted
 * once its chunks are made, except those of open editors, which are edited and parsed again incrementally.
 */
export class FileParser {
  readonly #runtimePath: string;
  readonly #grammarPath: (name: GrammarName) => string;
  readonly #parsers = new Map<GrammarName, Promise<Parser>>();
  readonly #documents = new Map<string, Document>();
  #runtime: Promise<void> | undefined;

  constructor(runtimePath: string, grammarPath: (name: GrammarName) => string) {
    this.#runtimePath = runtimePath;
    this.#grammarPath = grammarPath;
  }

  /** Never rejects because of the content: what cannot be parsed is chunked without its grammar. */
  async chunk(request: ChunkRequest, timeoutMs: number): Promise<ChunkedFile> {
    const grammar = languageGrammars[request.language];
    if (grammar === undefined) return withoutTree(request, request.language === 'markdown' ? 'markdown' : 'lines');
    const start = performance.now();
    const deadline = start + timeoutMs;
    let tree: Tree | undefined;
    let scripts: Tree | undefined;
    try {
      tree = await this.#parse(request, grammar.main, deadline);
      if (tree === undefined) return withoutTree(request, 'fallback', 'timeout', performance.now() - start);
      if (grammar.script !== undefined)
        scripts = await this.#parseScripts(request.text, tree, grammar.script, deadline);
      const parsed = performance.now();
      const chunks = chunkText({ ...request, tree, ...(scripts === undefined ? {} : { scripts }) });
      return { chunks, method: 'grammar', parseMs: parsed - start, chunkMs: performance.now() - parsed };
    } catch {
      // A grammar that is broken or out of memory: the text itself is still good.
      this.closeDocument(request.documentKey);
      return withoutTree(request, 'fallback', 'grammar', performance.now() - start);
    } finally {
      scripts?.delete();
      if (request.documentKey === undefined) tree?.delete();
    }
  }

  /** Drops the tree kept for an open editor. */
  closeDocument(documentKey: string | undefined): void {
    if (documentKey === undefined) return;
    this.#documents.get(documentKey)?.tree.delete();
    this.#documents.delete(documentKey);
  }

  /** Undefined when the time is up. */
  async #parse(request: ChunkRequest, name: GrammarName, deadline: number): Promise<Tree | undefined> {
    const parser = await this.#parser(name);
    const { documentKey, text, language } = request;
    if (documentKey === undefined) return parseUntil(parser, text, deadline);
    const old = this.#documents.get(documentKey);
    this.#documents.delete(documentKey);
    if (old?.language === language) old.tree.edit(editBetween(old.text, text));
    const tree = parseUntil(parser, text, deadline, old?.language === language ? old.tree : undefined);
    old?.tree.delete();
    if (tree === undefined) return undefined;
    this.#documents.set(documentKey, { text, tree, language });
    for (const [key] of this.#documents) {
      if (this.#documents.size <= maxDocuments) break;
      this.closeDocument(key);
    }
    return tree;
  }

  /** The tree of all `<script>` texts of a page together, with positions in the page. */
  async #parseScripts(text: string, page: Tree, name: GrammarName, deadline: number): Promise<Tree | undefined> {
    const includedRanges: Range[] = [];
    for (const element of page.rootNode.descendantsOfType('script_element')) {
      const content = element?.namedChildren.find((child) => child?.type === 'raw_text');
      if (content === null || content === undefined) continue;
      const { startIndex, endIndex, startPosition, endPosition } = content;
      includedRanges.push({ startIndex, endIndex, startPosition, endPosition });
    }
    if (includedRanges.length === 0) return undefined;
    return parseUntil(await this.#parser(name), text, deadline, undefined, includedRanges);
  }

  async #parser(name: GrammarName): Promise<Parser> {
    let parser = this.#parsers.get(name);
    if (parser === undefined) {
      parser = this.#load(name);
      this.#parsers.set(name, parser);
    }
    return parser;
  }

  async #load(name: GrammarName): Promise<Parser> {
    this.#runtime ??= Parser.init({ locateFile: () => this.#runtimePath });
    await this.#runtime;
    const language = await Language.load(this.#grammarPath(name));
    const parser = new Parser();
    parser.setLanguage(language);
    return parser;
  }
}

function parseUntil(
  parser: Parser,
  text: string,
  deadline: number,
  old?: Tree,
  includedRanges?: Range[],
): Tree | undefined {
  const tree = parser.parse(text, old, {
    progressCallback: () => performance.now() > deadline,
    ...(includedRanges === undefined ? {} : { includedRanges }),
  });
  if (tree !== null) return tree;
  // A stopped parse would go on where it was with the next text.
  parser.reset();
  return undefined;
}

function withoutTree(
  request: ChunkRequest,
  method: Exclude<ChunkedFile['method'], 'grammar'>,
  fallbackReason?: NonNullable<ChunkedFile['fallbackReason']>,
  parseMs = 0,
): ChunkedFile {
  const start = performance.now();
  const chunks = chunkText(request);
  return {
    chunks,
    method,
    ...(fallbackReason === undefined ? {} : { fallbackReason }),
    parseMs,
    chunkMs: performance.now() - start,
  };
}

/** The one edit between two texts: what is between their common start and their common end. */
function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  const oldEndIndex = before.length - end;
  const newEndIndex = after.length - end;
  return new Edit({
    startIndex: start,
    oldEndIndex,
    newEndIndex,
    startPosition: pointAt(before, start),
    oldEndPosition: pointAt(before, oldEndIndex),
    newEndPosition: pointAt(after, newEndIndex),
  });
}

function pointAt(text: string, index: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: index - lineStart };
}

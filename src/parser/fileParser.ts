import type { Range, Tree } from 'web-tree-sitter';
import { chunkText } from '../core/chunking/chunkText.ts';
import { type GrammarName, type LanguageGrammar, languageGrammars } from '../core/chunking/grammars.ts';
import { parsableText } from '../core/chunking/parsableText.ts';
import { isScript } from '../core/chunking/rules/html.ts';
import type { Chunk, ChunkedFile, ChunkRequest } from '../core/ports.ts';
import type { ParseTask } from '../node/parserFrames.ts';
import { DocumentTrees } from './documentTrees.ts';
import type { GrammarSet } from './grammarSet.ts';
import { parseText } from './parseText.ts';

/** A tree takes about 20 bytes per character; larger texts are read line by line. */
const maxParsedCharacters = 4_000_000;

type FallbackReason = NonNullable<ChunkedFile['fallbackReason']>;

interface Trees {
  readonly tree: Tree;
  readonly scripts?: Tree;
}

interface FileParserResult {
  readonly file: ChunkedFile;
  readonly isDamaged: boolean;
}

/** Raised when the grammar is left out, and why. */
class GrammarSkipped extends Error {
  readonly reason: FallbackReason;
  readonly isDamaged: boolean;

  constructor(reason: FallbackReason, isDamaged = false) {
    super(reason);
    this.reason = reason;
    this.isDamaged = isDamaged;
  }
}

/**
 * Parses and chunks files. A file that cannot be parsed is chunked without its grammar. Trees are deleted once their chunks are made, except those of open editors.
 */
export class FileParser {
  readonly #grammars: GrammarSet;
  readonly #documents = new DocumentTrees();

  constructor(grammars: GrammarSet) {
    this.#grammars = grammars;
  }

  async chunk({ request, timeoutMs, withoutGrammar }: ParseTask): Promise<FileParserResult> {
    const grammar = languageGrammars[request.language];
    if (grammar === undefined) {
      const method = request.language === 'markdown' ? 'markdown' : 'lines';
      return { file: timed(request, undefined, { method, parseMs: 0 }), isDamaged: false };
    }
    const start = performance.now();
    try {
      if (withoutGrammar !== undefined) throw new GrammarSkipped(withoutGrammar);
      return { file: await this.#withGrammar(request, grammar, timeoutMs), isDamaged: false };
    } catch (error) {
      if (!(error instanceof GrammarSkipped)) throw error;
      const { reason, isDamaged } = error;
      this.closeDocument(request.documentKey);
      const parseMs = performance.now() - start;
      return { file: timed(request, undefined, { method: 'fallback', fallbackReason: reason, parseMs }), isDamaged };
    }
  }

  /** Drops the tree kept for an open editor. */
  closeDocument(documentKey: string | undefined): void {
    if (documentKey !== undefined) this.#documents.close(documentKey);
  }

  async dispose(): Promise<void> {
    this.#documents.closeAll();
    await this.#grammars.dispose();
  }

  async #withGrammar(request: ChunkRequest, grammar: LanguageGrammar, timeoutMs: number): Promise<ChunkedFile> {
    if (request.text.length > maxParsedCharacters) throw new GrammarSkipped('memory');
    const text = parsableText(request.text, request.language);
    const parser = await this.#load(grammar.main);
    const scriptParser = grammar.script === undefined ? undefined : await this.#load(grammar.script);
    const start = performance.now();
    const deadline = start + timeoutMs;
    const { documentKey } = request;
    const tree = parsed(() =>
      documentKey === undefined
        ? parseText(parser, text, { deadline })
        : this.#documents.parse(documentKey, parser, text, deadline),
    );
    if (tree === undefined) throw new GrammarSkipped('timeout');
    let scripts: Tree | undefined;
    try {
      const ranges = scriptParser === undefined ? [] : scriptRanges(tree, text);
      if (scriptParser !== undefined && ranges.length > 0) {
        scripts = parsed(() => parseText(scriptParser, text, { deadline, includedRanges: ranges }));
      }
      const parseMs = performance.now() - start;
      return timed(request, scripts === undefined ? { tree } : { tree, scripts }, { method: 'grammar', parseMs });
    } finally {
      scripts?.delete();
      if (documentKey === undefined) tree.delete();
    }
  }

  async #load(name: GrammarName): ReturnType<GrammarSet['parser']> {
    try {
      return await this.#grammars.parser(name);
    } catch {
      throw new GrammarSkipped('grammar');
    }
  }
}

/** Runs a parse. After an error out of the parser's WASM its memory is not to be trusted. */
function parsed(parse: () => Tree | undefined): Tree | undefined {
  try {
    return parse();
  } catch (error) {
    const isMemory = error instanceof Error && /memory|OOM|allocation/i.test(error.message);
    throw new GrammarSkipped(isMemory ? 'memory' : 'crash', true);
  }
}

/** The scripts of a page, to be parsed together as one text. */
function scriptRanges(page: Tree, text: string): Range[] {
  return page.rootNode.descendantsOfType('script_element').flatMap((element) => {
    const content = element.namedChildren.find((child) => child.type === 'raw_text');
    if (content === undefined || !isScript(text.slice(element.startIndex, content.startIndex))) return [];
    const { startIndex, endIndex, startPosition, endPosition } = content;
    return [{ startIndex, endIndex, startPosition, endPosition }];
  });
}

function timed(
  request: ChunkRequest,
  trees: Trees | undefined,
  how: Omit<ChunkedFile, 'chunks' | 'chunkMs'>,
): ChunkedFile {
  const start = performance.now();
  const chunks: Chunk[] = chunkText({ ...request, ...trees });
  return { ...how, chunks, chunkMs: performance.now() - start };
}

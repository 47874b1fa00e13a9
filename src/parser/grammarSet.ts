import { readFile } from 'node:fs/promises';
import { Language, Parser } from 'web-tree-sitter';
import type { GrammarName } from '../core/chunking/grammars.ts';

/** One parser per grammar, made with the first file that needs it and kept. */
export class GrammarSet {
  readonly #runtimePath: string;
  readonly #grammarPath: (name: GrammarName) => string;
  readonly #parsers = new Map<GrammarName, Promise<Parser>>();
  #runtime: Promise<void> | undefined;

  constructor(runtimePath: string, grammarPath: (name: GrammarName) => string) {
    this.#runtimePath = runtimePath;
    this.#grammarPath = grammarPath;
  }

  /** Rejects when the grammar cannot be read or compiled, each time it is asked for. */
  async parser(name: GrammarName): Promise<Parser> {
    let parser = this.#parsers.get(name);
    if (parser === undefined) {
      parser = this.#load(name);
      this.#parsers.set(name, parser);
    }
    return parser;
  }

  async dispose(): Promise<void> {
    for (const parser of this.#parsers.values()) {
      await parser.then(
        (loaded) => loaded.delete(),
        () => undefined,
      );
    }
    this.#parsers.clear();
  }

  async #load(name: GrammarName): Promise<Parser> {
    this.#runtime ??= readFile(this.#runtimePath).then((wasmBinary) => Parser.init({ wasmBinary }));
    await this.#runtime;
    const language = await Language.load(new Uint8Array(await readFile(this.#grammarPath(name))));
    const parser = new Parser();
    parser.setLanguage(language);
    return parser;
  }
}

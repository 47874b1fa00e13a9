import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import textmate, { type IGrammar, type IOnigLib, type IRawTheme, type Registry } from 'vscode-textmate';
import type { SyntaxText } from '../protocol/syntax.ts';
import type { Contributions, GrammarFile } from './contributions.ts';

/**
 * Grammars of templates whose snippets may start inside of the code: what opens the code, and the grammar to use when
 * nothing in the snippet does.
 */
const codeInside: Readonly<Record<string, { readonly opening: RegExp; readonly scopeName: string }>> = {
  'text.html.php': { opening: /<\?(?:php|=)|<\/?[a-z!]/i, scopeName: 'source.php' },
};

/** Grammars that know members of a class inside of one alone. In all of them this opens a class. */
const needClass: ReadonlySet<string> = new Set([
  ...['source.ts', 'source.tsx', 'source.js', 'source.js.jsx', 'source.java', 'source.cs', 'source.php'],
]);
const classOpening = 'class C {';

/** How to tokenize a text. */
export interface TextGrammar {
  readonly grammar: IGrammar;
  /** A line to read before the text. */
  readonly opening: string | undefined;
}

/** The grammars of the installed extensions, each read when it is first needed, with those it includes. */
export class Grammars {
  readonly #registry: Registry;
  readonly #byScope: ReadonlyMap<string, GrammarFile>;
  readonly #scopeOfLanguage: ReadonlyMap<string, string>;
  readonly #languageOfName = new Map<string, string>();
  readonly #languageOfExtension = new Map<string, string>();

  constructor({ grammars, languages }: Contributions, oniguruma: Promise<IOnigLib>) {
    this.#byScope = new Map(grammars.map((grammar) => [grammar.scopeName, grammar]));
    this.#scopeOfLanguage = new Map(
      grammars.flatMap(({ language, scopeName }) => (language === undefined ? [] : [[language, scopeName]])),
    );
    for (const { id, extensions, filenames } of languages) {
      for (const filename of filenames) this.#languageOfName.set(filename, id);
      for (const extension of extensions) this.#languageOfExtension.set(extension, id);
    }
    const injections = Map.groupBy(
      grammars.flatMap(({ scopeName, injectTo }) => injectTo.map((target) => ({ target, scopeName }))),
      ({ target }) => target,
    );
    this.#registry = new textmate.Registry({
      onigLib: oniguruma,
      loadGrammar: async (scopeName) => {
        const path = this.#byScope.get(scopeName)?.path;
        return path === undefined ? undefined : textmate.parseRawGrammar(await readFile(path, 'utf8'), path);
      },
      getInjections: (scopeName) => injections.get(scopeName)?.map((injection) => injection.scopeName),
    });
  }

  /** The colours by index; index 0 is none. */
  get palette(): readonly string[] {
    return Array.from(this.#registry.getColorMap(), (colour: string | undefined) => colour ?? '');
  }

  setTheme(theme: IRawTheme): void {
    this.#registry.setTheme(theme);
  }

  /** The grammar of a text; undefined when no extension has one. Rejects when a grammar is missing or damaged. */
  async grammarOf(text: SyntaxText): Promise<TextGrammar | undefined> {
    const scopeName = this.#scopeOf(text);
    const grammar = scopeName === undefined ? undefined : await this.#registry.loadGrammar(scopeName);
    if (scopeName === undefined || !grammar) return undefined;
    return { grammar, opening: text.isMember && needClass.has(scopeName) ? classOpening : undefined };
  }

  #scopeOf(text: SyntaxText): string | undefined {
    const scopeName = this.#scopeOfLanguage.get(this.languageOf(text));
    const inside = scopeName === undefined ? undefined : codeInside[scopeName];
    if (inside === undefined || inside.opening.test(text.text)) return scopeName;
    return this.#byScope.has(inside.scopeName) ? inside.scopeName : scopeName;
  }

  /** By the whole name of the file, else by its longest known extension, as the editor does; else by the index's word. */
  languageOf({ path, language }: SyntaxText): string {
    const name = basename(path).toLowerCase();
    const byName = this.#languageOfName.get(name);
    if (byName !== undefined) return byName;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const byExtension = this.#languageOfExtension.get(name.slice(dot));
      if (byExtension !== undefined) return byExtension;
    }
    return language;
  }
}

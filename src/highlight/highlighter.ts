import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IOnigLib } from 'vscode-textmate';
import type { LogRecord } from '../protocol/engineApi.ts';
import { AppError, throwIfAborted, toAppError } from '../protocol/errors.ts';
import type {
  ColouredTexts,
  SyntaxApi,
  SyntaxRuns,
  SyntaxSources,
  SyntaxText,
  SyntaxTheme,
} from '../protocol/syntax.ts';
import { builtInExtensions, type Contributions, contributionsOf } from './contributions.ts';
import { customRules } from './customizations.ts';
import { Grammars, type TextGrammar } from './grammars.ts';
import { readTheme, themeCandidates, type ThemeRules, type TokenTheme } from './theme.ts';
import { tokenize } from './tokenize.ts';

export interface HighlighterOptions {
  readonly oniguruma: Promise<IOnigLib>;
  readonly log: (record: LogRecord) => void;
}

/** Colours texts with the grammars of the installed extensions and the colours of a theme. */
export class Highlighter implements SyntaxApi {
  readonly #options: HighlighterOptions;
  /** Files that could not be read: told once each. */
  readonly #failed = new Set<string>();
  #contributions: Contributions | undefined;
  #grammars: Grammars | undefined;

  constructor(options: HighlighterOptions) {
    this.#options = options;
  }

  async setSources({ extensions, builtInPath }: SyntaxSources): Promise<void> {
    const builtIn = await builtInExtensions(builtInPath, new Set(extensions.map(({ path }) => path)));
    this.#contributions = contributionsOf([...builtIn, ...extensions]);
    this.#grammars = new Grammars(this.#contributions, this.#options.oniguruma);
  }

  async setTheme({ kind, names, customizations }: SyntaxTheme): Promise<void> {
    const [contributions, grammars] = this.#ready();
    const { name, theme } = await this.#firstReadable(contributions, kind, names);
    const plain: ThemeRules = [{ settings: theme.foreground === undefined ? {} : { foreground: theme.foreground } }];
    grammars.setTheme({ settings: [...plain, ...theme.rules, ...customRules(customizations, name)] });
  }

  async colour(texts: readonly SyntaxText[], signal?: AbortSignal): Promise<ColouredTexts> {
    const [, grammars] = this.#ready();
    const coloured: (readonly SyntaxRuns[])[] = [];
    for (const text of texts) {
      await nextTurn(); // A cancellation is a message, and can only come in between.
      throwIfAborted(signal);
      const grammar = await this.#grammarOf(grammars, text);
      coloured.push(grammar === undefined ? [] : tokenize(grammar, text.text, () => performance.now()));
    }
    return { palette: grammars.palette, texts: coloured };
  }

  #ready(): readonly [Contributions, Grammars] {
    if (this.#contributions === undefined || this.#grammars === undefined) {
      throw new AppError('Internal', 'Texts can be coloured once the extensions are known.');
    }
    return [this.#contributions, this.#grammars];
  }

  /** A theme without rules when there is none: all text has the colour of its surroundings then. */
  async #firstReadable(
    { themes }: Contributions,
    kind: SyntaxTheme['kind'],
    names: SyntaxTheme['names'],
  ): Promise<{ name: string; theme: TokenTheme }> {
    for (const { name, path } of themeCandidates(themes, kind, names)) {
      try {
        return { name, theme: await readTheme(path) };
      } catch (error) {
        this.#warn('A colour theme could not be read', path, error);
      }
    }
    return { name: names[0] ?? '', theme: { rules: [], foreground: undefined } };
  }

  async #grammarOf(grammars: Grammars, text: SyntaxText): Promise<TextGrammar | undefined> {
    try {
      return await grammars.grammarOf(text);
    } catch (error) {
      this.#warn('A grammar could not be read', grammars.languageOf(text), error);
      return undefined;
    }
  }

  #warn(message: string, what: string, error: unknown): void {
    if (this.#failed.has(what)) return;
    this.#failed.add(what);
    this.#options.log({ level: 'warn', message, fields: { what, reason: toAppError(error).message } });
  }
}

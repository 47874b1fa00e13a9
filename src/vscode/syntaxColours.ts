import * as vscode from 'vscode';
import { SyntaxThread } from '../node/syntaxThread.ts';
import type { LogRecord } from '../protocol/engineApi.ts';
import { CancelledError } from '../protocol/errors.ts';
import type { ColouredTexts, SyntaxRuns, SyntaxText } from '../protocol/syntax.ts';
import { abortable } from '../util/abortable.ts';
import { type Disposable, Emitter } from '../util/emitter.ts';
import { concernsSyntaxTheme, syntaxSources, syntaxTheme } from './syntaxSources.ts';

/** The thread ends after a pause of this length. Starting it again takes a tenth of a second and nobody waits for it. */
const idleMs = 2 * 60_000;
/** The snippets of a search take a tenth of a second, and the grammars of thirty languages seconds on a slow machine. */
const answerMs = 30_000;
/** Texts whose colours are remembered: the results of the last dozens of searches, about 3 MB. */
const maxKnownTexts = 1_000;
/** A new theme is shown first and written to the settings, which say its name, a little later. */
const settleMs = 250;

export interface SyntaxColoursOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: (record: LogRecord) => void;
}

/** The colours that texts have in the user's editors, by the grammars and the theme of the installed extensions. */
export class SyntaxColours {
  readonly #thread: SyntaxThread;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** By file, language and text; the longest unused first. Those of the present theme. */
  readonly #known = new Map<string, readonly SyntaxRuns[]>();
  #palette: readonly string[] = [];
  #theme = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Settings still follow a change of theme. */
  #settling: PromiseWithResolvers<void> | undefined;

  /** Colours that were given before belong to another theme, or to other grammars. */
  readonly onDidChange = this.#changed.event;

  constructor({ extensionUri, log }: SyntaxColoursOptions) {
    const file = (path: string): string => vscode.Uri.joinPath(extensionUri, path).fsPath;
    this.#thread = new SyntaxThread({
      threadPath: file('dist/highlight.js'),
      wasmPath: file('media/grammars/onig.wasm'),
      sources: syntaxSources,
      theme: syntaxTheme,
      ...{ log, idleMs, answerMs },
    });
    const changed = (): void => this.#change();
    this.#subscriptions = [
      vscode.window.onDidChangeActiveColorTheme(changed),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (concernsSyntaxTheme(event)) changed();
      }),
      vscode.extensions.onDidChange(() => {
        this.#thread.end();
        changed();
      }),
    ];
  }

  /** Names the theme that the colours of now belong to. */
  get theme(): number {
    return this.#theme;
  }

  /** The texts' colours, in their order. Rejects with `Cancelled` by `signal`, and when the theme changes meanwhile. */
  async colour(texts: readonly SyntaxText[], signal: AbortSignal): Promise<ColouredTexts> {
    const theme = this.#theme;
    await abortable(this.#settling?.promise ?? Promise.resolve(), signal);
    const byKey = new Map(texts.map((text) => [keyOf(text), text]));
    const missing = [...byKey].filter(([key]) => !this.#known.has(key));
    if (missing.length > 0) {
      const { palette, texts: coloured } = await this.#thread.colour(
        missing.map(([, text]) => text),
        signal,
      );
      if (theme !== this.#theme) throw new CancelledError();
      this.#palette = palette;
      missing.forEach(([key], index) => this.#known.set(key, coloured[index] ?? []));
    }
    const found = texts.map((text) => this.#use(keyOf(text)));
    for (const key of this.#known.keys()) {
      if (this.#known.size <= maxKnownTexts) break;
      this.#known.delete(key);
    }
    return { palette: this.#palette, texts: found };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#thread.end();
  }

  #use(key: string): readonly SyntaxRuns[] {
    const lines = this.#known.get(key) ?? [];
    this.#known.delete(key);
    this.#known.set(key, lines);
    return lines;
  }

  /** Told at once, since the colours of before no longer fit; new ones are given once the settings have settled. */
  #change(): void {
    this.#theme++;
    this.#known.clear();
    this.#settling ??= Promise.withResolvers();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#thread.themeChanged();
      this.#settling?.resolve();
      this.#settling = undefined;
    }, settleMs);
    this.#changed.fire();
  }
}

function keyOf({ path, language, isMember, text }: SyntaxText): string {
  return [path, language, isMember, text].join('\0');
}

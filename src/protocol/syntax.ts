/**
 * Syntax colours of snippets: what the extension host, the thread that tokenizes and the search view say to each other
 * about them.
 */
import type { LogRecord } from './engineApi.ts';

/** The kinds of themes, as an extension's manifest names them (`contributes.themes[].uiTheme`). */
export const themeKinds = ['vs', 'vs-dark', 'hc-black', 'hc-light'] as const;
export type ThemeKind = (typeof themeKinds)[number];

/** An installed extension that has something to say about colours. */
export interface SyntaxExtension {
  /** Absolute path of its folder. */
  readonly path: string;
  /** `languages`, `grammars` and `themes` of its manifest, as the extension's author wrote them. */
  readonly contributes: Readonly<Record<string, unknown>>;
}

/** Where grammars and themes come from. */
export interface SyntaxSources {
  /** In the order in which VS Code lists them: later ones win. */
  readonly extensions: readonly SyntaxExtension[];
  /** Folder of VS Code's own extensions; those of them that `extensions` lacks are read from there. */
  readonly builtInPath: string;
}

/** The colours the editor shows. */
export interface SyntaxTheme {
  readonly kind: ThemeKind;
  /** Ids or labels the shown theme may have, the likeliest first; one of another kind is passed over. */
  readonly names: readonly string[];
  /** The user's `editor.tokenColorCustomizations`. */
  readonly customizations: unknown;
}

/** A text to be coloured. */
export interface SyntaxText {
  /** Path or name of its file: its extension decides on the language as it does in the editor. */
  readonly path: string;
  /** VS Code's language id, where no extension claims the file. */
  readonly language: string;
  readonly text: string;
  /** A method or property without the class around it: some grammars take it for a statement unless they know. */
  readonly isMember: boolean;
}

/**
 * The runs of one line, flat: length in UTF-16 units, style, length, style. A style is the index of its colour in the
 * palette times {@link styleRadix} plus the {@link fontStyles} it has; 0 = as the text around it. What follows the last
 * run has style 0 as well. Styles mean the same as long as the theme does.
 */
export type SyntaxRuns = readonly number[];

/** The bits of a run's style below its colour, and above them all. */
export const fontStyles = { italic: 1, bold: 2, underline: 4, strikethrough: 8 } as const;
export const styleRadix = 16;

/** Texts in colour. */
export interface ColouredTexts {
  /** `#RRGGBB` or `#RRGGBBAA`; index 0 is never used. */
  readonly palette: readonly string[];
  /** The runs of each line of each text; no lines where nothing is known of the language. */
  readonly texts: readonly (readonly SyntaxRuns[])[];
}

/** What the thread that tokenizes is told when it starts. */
export interface SyntaxThreadData {
  /** Oniguruma, compiled to WebAssembly. */
  readonly wasmPath: string;
}

/** What the thread that tokenizes answers. */
export interface SyntaxApi {
  /** Before anything else, and when extensions have changed; the theme has to be set again after it. */
  setSources(sources: SyntaxSources, signal?: AbortSignal): Promise<void>;
  setTheme(theme: SyntaxTheme, signal?: AbortSignal): Promise<void>;
  /** Rejects with `Cancelled` when `signal` aborts before the last text. */
  colour(texts: readonly SyntaxText[], signal?: AbortSignal): Promise<ColouredTexts>;
}

export const syntaxMethods = ['setSources', 'setTheme', 'colour'] as const;

export interface SyntaxEvents {
  readonly log: LogRecord;
}

/** The lines of a text, as snippets are shown and as they are tokenized. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

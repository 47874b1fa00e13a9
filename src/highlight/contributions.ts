import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../protocol/checks.ts';
import type { SyntaxExtension } from '../protocol/syntax.ts';
import { readJson } from './readJson.ts';

/** A language's claim on files. */
export interface Language {
  readonly id: string;
  /** With their dot, lower case. */
  readonly extensions: readonly string[];
  /** Whole names, lower case. */
  readonly filenames: readonly string[];
}

/** A TextMate grammar and where it lies. */
export interface GrammarFile {
  readonly scopeName: string;
  readonly path: string;
  /** The language it is the grammar of; none for a grammar that others include. */
  readonly language: string | undefined;
  /** Scopes of the grammars it adds itself to. */
  readonly injectTo: readonly string[];
}

/** A colour theme and where it lies. */
export interface ThemeFile {
  /** What `workbench.colorTheme` calls it: its id, or its label where it has none. */
  readonly name: string;
  readonly uiTheme: string;
  readonly path: string;
}

export interface Contributions {
  readonly languages: readonly Language[];
  readonly grammars: readonly GrammarFile[];
  readonly themes: readonly ThemeFile[];
}

/** What extensions contribute, in their order. What a manifest has wrong is left out, as VS Code leaves it out. */
export function contributionsOf(extensions: readonly SyntaxExtension[]): Contributions {
  const from = <T>(point: string, read: (value: Record<string, unknown>, path: string) => T | undefined): T[] =>
    extensions.flatMap(({ path, contributes }) =>
      recordsOf(contributes[point]).flatMap((value) => read(value, path) ?? []),
    );
  return {
    languages: from('languages', languageOf),
    grammars: from('grammars', grammarOf),
    themes: from('themes', themeOf),
  };
}

/**
 * VS Code's own extensions in `folder`, but for those whose folder is in `known`; none where there is no such folder (the
 * editor may not be built that way).
 */
export async function builtInExtensions(folder: string, known: ReadonlySet<string>): Promise<SyntaxExtension[]> {
  const names = await readdir(folder).catch(() => []);
  const paths = names.map((name) => join(folder, name)).filter((path) => !known.has(path));
  return (await Promise.all(paths.map(readExtension))).flat();
}

/** Not every entry of the folder is an extension. */
async function readExtension(path: string): Promise<readonly SyntaxExtension[]> {
  const manifest = await readJson(join(path, 'package.json')).catch(() => undefined);
  const contributes = isRecord(manifest) ? manifest['contributes'] : undefined;
  return isRecord(contributes) ? [{ path, contributes }] : [];
}

function languageOf({ id, extensions, filenames }: Record<string, unknown>): Language | undefined {
  if (typeof id !== 'string') return undefined;
  return { id, extensions: textsOf(extensions).map(lower), filenames: textsOf(filenames).map(lower) };
}

function grammarOf(value: Record<string, unknown>, folder: string): GrammarFile | undefined {
  const { scopeName, path, language, injectTo } = value;
  if (typeof scopeName !== 'string' || typeof path !== 'string') return undefined;
  const ofLanguage = typeof language === 'string' ? language : undefined;
  return { scopeName, path: join(folder, path), language: ofLanguage, injectTo: textsOf(injectTo) };
}

function themeOf({ id, label, uiTheme, path }: Record<string, unknown>, folder: string): ThemeFile | undefined {
  const name = typeof id === 'string' ? id : label;
  if (typeof name !== 'string' || typeof path !== 'string') return undefined;
  return { name, uiTheme: typeof uiTheme === 'string' ? uiTheme : 'vs-dark', path: join(folder, path) };
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function lower(text: string): string {
  return text.toLowerCase();
}

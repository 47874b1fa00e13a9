import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import textmate, { type IRawTheme } from 'vscode-textmate';
import { isRecord } from '../protocol/checks.ts';
import type { ThemeKind } from '../protocol/syntax.ts';
import type { ThemeFile } from './contributions.ts';
import { readJson } from './readJson.ts';

/** Rules of a theme: which colour and style a scope has. Later and more specific rules win. */
export type ThemeRules = IRawTheme['settings'];

/** A theme's rules and the colour of text that no rule speaks of. */
export interface TokenTheme {
  readonly rules: ThemeRules;
  readonly foreground: string | undefined;
}

/** Themes that include each other in a circle, or nearly, end here. */
const maxIncludes = 10;

/** VS Code's own theme of each kind, for a theme that is not to be found on this machine. */
const defaultThemes: Readonly<Record<ThemeKind, readonly string[]>> = {
  vs: ['Default Light Modern', 'Light Modern', 'Default Light+', 'Light+'],
  'vs-dark': ['Default Dark Modern', 'Dark Modern', 'Default Dark+', 'Dark+'],
  'hc-black': ['Default High Contrast'],
  'hc-light': ['Default High Contrast Light'],
};

/**
 * The files of the themes to try, in order: those that `names` name, then VS Code's own. Only themes of the shown kind
 * count: a name of another kind is a setting for another time of day.
 */
export function themeCandidates(
  themes: readonly ThemeFile[],
  kind: ThemeKind,
  names: readonly string[],
): readonly ThemeFile[] {
  return [...names, ...defaultThemes[kind]].flatMap(
    (name) => themes.findLast((theme) => theme.name === name && theme.uiTheme === kind) ?? [],
  );
}

/** Reads a theme with all it includes. Rejects when a file of it is missing or is no theme. */
export async function readTheme(path: string, depth = 0): Promise<TokenTheme> {
  if (depth > maxIncludes) throw new Error(`The theme ${path} includes too many others.`);
  if (extname(path) !== '.json') return { rules: await readTmTheme(path), foreground: undefined };
  const theme = await readJson(path);
  if (!isRecord(theme)) throw new Error(`The theme ${path} is not a JSON object.`);
  const { include, tokenColors, colors } = theme;
  const beside = (file: string): string => join(dirname(path), file);
  const base = typeof include === 'string' ? await readTheme(beside(include), depth + 1) : undefined;
  const own = typeof tokenColors === 'string' ? await readTmTheme(beside(tokenColors)) : rulesOf(tokenColors);
  const foreground = isRecord(colors) ? colors['editor.foreground'] : undefined;
  return {
    rules: [...(base?.rules ?? []), ...own],
    foreground: typeof foreground === 'string' ? foreground : base?.foreground,
  };
}

/** A TextMate theme is a property list, as old grammars are; the reader of those reads both. */
async function readTmTheme(path: string): Promise<ThemeRules> {
  const list: unknown = textmate.parseRawGrammar(await readFile(path, 'utf8'), path);
  return isRecord(list) ? rulesOf(list['settings']) : [];
}

/** The rules of a list that are well-formed; VS Code passes over the others as well. */
export function rulesOf(value: unknown): ThemeRules {
  return Array.isArray(value) ? value.filter(isRule) : [];
}

function isRule(value: unknown): value is ThemeRules[number] {
  if (!isRecord(value) || !isRecord(value['settings'])) return false;
  const { scope, settings } = value;
  const scopes: readonly unknown[] = Array.isArray(scope) ? scope : [scope ?? ''];
  const styles = [settings['foreground'], settings['fontStyle'], settings['background']];
  return (
    scopes.every((item) => typeof item === 'string') &&
    styles.every((style) => style === undefined || typeof style === 'string')
  );
}

import { isRecord } from '../protocol/checks.ts';
import { rulesOf, type ThemeRules } from './theme.ts';

/** What the simple keys of `editor.tokenColorCustomizations` stand for (VS Code, `colorThemeData.ts`). */
const scopesOfGroup: Readonly<Record<string, readonly string[]>> = {
  comments: ['comment', 'punctuation.definition.comment'],
  strings: ['string', 'meta.embedded.assembly'],
  keywords: ['keyword - keyword.operator', 'keyword.control', 'storage', 'storage.type'],
  numbers: ['constant.numeric'],
  types: ['entity.name.type', 'entity.name.class', 'support.type', 'support.class'],
  functions: ['entity.name.function', 'support.function'],
  variables: ['variable', 'entity.name.variable'],
};

/** The rules of the user's `editor.tokenColorCustomizations`: those for every theme, then those for `themeName`. */
export function customRules(customizations: unknown, themeName: string): ThemeRules {
  if (!isRecord(customizations)) return [];
  const forTheme = Object.entries(customizations).flatMap(([key, value]) =>
    isRecord(value) && isForTheme(key, themeName) ? rulesOfGroups(value) : [],
  );
  return [...rulesOfGroups(customizations), ...forTheme];
}

function rulesOfGroups(values: Record<string, unknown>): ThemeRules {
  const groups = Object.entries(scopesOfGroup).flatMap(([group, scope]) => {
    const value = values[group];
    const settings = typeof value === 'string' ? { foreground: value } : value;
    return rulesOf([{ scope, settings }]);
  });
  return [...groups, ...rulesOf(values['textMateRules'])];
}

/** `[Theme]`, `[One][Another]`, with `*` at the start or the end of a name for anything. */
function isForTheme(key: string, themeName: string): boolean {
  if (!/^(?:\[[^\]]+\])+$/.test(key)) return false;
  return [...key.matchAll(/\[([^\]]+)\]/g)].some(([, name = '']) => {
    const core = name.replace(/^\*|\*$/g, '');
    const starts = !name.startsWith('*');
    const ends = !name.endsWith('*') || name === '*';
    if (starts && ends) return themeName === core;
    if (starts) return themeName.startsWith(core);
    return ends ? themeName.endsWith(core) : themeName.includes(core);
  });
}

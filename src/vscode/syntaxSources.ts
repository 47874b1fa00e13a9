import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SyntaxExtension, SyntaxSources, SyntaxTheme, ThemeKind } from '../protocol/syntax.ts';

/** What of a manifest has to do with colours. */
const contributionPoints = ['languages', 'grammars', 'themes'];

/** The settings that decide which theme is shown, and in which colours. */
const themeSettings = [
  'workbench.colorTheme',
  'workbench.preferredDarkColorTheme',
  'workbench.preferredLightColorTheme',
  'workbench.preferredHighContrastColorTheme',
  'workbench.preferredHighContrastLightColorTheme',
  'window.autoDetectColorScheme',
  'editor.tokenColorCustomizations',
];

/** The installed extensions with languages, grammars or themes, as far as their files are on this machine. */
export function syntaxSources(): SyntaxSources {
  const extensions = vscode.extensions.all.flatMap(({ extensionUri, packageJSON }): SyntaxExtension[] => {
    const { contributes } = packageJSON as { readonly contributes?: Readonly<Record<string, unknown>> };
    if (contributes === undefined || extensionUri.scheme !== 'file') return [];
    const points = contributionPoints.filter((point) => point in contributes);
    if (points.length === 0) return [];
    return [
      {
        path: extensionUri.fsPath,
        contributes: Object.fromEntries(points.map((point) => [point, contributes[point]])),
      },
    ];
  });
  return { extensions, builtInPath: join(vscode.env.appRoot, 'extensions') };
}

/** The theme that is shown. Its name is not to be had, only its kind: the settings say what it may be called. */
export function syntaxTheme(): SyntaxTheme {
  const { kind, preferred } = shownKind(vscode.window.activeColorTheme.kind);
  const workbench = vscode.workspace.getConfiguration('workbench');
  const chosen = workbench.get<string>('colorTheme');
  const forKind = workbench.get<string>(preferred);
  // High contrast follows the system by default, but only when the chosen theme is none itself.
  const follows = vscode.workspace.getConfiguration('window').get<boolean>('autoDetectColorScheme') === true;
  const names = follows ? [forKind, chosen] : [chosen, forKind];
  // VS Code hands out a proxy, which cannot go to another thread.
  const custom: unknown = vscode.workspace.getConfiguration('editor').get('tokenColorCustomizations');
  const customizations: unknown = JSON.parse(JSON.stringify(custom ?? {}));
  return { kind, names: names.filter((name) => name !== undefined), customizations };
}

export function concernsSyntaxTheme(event: vscode.ConfigurationChangeEvent): boolean {
  return themeSettings.some((setting) => event.affectsConfiguration(setting));
}

function shownKind(kind: vscode.ColorThemeKind): { readonly kind: ThemeKind; readonly preferred: string } {
  switch (kind) {
    case vscode.ColorThemeKind.Light:
      return { kind: 'vs', preferred: 'preferredLightColorTheme' };
    case vscode.ColorThemeKind.Dark:
      return { kind: 'vs-dark', preferred: 'preferredDarkColorTheme' };
    case vscode.ColorThemeKind.HighContrast:
      return { kind: 'hc-black', preferred: 'preferredHighContrastColorTheme' };
    case vscode.ColorThemeKind.HighContrastLight:
      return { kind: 'hc-light', preferred: 'preferredHighContrastLightColorTheme' };
  }
}

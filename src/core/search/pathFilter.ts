import { SettingsGlob } from '../discovery/settingsGlob.ts';

/**
 * A matcher for globs on relative paths, as VS Code's settings know them: a glob without a slash matches file names anywhere,
 * one that names a directory matches everything below it. Undefined when there is no glob.
 */
export function pathFilter(globs: readonly string[] | undefined): ((path: string) => boolean) | undefined {
  const patterns = (globs ?? []).map((glob) => glob.trim()).filter((glob) => glob !== '');
  if (patterns.length === 0) return undefined;
  const compiled = [...new Set(patterns)].map((glob) => {
    const trimmed = glob
      .replaceAll('\\', '/')
      .replace(/^\.?\//u, '')
      .replace(/\/$/u, '');
    return new SettingsGlob(trimmed.includes('/') ? `${trimmed}/**` : `**/${trimmed}/**`);
  });
  return (path) => compiled.some((glob) => glob.matches(path));
}

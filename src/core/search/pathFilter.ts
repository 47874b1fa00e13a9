import picomatch from 'picomatch';

/**
 * A matcher for globs on relative paths: a glob without a slash matches file names anywhere, one that names a directory
 * matches everything below it. Undefined when there is no glob.
 */
export function pathFilter(globs: readonly string[] | undefined): ((path: string) => boolean) | undefined {
  const patterns = (globs ?? []).map((glob) => glob.trim()).filter((glob) => glob !== '');
  if (patterns.length === 0) return undefined;
  const expanded = patterns.flatMap((glob) => {
    const trimmed = glob
      .replaceAll('\\', '/')
      .replace(/^\.?\//u, '')
      .replace(/\/$/u, '');
    return trimmed.includes('/') ? [trimmed, `${trimmed}/**`] : [`**/${trimmed}`, `**/${trimmed}/**`];
  });
  return picomatch(expanded, { dot: true });
}

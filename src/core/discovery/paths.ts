import type { RelativePath } from '../../protocol/types.ts';

/**
 * The one place that knows how absolute paths look. Pure text: Windows paths are recognised by their form (drive letter
 * or UNC), so they behave the same on every machine. Paths below a folder use forward slashes everywhere else.
 */

const windowsForm = /^(?:[A-Za-z]:|[\\/]{2}[^\\/])/;

function isWindowsPath(path: string): boolean {
  return windowsForm.test(path);
}

/** Is the path complete in itself, in POSIX or Windows form? */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || path.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(path);
}

/**
 * The path of `absolute` relative to the folder `root`: '' for the root itself, undefined for anything outside.
 * Windows paths compare without regard to case and to the kind of slash; the result keeps the case of `absolute`.
 * A backslash in a POSIX path is an ordinary character.
 */
export function toRelativePath(root: string, absolute: string): RelativePath | undefined {
  const ignoreCase = isWindowsPath(root);
  if (ignoreCase !== isWindowsPath(absolute)) return undefined;
  const rootSegments = segmentsOf(root, ignoreCase);
  const segments = segmentsOf(absolute, ignoreCase);
  const isBelow = rootSegments.every((segment, index) => {
    const other = segments[index];
    return segment === other || (ignoreCase && segment.toLowerCase() === other?.toLowerCase());
  });
  return isBelow ? segments.slice(rootSegments.length).join('/') : undefined;
}

/** The directory that holds `absolute`; undefined at the top of the file system. */
export function parentDirectory(absolute: string): string | undefined {
  const isWindows = isWindowsPath(absolute);
  const trimmed = absolute.replace(isWindows ? /[\\/]+$/ : /\/+$/, '');
  const cut = Math.max(trimmed.lastIndexOf('/'), isWindows ? trimmed.lastIndexOf('\\') : -1);
  if (cut < 0) return undefined;
  // `C:` alone would be the drive's current directory, and `\\server` is no directory.
  if (isWindows && /^[A-Za-z]:$/.test(trimmed.slice(0, cut))) return trimmed.slice(0, cut + 1);
  if (isWindows && /^[\\/]{2}[^\\/]+$/.test(trimmed.slice(0, cut))) return undefined;
  return cut === 0 ? '/' : trimmed.slice(0, cut);
}

/** The directory of a path below a folder, '' for a path at its top. */
export function parentOf(path: RelativePath): RelativePath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Joins two paths below a folder; `directory` '' is the folder itself. */
export function childOf(directory: RelativePath, name: string): RelativePath {
  return directory === '' ? name : `${directory}/${name}`;
}

/** Is `path` the directory `directory` itself or anything below it? */
export function isAtOrBelow(path: RelativePath, directory: RelativePath): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}

/** Segments with `.`, `..` and doubled slashes resolved. */
function segmentsOf(absolute: string, isWindows: boolean): string[] {
  const segments: string[] = [];
  for (const segment of absolute.split(isWindows ? /[\\/]/ : '/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

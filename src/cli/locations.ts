import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve, win32 } from 'node:path';
import { AppError } from '../protocol/errors.ts';
import type { CliEnvironment } from './environment.ts';

/** Where everything about one indexed folder lives. All paths absolute. */
export interface FolderLocation {
  /** Canonical path: symlinks resolved, no trailing separator. One folder has one index however it is spelled. */
  readonly root: string;
  readonly indexDir: string;
}

type Surroundings = Pick<CliEnvironment, 'variables' | 'homeDirectory' | 'platform'>;

/**
 * Where indexes and caches go unless `--index-dir` says otherwise: they can be made again, so it is the user's cache
 * directory as each platform defines it (XDG Base Directory Specification; Apple's File System Programming Guide;
 * LOCALAPPDATA, which does not roam, on Windows).
 */
export function defaultDataDir({ variables, homeDirectory, platform }: Surroundings): string {
  if (platform === 'win32') {
    const base = variables['LOCALAPPDATA'] ?? win32.join(homeDirectory, 'AppData', 'Local');
    return win32.join(base, 'codeweaver', 'Cache');
  }
  if (platform === 'darwin') return posix.join(homeDirectory, 'Library', 'Caches', 'codeweaver');
  const xdg = variables['XDG_CACHE_HOME'];
  // The specification asks to ignore relative paths there.
  return posix.join(
    xdg !== undefined && posix.isAbsolute(xdg) ? xdg : posix.join(homeDirectory, '.cache'),
    'codeweaver',
  );
}

/** The embedding cache, shared by all folders below one data directory. */
export function cacheDirOf(dataDir: string): string {
  return join(dataDir, 'embeddings');
}

/** The index directory of a canonical folder path: readable for people, unique by hash. */
export function indexDirOf(dataDir: string, root: string): string {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const name =
    basename(root)
      .replace(/[^\w.-]+/g, '_')
      .slice(0, 40) || 'root';
  return join(dataDir, 'folders', `${name}-${hash}`);
}

/** The folder a user named. Throws AppError `FolderNotFound` when it is not there or is a file. */
export async function locateFolder(folder: string, workingDirectory: string, dataDir: string): Promise<FolderLocation> {
  const path = resolve(workingDirectory, folder);
  let root: string;
  try {
    root = await realpath(path);
  } catch (error) {
    throw new AppError('FolderNotFound', `There is no folder ${path}. Check the path.`, { cause: error });
  }
  if (!(await stat(root)).isDirectory()) {
    throw new AppError('FolderNotFound', `${path} is a file. Name the folder to index, not a file in it.`);
  }
  return { root, indexDir: indexDirOf(dataDir, root) };
}

/**
 * The canonical place of something that may be missing, with directories at the end of its path (deleted files are asked
 * about too): the directories' symlinks are resolved, its own is kept.
 */
export async function canonicalFile(file: string, workingDirectory: string): Promise<string> {
  const path = resolve(workingDirectory, file);
  const missing: string[] = [basename(path)];
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    try {
      return join(await realpath(directory), ...missing);
    } catch (error) {
      if (dirname(directory) === directory) throw error;
      missing.unshift(basename(directory));
    }
  }
}

/** The directories above a path, nearest first. */
export function* ancestorsOf(path: string): Generator<string> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    yield directory;
    if (dirname(directory) === directory) return;
  }
}

/** `path` relative to `root` with forward slashes; undefined when it is not below it. */
export function relativeWithin(
  root: string,
  path: string,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const paths = platform === 'win32' ? win32 : posix;
  const found = paths.relative(root, path);
  if (found === '' || found === '..' || found.startsWith(`..${paths.sep}`) || paths.isAbsolute(found)) return undefined;
  return found.replaceAll(paths.sep, '/');
}

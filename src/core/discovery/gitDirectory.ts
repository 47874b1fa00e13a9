import type { FileSystem } from '../ports.ts';
import { isAbsolutePath, parentDirectory } from './paths.ts';

/** Where a repository keeps its things. Absolute paths. */
export interface GitLocation {
  /** The working tree's top directory. */
  readonly top: string;
  /** Holds HEAD and the index; of a worktree or submodule its own. */
  readonly gitDirectory: string;
  /** Holds configuration, objects and info/exclude; shared by all worktrees. */
  readonly commonDirectory: string;
}

/** Longer files named `.git` or HEAD are something else. */
const maxPointerBytes = 4_096;

/** The repository whose working tree `directory` (canonical, absolute) lies in. */
export async function findRepository(fileSystem: FileSystem, directory: string): Promise<GitLocation | undefined> {
  for (let at: string | undefined = directory; at !== undefined; at = parentDirectory(at)) {
    const location = await repositoryAt(fileSystem, at);
    if (location !== undefined) return location;
  }
  return undefined;
}

/** The repository whose working tree starts at exactly this directory. What merely looks like one is none, as in git. */
export async function repositoryAt(fileSystem: FileSystem, top: string): Promise<GitLocation | undefined> {
  const dotGit = fileSystem.join(top, '.git');
  const kind = (await fileSystem.stat(dotGit))?.kind;
  if (kind === undefined) return undefined;
  const gitDirectory = kind === 'file' ? await readGitFile(fileSystem, top) : await fileSystem.realPath(dotGit);
  if (gitDirectory === undefined) return undefined;
  const commonDirectory = await findCommonDirectory(fileSystem, gitDirectory);
  const isRepository =
    (await hasHead(fileSystem, gitDirectory)) &&
    (await exists(fileSystem, fileSystem.join(commonDirectory, 'objects'))) &&
    (await exists(fileSystem, fileSystem.join(commonDirectory, 'refs')));
  return isRepository ? { top, gitDirectory, commonDirectory } : undefined;
}

/** A worktree's or submodule's `.git` is a file that says `gitdir: <path>`. */
async function readGitFile(fileSystem: FileSystem, top: string): Promise<string | undefined> {
  const target = /^gitdir: (.+?)[\r\n]*$/s.exec((await readText(fileSystem, fileSystem.join(top, '.git'))) ?? '')?.[1];
  return target === undefined ? undefined : resolve(fileSystem, top, target);
}

async function findCommonDirectory(fileSystem: FileSystem, gitDirectory: string): Promise<string> {
  const target = (await readText(fileSystem, fileSystem.join(gitDirectory, 'commondir')))?.replace(/[\r\n]+$/, '');
  return target === undefined || target === '' ? gitDirectory : resolve(fileSystem, gitDirectory, target);
}

async function hasHead(fileSystem: FileSystem, gitDirectory: string): Promise<boolean> {
  const head = fileSystem.join(gitDirectory, 'HEAD');
  if ((await fileSystem.stat(head))?.kind === 'symlink') return true;
  return /^(?:ref:\s*refs\/|[0-9a-f]{40})/i.test((await readText(fileSystem, head)) ?? '');
}

async function exists(fileSystem: FileSystem, path: string): Promise<boolean> {
  return (await fileSystem.realPath(path)) !== undefined;
}

async function readText(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  if ((await fileSystem.stat(path))?.kind !== 'file') return undefined;
  const bytes = await fileSystem.readHead(path, maxPointerBytes);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function resolve(fileSystem: FileSystem, directory: string, path: string): string {
  return isAbsolutePath(path) ? path : fileSystem.join(directory, path);
}

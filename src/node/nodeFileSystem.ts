import { lstat, open, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dirent, Stats } from 'node:fs';
import type { DirectoryEntry, FileStat, FileSystem } from '../core/ports.ts';
import { findGlobalExcludes } from './globalExcludes.ts';

/** The path, or a directory on the way, is not there. */
const missingCodes = new Set(['ENOENT', 'ENOTDIR']);

/** The local disk, read-only. */
export class NodeFileSystem implements FileSystem {
  readonly #environment: NodeJS.ProcessEnv;

  /** @param environment Where the home directory and git's configuration are looked for. */
  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async readDirectory(path: string): Promise<readonly DirectoryEntry[] | undefined> {
    const entries = await ifPresent(readdir(path, { withFileTypes: true }));
    return entries?.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const stats = await ifPresent(lstat(path));
    return stats && { kind: kindOf(stats), bytes: stats.size, mtimeMs: stats.mtimeMs };
  }

  /** A loop of links leads nowhere: undefined. */
  async realPath(path: string): Promise<string | undefined> {
    try {
      return await ifPresent(realpath(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
      throw error;
    }
  }

  async readFile(path: string): Promise<Uint8Array | undefined> {
    return ifPresent(readFile(path));
  }

  async readHead(path: string, bytes: number): Promise<Uint8Array | undefined> {
    const file = await ifPresent(open(path, 'r'));
    if (file === undefined) return undefined;
    try {
      const head = new Uint8Array(bytes);
      let filled = 0;
      while (filled < bytes) {
        const { bytesRead } = await file.read(head, filled, bytes - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return head.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  join(root: string, relative: string): string {
    return join(root, relative);
  }

  async globalGitExcludes(root: string): Promise<string | undefined> {
    return findGlobalExcludes(this, root, this.#environment);
  }
}

function kindOf(entry: Dirent | Stats): FileStat['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

async function ifPresent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (missingCodes.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

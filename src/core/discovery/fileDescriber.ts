import { phrase } from '../../protocol/phrase.ts';
import type { RelativePath } from '../../protocol/types.ts';
import type { FileStat, FileSystem } from '../ports.ts';
import type { ListedEntry } from './directoryScope.ts';
import { toRelativePath } from './paths.ts';
import type { SettingsRules } from './settingsRules.ts';
import type { DiscoveredFile, Skip } from './verdict.ts';

/** Completes what rules say about a file with what the disk says: size, time, where a link leads. */
export class FileDescriber {
  readonly #root: string;
  readonly #settings: SettingsRules;
  readonly #fileSystem: FileSystem;

  constructor(root: string, settings: SettingsRules, fileSystem: FileSystem) {
    this.#root = root;
    this.#settings = settings;
    this.#fileSystem = fileSystem;
  }

  /** Undefined: the file is gone, or no longer a file. */
  async describe(path: RelativePath, listed: ListedEntry): Promise<DiscoveredFile | undefined> {
    try {
      const stat = await this.#fileSystem.stat(this.#fileSystem.join(this.#root, path));
      if (stat !== undefined) return await this.describeStat(path, stat, listed.skip);
    } catch (error) {
      return unreadable(path, error);
    }
    // A name with bytes that are no UTF-8 arrives with replacement characters and cannot be asked for again.
    if (!path.includes('\uFFFD')) return undefined;
    const detail = phrase`Cannot be read: its name is not valid UTF-8.`;
    return { path, bytes: 0, mtimeMs: 0, skip: { reason: 'unreadable', detail } };
  }

  async describeStat(path: RelativePath, stat: FileStat, skip: Skip | undefined): Promise<DiscoveredFile | undefined> {
    const file = { path, bytes: stat.bytes, mtimeMs: stat.mtimeMs };
    switch (stat.kind) {
      case 'file': {
        const reason = skip ?? this.#settings.skipBySize(stat);
        return reason === undefined ? file : { ...file, skip: reason };
      }
      case 'symlink':
        return { ...file, skip: skip ?? (await this.#skipLink(path)) };
      case 'directory':
      case 'other':
        return undefined;
    }
  }

  /** Links are listed, as git does, and never followed: what they lead to is indexed in its own place or not ours. */
  async #skipLink(path: RelativePath): Promise<Skip> {
    const target = await this.#fileSystem.realPath(this.#fileSystem.join(this.#root, path));
    const root = await this.#fileSystem.realPath(this.#root);
    if (target === undefined || root === undefined) {
      return { reason: 'symlink', detail: phrase`A symbolic link that leads nowhere.` };
    }
    const inside = toRelativePath(root, target);
    return inside === undefined
      ? { reason: 'symlinkOutside', detail: phrase`A symbolic link to ${target}, outside the folder.` }
      : {
          reason: 'symlink',
          detail: phrase`A symbolic link to ${inside || phrase`the folder itself`}, which counts there.`,
        };
  }
}

/** An entry for what could not be looked at. */
export function unreadable(path: RelativePath, problem: unknown): DiscoveredFile {
  const what = problem instanceof Error ? problem.message : String(problem);
  const detail = phrase`Cannot be read: ${what}.`;
  return { path, bytes: 0, mtimeMs: 0, skip: { reason: 'unreadable', detail } };
}

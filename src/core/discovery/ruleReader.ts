import type { DirectoryEntry, FileSystem, Logger } from '../ports.ts';
import type { DirectoryScope, IgnoreChain } from './directoryScope.ts';
import type { GitLocation } from './gitDirectory.ts';
import { IgnoreFile } from './ignoreFile.ts';
import { toRelativePath } from './paths.ts';
import { Repository } from './repository.ts';

export const gitIgnoreName = '.gitignore';
export const ownIgnoreName = '.codeweaverignore';
/** Longer ignore files and indexes (some five million files) are a mistake or an attack on memory. */
const maxIgnoreBytes = 4 * 1_048_576;
const maxIndexBytes = 512 * 1_048_576;

/** Reads rules from the disk and adds them to a scope. */
export class RuleReader {
  readonly #fileSystem: FileSystem;
  readonly #logger: Logger;
  /** The folder as it was opened and its canonical path: rules in it are named by their path below it. */
  readonly #roots: readonly string[];

  constructor(fileSystem: FileSystem, logger: Logger, roots: readonly string[]) {
    this.#fileSystem = fileSystem;
    this.#logger = logger;
    this.#roots = roots;
  }

  /** Adds the user's own excludes, which hold everywhere and yield to every other rule. */
  async withGlobalExcludes(scope: DirectoryScope, folder: string): Promise<DirectoryScope> {
    const path = await this.#fileSystem.globalGitExcludes(folder);
    return { ...scope, gitRules: await this.#chain(scope, scope.gitRules, path) };
  }

  /**
   * Makes the scope the top of a repository's working tree.
   * @param globalFolder Where given, the user's own excludes come in as well, below the repository's.
   */
  async withRepository(scope: DirectoryScope, location: GitLocation, globalFolder?: string): Promise<DirectoryScope> {
    const repository = await Repository.open(
      location,
      (directory, name) => this.#read(this.#fileSystem.join(directory, name), maxIndexBytes),
      (name) =>
        this.#logger.log({
          level: 'warn',
          message: 'The git index is damaged; files that are tracked although ignored are not listed',
          fields: { directory: location.gitDirectory, name },
        }),
    );
    let within: DirectoryScope = { ...scope, repository: { repository, base: scope.base } };
    if (globalFolder !== undefined) within = await this.withGlobalExcludes(within, globalFolder);
    const exclude = this.#fileSystem.join(location.commonDirectory, 'info/exclude');
    return { ...within, gitRules: await this.#chain(within, within.gitRules, exclude) };
  }

  /**
   * Adds the ignore files of the scope's own directory. As in git, a link named .gitignore is not followed, and below an
   * ignored directory no .gitignore counts.
   * @param entries What the directory holds, when known: spares looking for absent files.
   */
  async withIgnoreFiles(
    scope: DirectoryScope,
    directory: string,
    entries?: readonly DirectoryEntry[],
  ): Promise<DirectoryScope> {
    const find = async (name: string): Promise<string | undefined> => {
      const path = this.#fileSystem.join(directory, name);
      const kind =
        entries === undefined
          ? (await this.#fileSystem.stat(path))?.kind
          : entries.find((entry) => entry.name === name)?.kind;
      return kind === 'file' ? path : undefined;
    };
    const git = scope.ignoredBy === undefined ? await find(gitIgnoreName) : undefined;
    const own = await find(ownIgnoreName);
    if (git === undefined && own === undefined) return scope;
    return {
      ...scope,
      gitRules: await this.#chain(scope, scope.gitRules, git),
      ownRules: await this.#chain(scope, scope.ownRules, own),
    };
  }

  async #chain(
    scope: DirectoryScope,
    outer: IgnoreChain | undefined,
    path: string | undefined,
  ): Promise<IgnoreChain | undefined> {
    const bytes = path === undefined ? undefined : await this.#read(path, maxIgnoreBytes);
    if (path === undefined || bytes === undefined) return outer;
    const ignoreCase = scope.repository?.repository.ignoreCase === true;
    const file = new IgnoreFile(bytes, this.#nameOf(path), scope.base, ignoreCase);
    return file.isEmpty ? outer : { file, outer };
  }

  /**
   * What cannot be read counts as missing, as in git, and is reported. Paths come from files of strangers: a device or a
   * pipe is never opened.
   */
  async #read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    try {
      const realPath = await this.#fileSystem.realPath(path);
      const stat = realPath === undefined ? undefined : await this.#fileSystem.stat(realPath);
      if (stat === undefined || realPath === undefined) return undefined;
      if (stat.kind !== 'file' || stat.bytes > maxBytes) throw new Error(`${stat.kind} of ${stat.bytes} bytes`);
      return await this.#fileSystem.readFile(realPath);
    } catch (error) {
      this.#logger.log({
        level: 'warn',
        message: 'A file with rules cannot be read; it counts as missing',
        fields: { path, error: error instanceof Error ? error.message : String(error) },
      });
      return undefined;
    }
  }

  #nameOf(absolute: string): string {
    for (const root of this.#roots) {
      const below = toRelativePath(root, absolute);
      if (below !== undefined) return below;
    }
    return absolute;
  }
}

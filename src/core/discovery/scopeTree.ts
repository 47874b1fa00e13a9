import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { RelativePath } from '../../protocol/types.ts';
import type { DirectoryEntry, FileSystem, Logger } from '../ports.ts';
import { toByteString } from './byteString.ts';
import type { DirectoryScope, DirectoryToOpen, IgnoredEntry } from './directoryScope.ts';
import { isIgnoredDirectory, judgeDirectory } from './directoryScope.ts';
import type { GitLocation } from './gitDirectory.ts';
import { findRepository, repositoryAt } from './gitDirectory.ts';
import { childOf, isAtOrBelow, parentOf, toRelativePath } from './paths.ts';
import { RuleReader } from './ruleReader.ts';
import type { SettingsRules } from './settingsRules.ts';

/** Scopes kept for questions about single paths; with more the cache starts anew. */
const maxCachedScopes = 4_096;

/** A directory with its rules, or why nothing below it is listed. */
export type OpenedDirectory = DirectoryScope | IgnoredEntry | 'missing';

export function isScope(opened: OpenedDirectory): opened is DirectoryScope {
  return opened !== 'missing' && !('kind' in opened);
}

/** Says which rules hold in which directory of a folder. */
export class ScopeTree {
  readonly #root: string;
  readonly #settings: SettingsRules;
  readonly #fileSystem: FileSystem;
  readonly #logger: Logger;
  #opening: Promise<{ readonly scope: DirectoryScope; readonly reader: RuleReader }> | undefined;
  readonly #known = new Map<RelativePath, Promise<OpenedDirectory>>();
  /** Directories seen to be the top of a working tree. */
  readonly #repositories = new Set<RelativePath>();

  constructor(root: string, settings: SettingsRules, fileSystem: FileSystem, logger: Logger) {
    this.#root = root;
    this.#settings = settings;
    this.#fileSystem = fileSystem;
    this.#logger = logger;
  }

  /** Forgets what was read at and below a directory; for '' repositories and global rules as well. */
  invalidate(directory: RelativePath): void {
    if (directory === '') this.#opening = undefined;
    // A directory is never known without those above it.
    else if (!this.#known.has(directory)) return;
    for (const path of this.#known.keys()) if (isAtOrBelow(path, directory)) this.#known.delete(path);
  }

  /** Was the directory a repository's top when it was last opened? */
  knowsRepository(directory: RelativePath): boolean {
    return this.#repositories.has(directory);
  }

  /** @throws AppError `FolderNotFound` */
  async root(): Promise<DirectoryScope> {
    return (await this.#openFolder()).scope;
  }

  /** The scope of any directory of the folder, from memory where it was asked for before. */
  async at(path: RelativePath): Promise<OpenedDirectory> {
    if (path === '') return this.root();
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    if (this.#known.size >= maxCachedScopes) this.#known.clear();
    const opening = this.#openAt(path);
    this.#known.set(path, opening);
    const forget = (): void => {
      if (this.#known.get(path) === opening) this.#known.delete(path);
    };
    void opening.then((opened) => {
      if (opened === 'missing') forget();
    }, forget);
    return opening;
  }

  /**
   * Opens a directory that {@link judgeDirectory} let pass.
   * @param entries What the directory holds, when the caller has read it: spares looking for absent files.
   */
  async open(
    parent: DirectoryScope,
    name: string,
    { ignoredBy, isIncluded }: DirectoryToOpen,
    entries?: readonly DirectoryEntry[],
  ): Promise<DirectoryScope | IgnoredEntry> {
    const { reader } = await this.#openFolder();
    const path = childOf(parent.path, name);
    const absolute = this.#fileSystem.join(this.#root, path);
    let scope = { ...parent, path, base: `${parent.base}${toByteString(name)}/`, ignoredBy, isIncluded };
    const location = await this.#nestedRepository(scope, absolute, entries);
    this.#noteRepository(path, location !== undefined);
    if (location !== undefined) {
      if (parent.repository !== undefined) {
        return { kind: 'ignored', detail: phrase`${path} is a repository of its own, which git does not list here.` };
      }
      scope = await reader.withRepository(scope, location);
    }
    return reader.withIgnoreFiles(scope, absolute, entries);
  }

  async #nestedRepository(
    { base, repository: outer }: DirectoryScope,
    absolute: string,
    entries: readonly DirectoryEntry[] | undefined,
  ): Promise<GitLocation | undefined> {
    if (entries !== undefined && !entries.some(({ name }) => name === '.git')) return undefined;
    // Git takes a directory with tracked files as its own, even where another repository was created inside.
    if (outer?.repository.tracksBelow(base.slice(outer.base.length, -1)) === true) return undefined;
    return repositoryAt(this.#fileSystem, absolute);
  }

  #noteRepository(directory: RelativePath, isTop: boolean): void {
    if (isTop) this.#repositories.add(directory);
    else this.#repositories.delete(directory);
  }

  async #openAt(path: RelativePath): Promise<OpenedDirectory> {
    const parent = await this.at(parentOf(path));
    if (!isScope(parent)) return parent;
    const kind = (await this.#fileSystem.stat(this.#fileSystem.join(this.#root, path)))?.kind;
    if (kind === 'symlink') {
      return { kind: 'ignored', detail: phrase`${path} is a symbolic link; links to directories are not followed.` };
    }
    if (kind !== 'directory') return 'missing';
    const name = path.slice(path.lastIndexOf('/') + 1);
    const judgement = judgeDirectory(parent, name);
    return judgement.kind === 'directory' ? this.open(parent, name, judgement) : judgement;
  }

  async #openFolder(): Promise<{ readonly scope: DirectoryScope; readonly reader: RuleReader }> {
    const opening = (this.#opening ??= this.#readFolder());
    try {
      return await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  async #readFolder(): Promise<{ readonly scope: DirectoryScope; readonly reader: RuleReader }> {
    const realRoot = await this.#fileSystem.realPath(this.#root);
    if (realRoot === undefined || (await this.#fileSystem.stat(realRoot))?.kind !== 'directory') {
      throw new AppError('FolderNotFound', phrase`There is no folder ${this.#root}. Open a folder that exists.`);
    }
    const reader = new RuleReader(this.#fileSystem, this.#logger, [this.#root, realRoot]);
    const location = await findRepository(this.#fileSystem, realRoot);
    this.#noteRepository('', location?.top === realRoot);
    const inRepository = location === undefined ? undefined : await this.#descend(reader, location, realRoot);
    if (inRepository !== undefined) return { scope: inRepository, reader };
    const alone = await reader.withGlobalExcludes(emptyScope(this.#settings), this.#root);
    return { scope: await reader.withIgnoreFiles(alone, realRoot), reader };
  }

  /** The folder's scope inside a repository; undefined when that ignores the folder, which then stands alone. */
  async #descend(reader: RuleReader, location: GitLocation, folder: string): Promise<DirectoryScope | undefined> {
    let scope = await reader.withRepository(emptyScope(this.#settings), location, this.#root);
    let absolute = location.top;
    for (const name of toRelativePath(location.top, folder)?.split('/') ?? []) {
      if (name === '') break;
      scope = await reader.withIgnoreFiles(scope, absolute);
      if (isIgnoredDirectory(scope, name)) {
        this.#logger.log({
          level: 'info',
          message: 'The repository around the folder ignores it; it was opened all the same and stands alone',
          fields: { repository: location.top },
        });
        return undefined;
      }
      scope = { ...scope, base: `${scope.base}${toByteString(name)}/` };
      absolute = this.#fileSystem.join(absolute, name);
    }
    return reader.withIgnoreFiles(scope, absolute);
  }
}

function emptyScope(settings: SettingsRules): DirectoryScope {
  return {
    path: '',
    base: '',
    gitRules: undefined,
    ownRules: undefined,
    repository: undefined,
    ignoredBy: undefined,
    settings,
    isIncluded: settings.includes(''),
  };
}

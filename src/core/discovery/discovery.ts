import type { FilesConfig } from '../../protocol/config.ts';
import { AppError } from '../../protocol/errors.ts';
import type { FileChange, RelativePath } from '../../protocol/types.ts';
import type { FileSystem, Logger } from '../ports.ts';
import type { DirectoryScope, IgnoredEntry } from './directoryScope.ts';
import { judgeFile } from './directoryScope.ts';
import { FileDescriber, unreadable } from './fileDescriber.ts';
import { isAtOrBelow, parentOf } from './paths.ts';
import { gitIgnoreName, ownIgnoreName } from './ruleReader.ts';
import { isScope, ScopeTree } from './scopeTree.ts';
import { SettingsRules } from './settingsRules.ts';
import { TreeWalk } from './treeWalk.ts';
import type { DiscoveredFile, PathVerdict } from './verdict.ts';

export type { DiscoveredFile, PathVerdict } from './verdict.ts';

/** What has to be walked again after changes. */
export interface Reevaluation {
  /** Paths for {@link Discovery.walk}, none below another; '' = the whole folder, [] = nothing. */
  readonly prefixes: readonly RelativePath[];
}

export interface DiscoveryOptions {
  /** Absolute path of the folder. */
  readonly root: string;
  readonly config: FilesConfig;
  readonly fileSystem: FileSystem;
  readonly logger: Logger;
}

/** Paths matched by git rules that are remembered one by one; with more, a changed index means a whole walk. */
const maxRuledPaths = 1_000;

/**
 * Which files of a folder there are to index. The list is that of `git ls-files --cached --others --exclude-standard`
 * (without submodules and files gone from the disk), in a folder without git what git would list after `git init`;
 * .codeweaverignore files decide on top, and what the product does not read is listed with a reason. One set of rules
 * answers for whole walks and for single paths.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #tree: ScopeTree;
  readonly #describer: FileDescriber;
  /** Entries that a git rule matches: a changed index can make them listed or ignored. */
  readonly #ruledPaths = new Set<RelativePath>();

  constructor(options: DiscoveryOptions) {
    const { root, config, fileSystem, logger } = options;
    const settings = new SettingsRules(config);
    this.#options = options;
    this.#tree = new ScopeTree(root, settings, fileSystem, logger);
    this.#describer = new FileDescriber(root, settings, fileSystem);
  }

  /**
   * Lists the files at and below `prefix`, in the order of their paths, reading rules anew. A directory that cannot be
   * read is one skipped entry.
   * @throws AppError `FolderNotFound`, CancelledError
   */
  async *walk(signal?: AbortSignal, prefix: RelativePath = ''): AsyncGenerator<DiscoveredFile, void, undefined> {
    if (prefix === '') this.invalidate();
    else this.#tree.invalidate(prefix);
    const start = await this.#openForWalk(prefix);
    if (start !== undefined) {
      const { root, fileSystem } = this.#options;
      const walk = new TreeWalk(
        {
          root,
          fileSystem,
          tree: this.#tree,
          describer: this.#describer,
          onRuled: (path) => this.#noteRuled(path),
        },
        signal,
      );
      yield* walk.files(start);
    } else {
      const verdict = await this.classify(prefix);
      if (verdict.state === 'discovered' || verdict.state === 'skipped') yield verdict.file;
    }
  }

  /** What a walk would say about one path. Tell {@link affectedBy} about changes first: rules are remembered. */
  async classify(path: RelativePath): Promise<PathVerdict> {
    const { root, fileSystem } = this.#options;
    try {
      const directory = await this.#tree.at(parentOf(path));
      if (directory === 'missing') return { state: 'missing' };
      if (!isScope(directory)) return ignored(directory);
      const stat = await fileSystem.stat(fileSystem.join(root, path));
      if (stat === undefined) return { state: 'missing' };
      if (stat.kind === 'directory') {
        const opened = await this.#tree.at(path);
        return isScope(opened) || opened === 'missing' ? { state: 'missing' } : ignored(opened);
      }
      const judged = judgeFile(directory, nameOf(path), stat.kind);
      if ((judged.kind === 'ignored' ? judged.rule : judged.ignoredBy) !== undefined) this.#noteRuled(path);
      if (judged.kind === 'ignored') return ignored(judged);
      const file = await this.#describer.describeStat(path, stat, judged.skip);
      return file === undefined ? { state: 'missing' } : verdictOf(file);
    } catch (error) {
      if (error instanceof AppError) throw error;
      return verdictOf(unreadable(path, error));
    }
  }

  /**
   * Forgets what the changes outdate and says what has to be walked again because rules changed; the changed files
   * themselves are the caller's to classify. Changes inside `.git` are understood (index, HEAD, info/exclude, config).
   */
  affectedBy(changes: readonly FileChange[]): Reevaluation {
    const affected = new Set<RelativePath>();
    for (const change of changes) {
      this.#tree.invalidate(change.path);
      for (const prefix of this.#affectedByOne(change)) affected.add(prefix);
    }
    const prefixes = [...affected].filter((prefix) => {
      for (let above = prefix; above !== '';) {
        above = parentOf(above);
        if (affected.has(above)) return false;
      }
      return true;
    });
    for (const prefix of prefixes) this.#tree.invalidate(prefix);
    return { prefixes };
  }

  /** Forgets rules and repositories: they are read anew when next asked for. */
  invalidate(): void {
    this.#tree.invalidate('');
    this.#ruledPaths.clear();
  }

  /** Undefined: no directory to list. What else is there, or what went wrong, is for {@link classify} to say. */
  async #openForWalk(prefix: RelativePath): Promise<DirectoryScope | undefined> {
    try {
      const opened = await this.#tree.at(prefix);
      return isScope(opened) ? opened : undefined;
    } catch (error) {
      if (prefix === '' || error instanceof AppError) throw error;
      return undefined;
    }
  }

  #affectedByOne({ type, path }: FileChange): readonly RelativePath[] {
    if ([gitIgnoreName, ownIgnoreName].includes(nameOf(path))) return [parentOf(path)];
    const git = /^(?:(.*?)\/)?\.git(?:\/(.*))?$/.exec(path);
    if (git === null) return [];
    const directory = git[1] ?? '';
    switch (git[2] ?? '') {
      case '':
      case 'HEAD':
        // A repository came or went. Otherwise a branch was switched, and the files say themselves what changed.
        return (type === 'deleted') === this.#tree.knowsRepository(directory) ? [directory] : [];
      case 'info/exclude':
      case 'config':
        return [directory];
      case 'index':
        // What is tracked is listed even if ignored: only entries that a rule matches can be affected.
        this.#tree.invalidate(directory);
        if (this.#ruledPaths.size > maxRuledPaths) return [directory];
        return [...this.#ruledPaths].filter((ruled) => isAtOrBelow(ruled, directory));
      default:
        return [];
    }
  }

  #noteRuled(path: RelativePath): void {
    if (this.#ruledPaths.size <= maxRuledPaths) this.#ruledPaths.add(path);
  }
}

function verdictOf(file: DiscoveredFile): PathVerdict {
  const { skip } = file;
  return skip === undefined ? { state: 'discovered', file } : { state: 'skipped', file: { ...file, skip } };
}

function ignored({ detail, rule }: IgnoredEntry): PathVerdict {
  return { state: 'ignored', detail, ...(rule === undefined ? {} : { rule }) };
}

function nameOf(path: RelativePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

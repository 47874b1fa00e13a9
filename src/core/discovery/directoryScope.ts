import { type Phrase, phrase } from '../../protocol/phrase.ts';
import type { RelativePath } from '../../protocol/types.ts';
import type { FileStat } from '../ports.ts';
import type { ByteString } from './byteString.ts';
import { toByteString } from './byteString.ts';
import type { IgnoreFile, RuleOrigin } from './ignoreFile.ts';
import type { IgnoreCandidate, IgnoreRule } from './ignoreRule.ts';
import { childOf } from './paths.ts';
import type { Repository } from './repository.ts';
import type { SettingsRules } from './settingsRules.ts';
import type { Skip } from './verdict.ts';

/** Ignore files that hold for a directory: the nearest first, those of the directories above behind it. */
export interface IgnoreChain {
  readonly file: IgnoreFile;
  readonly outer: IgnoreChain | undefined;
}

/** A repository and where its top lies among the ignore files' paths ('' or ending with a slash). */
export interface RepositoryScope {
  readonly repository: Repository;
  readonly base: ByteString;
}

/** Everything that decides about the entries of one directory. */
export interface DirectoryScope {
  /** Relative to the folder; '' is the folder. */
  readonly path: RelativePath;
  /** From the top of all ignore files (above the folder when that is a subdirectory of a repository); '' or with slash. */
  readonly base: ByteString;
  /** .gitignore files, info/exclude and the global excludes. */
  readonly gitRules: IgnoreChain | undefined;
  /** .codeweaverignore files; they decide before git's rules and can take back what those ignore. */
  readonly ownRules: IgnoreChain | undefined;
  readonly repository: RepositoryScope | undefined;
  /** Set in an ignored directory: only files that git tracks all the same are listed. */
  readonly ignoredBy: RuleOrigin | undefined;
  readonly settings: SettingsRules;
  /** An include glob names this directory or one above it. */
  readonly isIncluded: boolean;
}

export interface IgnoredEntry {
  readonly kind: 'ignored';
  readonly detail: Phrase;
  readonly rule?: RuleOrigin;
}

export interface DirectoryToOpen {
  readonly kind: 'directory';
  /** Opened although this rule ignores it, because git tracks files below it; only those are listed. */
  readonly ignoredBy: RuleOrigin | undefined;
  readonly isIncluded: boolean;
}

export interface ListedEntry {
  readonly kind: 'file' | 'symlink';
  /** Listed although this rule ignores it, because git tracks it. */
  readonly ignoredBy: RuleOrigin | undefined;
  readonly skip: Skip | undefined;
}

/** What a scope says about a directory in it. An excluded directory is not entered, so its files are not listed. */
export function judgeDirectory(scope: DirectoryScope, name: string): IgnoredEntry | DirectoryToOpen {
  const judged = applyIgnoreRules(scope, name, true);
  if ('kind' in judged) return judged;
  const path = childOf(scope.path, name);
  const exclude = scope.settings.excluding(path);
  if (exclude !== undefined) {
    return {
      kind: 'ignored',
      detail: phrase`The directory ${path} is excluded by ${exclude.glob} (${exclude.source}).`,
    };
  }
  return {
    kind: 'directory',
    ignoredBy: judged.ignoredBy,
    isIncluded: scope.isIncluded || scope.settings.includes(path),
  };
}

/** What a scope says about an entry that is no directory, from name and kind alone. */
export function judgeFile(
  scope: DirectoryScope,
  name: string,
  kind: Exclude<FileStat['kind'], 'directory'>,
): IgnoredEntry | ListedEntry {
  if (kind === 'other') return { kind: 'ignored', detail: phrase`Not a regular file.` };
  const judged = applyIgnoreRules(scope, name, false);
  if ('kind' in judged) return judged;
  const { ignoredBy } = judged;
  return { kind, ignoredBy, skip: scope.settings.skipByName(childOf(scope.path, name), scope.isIncluded) };
}

/** Do the ignore files, without settings and index, keep the directory `name` out? */
export function isIgnoredDirectory(scope: DirectoryScope, name: string): boolean {
  return 'kind' in applyIgnoreRules({ ...scope, repository: undefined }, name, true);
}

function applyIgnoreRules(
  scope: DirectoryScope,
  name: string,
  isDirectory: boolean,
): IgnoredEntry | { readonly ignoredBy: RuleOrigin | undefined } {
  if (isDotGit(scope, name)) return { kind: 'ignored', detail: phrase`Part of the repository itself (.git).` };
  const byteName = toByteString(name);
  const candidate = { path: scope.base + byteName, name: byteName, isDirectory };
  const own = findRule(scope.ownRules, candidate);
  if (own?.rule.isNegated === false) return ignored(own.file.origin(own.rule));
  if (isSubmodule(scope.repository, candidate)) {
    return { kind: 'ignored', detail: phrase`A submodule: a repository of its own, which git does not list here.` };
  }
  const git = scope.ignoredBy === undefined && own === undefined ? findRule(scope.gitRules, candidate) : undefined;
  const ignoredBy = git?.rule.isNegated === false ? git.file.origin(git.rule) : scope.ignoredBy;
  if (ignoredBy !== undefined && !isTracked(scope.repository, candidate)) return ignored(ignoredBy);
  return { ignoredBy };
}

/** The rule that decides about an entry, with its file. */
function findRule(
  chain: IgnoreChain | undefined,
  candidate: IgnoreCandidate,
): { readonly rule: IgnoreRule; readonly file: IgnoreFile } | undefined {
  for (let link = chain; link !== undefined; link = link.outer) {
    const rule = link.file.find(candidate);
    if (rule !== undefined) return { rule, file: link.file };
  }
  return undefined;
}

function isSubmodule(scope: RepositoryScope | undefined, { path, isDirectory }: IgnoreCandidate): boolean {
  return isDirectory && scope?.repository.isSubmodule(path.slice(scope.base.length)) === true;
}

/** Is the file, or a file below the directory, in git's index? Ignore rules do not apply to those. */
function isTracked(scope: RepositoryScope | undefined, { path, isDirectory }: IgnoreCandidate): boolean {
  if (scope === undefined) return false;
  const { repository, base } = scope;
  return isDirectory ? repository.tracksBelow(path.slice(base.length)) : repository.tracks(path.slice(base.length));
}

function isDotGit(scope: DirectoryScope, name: string): boolean {
  return name === '.git' || (scope.repository?.repository.ignoreCase === true && name.toLowerCase() === '.git');
}

function ignored(rule: RuleOrigin): IgnoredEntry {
  return { kind: 'ignored', detail: phrase`Ignored by ${rule.pattern} (${rule.source}, line ${rule.line}).`, rule };
}

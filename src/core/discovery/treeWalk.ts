import { throwIfAborted } from '../../protocol/errors.ts';
import type { RelativePath } from '../../protocol/types.ts';
import type { DirectoryEntry, FileSystem } from '../ports.ts';
import type { DirectoryScope, IgnoredEntry, ListedEntry } from './directoryScope.ts';
import { judgeDirectory, judgeFile } from './directoryScope.ts';
import type { FileDescriber } from './fileDescriber.ts';
import { unreadable } from './fileDescriber.ts';
import { childOf } from './paths.ts';
import type { ScopeTree } from './scopeTree.ts';
import { isScope } from './scopeTree.ts';
import type { DiscoveredFile } from './verdict.ts';

/** Directories read ahead of the one that is being listed. */
const maxDirectoriesAhead = 24;
/** Files found ahead and not taken yet; with more, reading ahead waits. */
const maxFilesAhead = 4_096;
/** Files of one directory asked for at once. */
const statBatchSize = 64;

/**
 * One stretch of the listing: files in order, or a directory that is put in place of itself once it is read. The nodes
 * form a list in the order of the listing.
 */
interface Node {
  files: readonly DiscoveredFile[];
  directory?: { readonly path: RelativePath; readonly open: OpenDirectory };
  loading?: Promise<void>;
  next: Node | undefined;
}

type OpenDirectory = (entries: readonly DirectoryEntry[]) => Promise<DirectoryScope | IgnoredEntry>;

export interface TreeWalkOptions {
  readonly root: string;
  readonly tree: ScopeTree;
  readonly describer: FileDescriber;
  readonly fileSystem: FileSystem;
  /** Told of every entry that a git rule matches, listed or not. */
  readonly onRuled: (path: RelativePath) => void;
}

/**
 * Lists a folder's files in the order of their whole paths (UTF-16 code units, as `sort()` orders them), while the
 * directories next in line are already being read. Holds a bounded stretch of the listing, never the tree.
 */
export class TreeWalk {
  readonly #options: TreeWalkOptions;
  readonly #signal: AbortSignal | undefined;
  #filesAhead = 0;

  constructor(options: TreeWalkOptions, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#signal = signal;
  }

  async *files(start: DirectoryScope): AsyncGenerator<DiscoveredFile, void, undefined> {
    let node: Node | undefined = {
      files: [],
      directory: { path: start.path, open: () => Promise.resolve(start) },
      next: undefined,
    };
    while (node !== undefined) {
      throwIfAborted(this.#signal);
      this.#readAhead(node);
      await node.loading;
      throwIfAborted(this.#signal);
      this.#filesAhead -= node.files.length;
      yield* node.files;
      node = node.next;
    }
  }

  #readAhead(first: Node): void {
    let started = 0;
    for (let node: Node | undefined = first; node !== undefined; node = node.next) {
      if (started >= maxDirectoriesAhead || (node !== first && this.#filesAhead >= maxFilesAhead)) return;
      if (node.directory === undefined) continue;
      started++;
      if (node.loading !== undefined) continue;
      node.loading = this.#load(node, node.directory);
      // A failure ahead is reported when its turn comes, which may be never.
      node.loading.catch(() => undefined);
    }
  }

  /** Reads the directory and puts its content behind the node. */
  async #load(node: Node, { path, open }: NonNullable<Node['directory']>): Promise<void> {
    const entries = await this.#read(node, path);
    throwIfAborted(this.#signal);
    const scope = entries === undefined ? undefined : await open(entries);
    throwIfAborted(this.#signal);
    if (entries !== undefined && scope !== undefined && isScope(scope)) await this.#insert(node, scope, entries);
    delete node.directory;
  }

  /** An unreadable directory is an entry of its own and the walk goes on; an unreadable folder ends it. */
  async #read(node: Node, path: RelativePath): Promise<readonly DirectoryEntry[] | undefined> {
    const { fileSystem, root } = this.#options;
    try {
      return await fileSystem.readDirectory(fileSystem.join(root, path));
    } catch (error) {
      if (path === '') throw error;
      node.files = [unreadable(path, error)];
      this.#filesAhead++;
      return undefined;
    }
  }

  async #insert(node: Node, scope: DirectoryScope, entries: readonly DirectoryEntry[]): Promise<void> {
    const listed: { readonly path: RelativePath; readonly entry: ListedEntry }[] = [];
    const content: { readonly key: string; readonly item: DiscoveredFile | Node }[] = [];
    for (const { name, kind } of entries) {
      const path = childOf(scope.path, name);
      const judged = kind === 'directory' ? judgeDirectory(scope, name) : judgeFile(scope, name, kind);
      const rule = judged.kind === 'ignored' ? judged.rule : judged.ignoredBy;
      if (rule !== undefined && scope.ignoredBy === undefined) this.#options.onRuled(path);
      if (judged.kind === 'ignored') continue;
      if (judged.kind === 'directory') {
        const open: OpenDirectory = (below) => this.#options.tree.open(scope, name, judged, below);
        content.push({ key: `${path}/`, item: { files: [], directory: { path, open }, next: undefined } });
      } else {
        listed.push({ path, entry: judged });
      }
    }
    for (let start = 0; start < listed.length; start += statBatchSize) {
      const batch = listed.slice(start, start + statBatchSize);
      const files = await Promise.all(batch.map(({ path, entry }) => this.#options.describer.describe(path, entry)));
      throwIfAborted(this.#signal);
      for (const file of files) if (file !== undefined) content.push({ key: file.path, item: file });
    }
    content.sort((left, right) => (left.key < right.key ? -1 : 1));
    this.#link(
      node,
      content.map(({ item }) => item),
    );
  }

  #link(node: Node, content: readonly (DiscoveredFile | Node)[]): void {
    const after = node.next;
    let last = node;
    let files: DiscoveredFile[] | undefined;
    const append = (appended: Node): void => {
      last.next = appended;
      last = appended;
    };
    for (const item of content) {
      if ('files' in item) {
        files = undefined;
        append(item);
        continue;
      }
      if (files === undefined) {
        files = [];
        append({ files, next: undefined });
      }
      files.push(item);
      this.#filesAhead++;
    }
    last.next = after;
  }
}

import { createHash } from 'node:crypto';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { markIndexUsed } from '../node/unusedIndexes.ts';
import type { EngineApi, FolderSpec } from '../protocol/engineApi.ts';
import type { RelativePath } from '../protocol/types.ts';
import { Emitter } from '../util/emitter.ts';

/** One open workspace folder on a disk. */
export interface OpenFolder {
  readonly id: string;
  readonly name: string;
  readonly uri: vscode.Uri;
}

export interface FoldersOptions {
  readonly engine: Pick<EngineApi, 'openFolder' | 'closeFolder'>;
  /**
   * Where indexes are kept, one directory per folder. Shared by all windows: VS Code gives each window on a workspace a
   * storage of its own, also the one that reloads before its predecessor is gone, and each would index anew.
   */
  readonly indexesUri: vscode.Uri;
  readonly onError: (folder: OpenFolder, error: unknown) => void;
}

/** The workspace's folders as the engine knows them; opened in it and closed as they come and go. */
export class Folders {
  readonly #options: FoldersOptions;
  readonly #opened = new Emitter<OpenFolder>();
  readonly #closed = new Emitter<OpenFolder>();
  readonly #subscription: vscode.Disposable;
  readonly #failed = new Set<string>();
  #started: Promise<unknown> | undefined;

  /** The engine has opened the folder (or could not, which its status says). */
  readonly onDidOpen = this.#opened.event;
  readonly onDidClose = this.#closed.event;

  constructor(options: FoldersOptions) {
    this.#options = options;
    this.#subscription = vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      if (this.#started === undefined) return;
      for (const folder of removed.filter(isOnDisk)) void this.#close(toOpenFolder(folder));
      const opening = added.filter(isOnDisk).map((folder) => this.#open(toOpenFolder(folder)));
      this.#started = Promise.all([this.#started, ...opening]);
    });
  }

  get all(): readonly OpenFolder[] {
    return (vscode.workspace.workspaceFolders ?? []).filter(isOnDisk).map(toOpenFolder);
  }

  /** The engine could not open the folder: it has no status. */
  hasFailed(folderId: string): boolean {
    return this.#failed.has(folderId);
  }

  /** The names of the folders by their ids; empty where there is but one, which need not be named. */
  get shownNames(): ReadonlyMap<string, string> {
    const { all } = this;
    return new Map(all.length > 1 ? all.map(({ id, name }) => [id, name]) : []);
  }

  /** Opens the folders in the engine, which starts it; later calls wait for the same. */
  async open(): Promise<void> {
    await (this.#started ??= Promise.all(this.all.map((folder) => this.#open(folder))));
  }

  /** The folder and the path in it of a file on disk; undefined for a file of no folder. */
  locate(uri: vscode.Uri): { readonly folder: OpenFolder; readonly path: RelativePath } | undefined {
    const workspaceFolder = vscode.workspace.getWorkspaceFolder(uri);
    if (workspaceFolder === undefined || !isOnDisk(workspaceFolder) || uri.scheme !== 'file') return undefined;
    const path = relative(workspaceFolder.uri.fsPath, uri.fsPath);
    if (path === '' || path.startsWith('..') || isAbsolute(path)) return undefined;
    return { folder: toOpenFolder(workspaceFolder), path: sep === '/' ? path : path.replaceAll(sep, '/') };
  }

  /** The place on disk of a path in a folder; undefined when that folder is not open. */
  uriOf(folderId: string, path: RelativePath): vscode.Uri | undefined {
    const folder = this.all.find(({ id }) => id === folderId);
    return folder && vscode.Uri.joinPath(folder.uri, path);
  }

  /** Where the folder's index is. */
  specOf(folder: OpenFolder): FolderSpec {
    return specOf(folder, this.#options.indexesUri.fsPath);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #open(folder: OpenFolder): Promise<void> {
    const { engine, onError } = this.#options;
    try {
      const spec = this.specOf(folder);
      await engine.openFolder(spec);
      await markIndexUsed(spec.indexDir);
    } catch (error) {
      this.#failed.add(folder.id);
      onError(folder, error);
    }
    this.#opened.fire(folder);
  }

  async #close(folder: OpenFolder): Promise<void> {
    this.#failed.delete(folder.id);
    this.#closed.fire(folder);
    await this.#options.engine.closeFolder(folder.id).catch((error: unknown) => this.#options.onError(folder, error));
  }
}

function isOnDisk({ uri }: vscode.WorkspaceFolder): boolean {
  return uri.scheme === 'file';
}

function toOpenFolder({ uri, name }: vscode.WorkspaceFolder): OpenFolder {
  return { id: uri.toString(), name, uri };
}

function specOf({ id, uri }: OpenFolder, indexesPath: string): FolderSpec {
  const directory = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return { folderId: id, root: uri.fsPath, indexDir: join(indexesPath, directory) };
}

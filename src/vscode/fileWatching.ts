import * as vscode from 'vscode';
import type { FileChange } from '../protocol/types.ts';
import { ChangeBatcher } from './changeBatcher.ts';
import type { Folders, OpenFolder } from './folders.ts';

/** Git's own bookkeeping changes all the time; of it only these decide which files there are. */
const gitFolder = /(^|\/)\.git(\/|$)/u;
const gitFilesOfInterest = /(^|\/)\.git\/(info\/exclude|config)$/u;

interface Watch {
  readonly watcher: vscode.Disposable;
  readonly batcher: ChangeBatcher;
}

/** Watches the open folders and hands over what changed in them, in batches per folder. */
export class FileWatching {
  readonly #folders: Folders;
  readonly #deliver: (folderId: string, changes: readonly FileChange[]) => void;
  readonly #watches = new Map<string, Watch>();

  constructor(folders: Folders, deliver: (folderId: string, changes: readonly FileChange[]) => void) {
    this.#folders = folders;
    this.#deliver = deliver;
  }

  add(folder: OpenFolder): void {
    if (this.#watches.has(folder.id)) return;
    const batcher = new ChangeBatcher((changes) => this.#deliver(folder.id, changes));
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder.uri, '**/*'));
    const on = (type: FileChange['type']) => (uri: vscode.Uri) => this.#add(uri, type);
    const watch = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(on('changed')),
      watcher.onDidChange(on('changed')),
      watcher.onDidDelete(on('deleted')),
    );
    this.#watches.set(folder.id, { watcher: watch, batcher });
  }

  remove(folderId: string): void {
    const watch = this.#watches.get(folderId);
    this.#watches.delete(folderId);
    watch?.watcher.dispose();
    watch?.batcher.dispose();
  }

  /** A file that the editor saved is handed over at once: the file system's own event comes later. */
  saved(uri: vscode.Uri): void {
    const located = this.#add(uri, 'changed');
    if (located !== undefined) this.#watches.get(located.folder.id)?.batcher.flush();
  }

  dispose(): void {
    for (const folderId of [...this.#watches.keys()]) this.remove(folderId);
  }

  #add(uri: vscode.Uri, type: FileChange['type']): ReturnType<Folders['locate']> {
    const located = this.#folders.locate(uri);
    if (located === undefined) return undefined;
    const { folder, path } = located;
    if (gitFolder.test(path) && !gitFilesOfInterest.test(path)) return undefined;
    this.#watches.get(folder.id)?.batcher.add({ type, path });
    return located;
  }
}

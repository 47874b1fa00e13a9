import type { FolderSpec } from '../protocol/engineApi.ts';
import { AppError } from '../protocol/errors.ts';
import { phrase } from '../protocol/phrase.ts';
import { lockedError } from './indexing/fileQueue.ts';
import type { FolderIndex } from './indexing/folderIndex.ts';
import type { Storage } from './ports.ts';

export interface OpenFoldersOptions {
  readonly storage: Storage;
  /** Opens the index of a folder. */
  readonly open: (spec: FolderSpec) => Promise<FolderIndex>;
  /** It is among the others now; who opens it waits for this. */
  readonly onOpened: (folder: FolderIndex) => Promise<void>;
}

/** The folders the engine has open, by their ids. */
export class OpenFolders {
  readonly #options: OpenFoldersOptions;
  readonly #folders = new Map<string, FolderIndex>();
  /** What was asked last of each folder that is being opened or closed. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: OpenFoldersOptions) {
    this.#options = options;
  }

  get all(): readonly FolderIndex[] {
    return [...this.#folders.values()];
  }

  get roots(): readonly string[] {
    return this.all.map(({ folder }) => folder.root);
  }

  /** Throws `FolderNotOpen`. */
  get(folderId: string): FolderIndex {
    const folder = this.#folders.get(folderId);
    if (folder === undefined)
      throw new AppError('FolderNotOpen', phrase`The folder is not open in the engine.`, { data: { folderId } });
    return folder;
  }

  /** Does nothing where it is open. */
  async open(spec: FolderSpec): Promise<void> {
    await this.#inTurn(spec.folderId, async () => this.#open(spec));
  }

  async close(folderId: string): Promise<void> {
    await this.#inTurn(folderId, async () => this.#close(folderId));
  }

  async closeAll(): Promise<void> {
    const ids = new Set([...this.#folders.keys(), ...this.#turns.keys()]);
    await Promise.all([...ids].map(async (folderId) => this.close(folderId)));
  }

  /**
   * The folder for writing: when another process had it and is gone, it is opened anew as its writer. Rejects with
   * `FolderNotOpen`, and with `IndexLocked` while another process writes or where it is only to be read.
   */
  async writable(folderId: string): Promise<FolderIndex> {
    const folder = this.get(folderId);
    if (folder.isWriter) return folder;
    return this.#inTurn(folderId, async () => this.#takeOver(folderId));
  }

  /** Opens it anew without anything in its index. */
  async clear(folderId: string): Promise<void> {
    await this.#inTurn(folderId, async () => {
      const spec = (await this.#takeOver(folderId)).folder;
      await this.#close(folderId);
      const { storage } = this.#options;
      // Only what the engine wrote: the directory may have been chosen by the user.
      for (const name of await storage.list(spec.indexDir)) {
        if (/^(catalogue\.db|vectors-)/u.test(name)) await storage.remove(storage.join(spec.indexDir, name));
      }
      await this.#open(spec);
    });
  }

  async #open(spec: FolderSpec): Promise<void> {
    if (this.#folders.has(spec.folderId)) return;
    const folder = await this.#options.open(spec);
    this.#folders.set(spec.folderId, folder);
    await this.#options.onOpened(folder);
  }

  async #close(folderId: string): Promise<void> {
    const folder = this.#folders.get(folderId);
    this.#folders.delete(folderId);
    await folder?.close();
  }

  async #takeOver(folderId: string): Promise<FolderIndex> {
    const folder = this.get(folderId);
    if (folder.isWriter) return folder;
    if (folder.folder.readOnly === true) throw lockedError();
    const probe = await this.#options.storage.acquireWriter(folder.folder.indexDir);
    if (probe === undefined) throw lockedError();
    probe.release();
    await this.#close(folderId);
    await this.#open(folder.folder);
    return this.get(folderId);
  }

  /** One after the other: a folder that two open at once would be open twice, the second time without its lock. */
  async #inTurn<T>(folderId: string, body: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(folderId);
    const turn = Promise.allSettled([before]).then(body);
    this.#turns.set(folderId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(folderId) === turn) this.#turns.delete(folderId);
    }
  }
}

import * as vscode from 'vscode';
import type { DocumentUpdate, EngineApi } from '../protocol/engineApi.ts';
import type { Folders } from './folders.ts';

/** Pause in typing after which unsaved text is made searchable. */
const quietMs = 400;

export interface OpenDocumentsOptions {
  readonly engine: Pick<EngineApi, 'updateDocument'>;
  readonly folders: Folders;
  readonly isFollowed: () => boolean;
  /** Longer documents are not indexed and not copied. UTF-16 units. */
  readonly maxChars: () => number;
  readonly onSaved: (uri: vscode.Uri) => void;
  readonly onError: (error: unknown) => void;
}

/** Makes the unsaved text of open editors searchable and takes it back when it is saved, reverted or closed. */
export class OpenDocuments {
  readonly #options: OpenDocumentsOptions;
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** Documents whose unsaved text the engine has. */
  readonly #sent = new Set<string>();
  /** The last update of each document: the next one waits, so that an older text never overtakes a newer one. */
  readonly #updates = new Map<string, Promise<void>>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(options: OpenDocumentsOptions) {
    this.#options = options;
    const { workspace } = vscode;
    this.#subscriptions = [
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // An event without changes tells that the document became dirty or clean.
        if (document.isDirty) this.#updateSoon(document);
        else if (contentChanges.length === 0 || this.#sent.has(keyOf(document))) this.#takeBack(document);
      }),
      workspace.onDidSaveTextDocument((document) => {
        options.onSaved(document.uri);
        this.#takeBack(document);
      }),
      workspace.onDidCloseTextDocument((document) => this.#takeBack(document)),
    ];
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #updateSoon(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || !this.#options.isFollowed()) return;
    const key = keyOf(document);
    clearTimeout(this.#waiting.get(key));
    this.#waiting.set(
      key,
      setTimeout(() => {
        this.#waiting.delete(key);
        if (document.isDirty && !document.isClosed) this.#update(document);
      }, quietMs),
    );
  }

  #update(document: vscode.TextDocument): void {
    const { folders, maxChars } = this.#options;
    const located = folders.locate(document.uri);
    const text = document.getText();
    if (located === undefined || text.length > maxChars()) return;
    this.#sent.add(keyOf(document));
    this.#send(keyOf(document), located.folder.id, { path: located.path, text });
  }

  #takeBack(document: vscode.TextDocument): void {
    const key = keyOf(document);
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
    const located = this.#options.folders.locate(document.uri);
    if (!this.#sent.delete(key) || located === undefined) return;
    this.#send(key, located.folder.id, { path: located.path });
  }

  #send(key: string, folderId: string, update: DocumentUpdate): void {
    const { engine, onError } = this.#options;
    const sending = (this.#updates.get(key) ?? Promise.resolve())
      .then(async () => engine.updateDocument(folderId, update))
      .catch(onError)
      .finally(() => {
        if (this.#updates.get(key) === sending) this.#updates.delete(key);
      });
    this.#updates.set(key, sending);
  }
}

function keyOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}

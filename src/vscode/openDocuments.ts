import * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
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
        if (document.isDirty && !document.isClosed) void this.#update(document);
      }, quietMs),
    );
  }

  async #update(document: vscode.TextDocument): Promise<void> {
    const { engine, folders, maxChars, onError } = this.#options;
    const located = folders.locate(document.uri);
    const text = document.getText();
    if (located === undefined || text.length > maxChars()) return;
    this.#sent.add(keyOf(document));
    try {
      await engine.updateDocument(located.folder.id, { path: located.path, text });
    } catch (error) {
      onError(error);
    }
  }

  #takeBack(document: vscode.TextDocument): void {
    const key = keyOf(document);
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
    const located = this.#options.folders.locate(document.uri);
    if (!this.#sent.delete(key) || located === undefined) return;
    this.#options.engine.updateDocument(located.folder.id, { path: located.path }).catch(this.#options.onError);
  }
}

function keyOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}

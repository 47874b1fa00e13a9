import * as vscode from 'vscode';
import type { ViewLocation } from '../protocol/viewLocation.ts';
import type { Folders } from './folders.ts';

/** How long the lines of a hit stay marked. */
const flashMs = 1_500;

export interface OpenOptions {
  readonly beside?: boolean;
  readonly preserveFocus?: boolean;
  /** In the tab that the next one replaces. */
  readonly preview?: boolean;
}

/** Opens hits in editors: cursor at the first line, the whole hit in view and marked for a moment. */
export class LocationOpener {
  readonly #folders: Folders;
  readonly #decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    borderColor: new vscode.ThemeColor('editor.rangeHighlightBorder'),
  });
  #flash: ReturnType<typeof setTimeout> | undefined;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** Undefined when the file cannot be opened, which the user is told. */
  async open(location: ViewLocation, options: OpenOptions = {}): Promise<vscode.TextEditor | undefined> {
    const document = await this.read(location);
    if (document === undefined) return undefined;
    const range = rangeOf(document, location);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: options.beside === true ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
      preserveFocus: options.preserveFocus ?? false,
      preview: options.preview ?? true,
      selection: new vscode.Range(range.start, range.start),
    });
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.#mark(editor, range);
    return editor;
  }

  /** The document of a hit, unsaved changes included; undefined when there is none, which the user is told. */
  async read(location: ViewLocation): Promise<vscode.TextDocument | undefined> {
    const uri = this.#folders.uriOf(location.folderId, location.path);
    const document = uri && (await openDocument(uri));
    if (document === undefined) this.sayMissing(location);
    return document;
  }

  sayMissing({ path }: ViewLocation): void {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} cannot be opened: it may have been moved or deleted.', path),
    );
  }

  dispose(): void {
    clearTimeout(this.#flash);
    this.#decoration.dispose();
  }

  #mark(editor: vscode.TextEditor, range: vscode.Range): void {
    clearTimeout(this.#flash);
    for (const other of vscode.window.visibleTextEditors) {
      if (other !== editor) other.setDecorations(this.#decoration, []);
    }
    editor.setDecorations(this.#decoration, [range]);
    this.#flash = setTimeout(() => editor.setDecorations(this.#decoration, []), flashMs);
  }
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

/** From the first letter of a hit to its last, as the document is now: it may have become shorter since it was indexed. */
export function rangeOf(document: vscode.TextDocument, { startLine, endLine }: ViewLocation): vscode.Range {
  const first = document.lineAt(Math.min(startLine, document.lineCount) - 1);
  const last = document.lineAt(Math.min(endLine, document.lineCount) - 1);
  return new vscode.Range(first.lineNumber, first.firstNonWhitespaceCharacterIndex, last.lineNumber, last.text.length);
}

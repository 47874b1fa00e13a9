import * as vscode from 'vscode';
import type { SearchResult } from '../protocol/types.ts';
import type { LocationOpener } from './locationOpener.ts';

/** Pause on an item before it is shown: holding an arrow key opens nothing on the way. */
const settleMs = 120;

/** Shows hits in the editor while the user chooses, and puts back what was there when they choose none. */
export class EditorPreview {
  readonly #opener: LocationOpener;
  readonly #before = vscode.window.activeTextEditor;
  readonly #beforeRange = this.#before?.visibleRanges[0];
  readonly #beforeSelection = this.#before?.selection;
  #shown: vscode.Uri | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #showing: Promise<void> = Promise.resolve();

  constructor(opener: LocationOpener) {
    this.#opener = opener;
  }

  showSoon(result: SearchResult): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#showing = this.#showing.then(async () => {
        const editor = await this.#opener.open(result, { preserveFocus: true, preview: true });
        this.#shown = editor?.document.uri ?? this.#shown;
      });
    }, settleMs);
  }

  /** Ends the preview and leaves what is shown. */
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#showing;
  }

  /** Ends the preview and puts back what was there before. */
  async restore(): Promise<void> {
    await this.keep();
    if (this.#shown === undefined) return;
    if (this.#before === undefined) {
      await closePreviewTab(this.#shown);
      return;
    }
    const { document, viewColumn } = this.#before;
    const editor = await vscode.window.showTextDocument(document, {
      ...(viewColumn !== undefined && { viewColumn }),
      ...(this.#beforeSelection !== undefined && { selection: this.#beforeSelection }),
    });
    if (this.#beforeRange) editor.revealRange(this.#beforeRange, vscode.TextEditorRevealType.AtTop);
  }
}

async function closePreviewTab(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const shown = tabs.filter(
    ({ input, isPreview }) =>
      isPreview && input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
  );
  await vscode.window.tabGroups.close(shown);
}

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
  /** A tab that was there is not the preview's to close. */
  readonly #openBefore = new Set(previewTabs().map(({ uri }) => uri.toString()));
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
    const before = this.#before;
    const range = this.#beforeRange;
    const editor = before && (await this.#showAgain(before));
    if (range) editor?.revealRange(range, vscode.TextEditorRevealType.AtTop);
    if (!this.#openBefore.has(this.#shown.toString())) await closePreviewTab(this.#shown);
  }

  async #showAgain({ document, viewColumn }: vscode.TextEditor): Promise<vscode.TextEditor> {
    return vscode.window.showTextDocument(document, {
      ...(viewColumn !== undefined && { viewColumn }),
      ...(this.#beforeSelection !== undefined && { selection: this.#beforeSelection }),
    });
  }
}

/** Tabs that go when another file is shown: one for each editor group at most. */
function previewTabs(): { readonly tab: vscode.Tab; readonly uri: vscode.Uri }[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap((tab) => (tab.isPreview && tab.input instanceof vscode.TabInputText ? [{ tab, uri: tab.input.uri }] : []));
}

async function closePreviewTab(shown: vscode.Uri): Promise<void> {
  const tabs = previewTabs().filter(({ uri }) => uri.toString() === shown.toString());
  await vscode.window.tabGroups.close(tabs.map(({ tab }) => tab));
}

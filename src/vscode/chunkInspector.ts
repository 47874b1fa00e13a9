import * as vscode from 'vscode';
import type { FileChunks, InspectedChunk } from '../protocol/chunks.ts';
import type { EngineApi, EngineEvents } from '../protocol/engineApi.ts';
import { toAppError } from '../protocol/errors.ts';
import { chunkHover, chunkName, chunksText, tokensText, vectorText } from './chunkTexts.ts';
import { commandIds } from './commandIds.ts';
import { setContext } from './contextKeys.ts';
import type { Folders } from './folders.ts';
import { say } from './say.ts';

const { l10n } = vscode;

/** While the index changes, chunks are asked for again this often. */
const refreshIntervalMs = 250;

/** A label goes beside the first line of a chunk that leaves room for it, among so many. */
const labelLines = 5;
const maxLabelledChars = 70;

export interface ChunkInspectorOptions {
  readonly engine: Pick<EngineApi, 'chunks'> & {
    on(event: 'indexChanged', listener: (payload: EngineEvents['indexChanged']) => void): () => void;
  };
  readonly folders: Pick<Folders, 'locate'>;
  /** Resolves when the engine has its configuration and folders. */
  readonly start: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Draws the chunks of the active editor into it: a line where each begins, and beside it what it is, its tokens and the
 * state of its vector; more in the hover. Follows the active editor and the index, unsaved text included, until it is
 * switched off by the same command.
 */
export class ChunkInspector {
  readonly #options: ChunkInspectorOptions;
  readonly #border = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: '1px 0 0 0',
    borderStyle: 'solid',
    borderColor: new vscode.ThemeColor('editorLineNumber.foreground'),
  });
  readonly #label = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
  });
  readonly #status = vscode.window.createStatusBarItem('codeweaver.chunks', vscode.StatusBarAlignment.Right, 89);
  #subscriptions: vscode.Disposable[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Raised with each question, so that a late answer is not drawn over a newer one. */
  #turn = 0;
  #shown: FileChunks | undefined;

  constructor(options: ChunkInspectorOptions) {
    this.#options = options;
    this.#status.name = l10n.t('Chunk Inspector');
    this.#status.command = commandIds.listChunks;
  }

  /** What is drawn at the moment. */
  get shown(): FileChunks | undefined {
    return this.#shown;
  }

  /** Switches it on or off. */
  async toggle(): Promise<void> {
    if (this.#subscriptions.length > 0) {
      this.#end();
      return;
    }
    const { engine, start } = this.#options;
    const refresh = (): void => void this.#refresh();
    const subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(refresh),
      { dispose: engine.on('indexChanged', () => (this.#timer ??= setTimeout(refresh, refreshIntervalMs))) },
    ];
    this.#subscriptions = subscriptions;
    setContext('codeweaver.inspectingChunks', true);
    await start();
    // Starting takes a while, in which it may have been switched off.
    if (this.#subscriptions === subscriptions) await this.#refresh();
  }

  dispose(): void {
    this.#end();
    this.#border.dispose();
    this.#label.dispose();
    this.#status.dispose();
  }

  #end(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#subscriptions = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn++;
    this.#shown = undefined;
    this.#undraw(undefined);
    this.#status.hide();
    setContext('codeweaver.inspectingChunks', false);
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const turn = ++this.#turn;
    const { activeTextEditor: editor } = vscode.window;
    const located = editor && this.#options.folders.locate(editor.document.uri);
    this.#undraw(editor);
    if (editor === undefined || located === undefined) {
      this.#shown = undefined;
      this.#status.hide();
      return;
    }
    try {
      const chunks = await this.#options.engine.chunks(located.folder.id, located.path);
      if (turn === this.#turn) this.#draw(editor, chunks);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#shown = undefined;
      this.#undraw(undefined);
      this.#say(l10n.t('No chunks'), say(toAppError(error).phrase));
      if (toAppError(error).code !== 'NotFound') this.#options.onError(error);
    }
  }

  #draw(editor: vscode.TextEditor, file: FileChunks): void {
    this.#shown = file;
    const { document } = editor;
    const borders = file.chunks.map(({ startLine }) => lineAt(document, startLine).range);
    editor.setDecorations(this.#border, borders);
    const labels = file.chunks.map((chunk) => labelOf(chunk, file, document));
    editor.setDecorations(this.#label, labels);
    this.#say(chunksText(file), l10n.t('Chunk Inspector: list the chunks of this file'));
  }

  #say(text: string, tooltip: string): void {
    this.#status.text = `$(inspect) ${text}`;
    this.#status.tooltip = tooltip;
    this.#status.accessibilityInformation = { label: `${text}. ${tooltip}` };
    this.#status.show();
  }

  /** From all editors but the one that keeps them until there are newer ones. */
  #undraw(kept: vscode.TextEditor | undefined): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor === kept) continue;
      editor.setDecorations(this.#border, []);
      editor.setDecorations(this.#label, []);
    }
  }
}

/** The document may have become shorter since it was indexed. */
function lineAt(document: vscode.TextDocument, line: number): vscode.TextLine {
  return document.lineAt(Math.min(line, document.lineCount) - 1);
}

function labelOf(chunk: InspectedChunk, file: FileChunks, document: vscode.TextDocument): vscode.DecorationOptions {
  const { startLine, endLine } = chunk;
  const lines = Array.from({ length: Math.min(labelLines, endLine - startLine + 1) }, (_, index) =>
    lineAt(document, startLine + index),
  );
  const line = lines.find(({ text }) => text.length <= maxLabelledChars) ?? lineAt(document, startLine);
  const text = [chunkName(chunk), tokensText(chunk.tokens), vectorText(chunk)].join(' · ');
  const color = colours[chunk.vector];
  return {
    range: line.range,
    hoverMessage: chunkHover(chunk, file),
    renderOptions: { after: { contentText: text, ...(color && { color: new vscode.ThemeColor(color) }) } },
  };
}

/** What needs a look stands out; the words say it as well. */
const colours: Readonly<Partial<Record<InspectedChunk['vector'], string>>> = {
  pending: 'editorWarning.foreground',
  failed: 'editorError.foreground',
};

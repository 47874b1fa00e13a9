import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { FileChunks, InspectedChunk } from '../../src/protocol/chunks.ts';
import { AppError } from '../../src/protocol/errors.ts';
import { ChunkInspector } from '../../src/vscode/chunkInspector.ts';
import { showChunkDocument } from '../../src/vscode/chunkDocument.ts';
import { chunkHover, chunksText } from '../../src/vscode/chunkTexts.ts';
import { indexedWorkspace, until, workspaceUri } from '../support/extensionHost.ts';

const run = async (command: string) => vscode.commands.executeCommand(command);

const chunk: InspectedChunk = {
  ...{ chunkId: 1, startLine: 1, endLine: 900, symbol: 'wait', kind: 'function', tokens: 1_234 },
  ...{ hash: 'ab'.repeat(32), vector: 'failed', detail: 'The text is too long.' },
  embeddedText: `server/retry.ts\nfunction wait\n${'line\n'.repeat(50)}`,
};
const fileOf = (path: string): FileChunks => ({
  ...{ path, language: 'typescript', unsaved: false, model: 'small', chunks: [chunk] },
});

describe('the chunk inspector', () => {
  let asked: string[] = [];
  let answer = async (path: string): Promise<FileChunks> => Promise.resolve(fileOf(path));
  let indexChanged: () => void = assert.fail;
  let inspector: ChunkInspector;
  const errors: unknown[] = [];

  before(async () => indexedWorkspace());
  afterEach(async () => {
    inspector.dispose();
    asked = [];
    await run('workbench.action.closeAllEditors');
  });
  after(() => assert.deepEqual(errors, []));

  function create(start: () => Promise<void> = async () => Promise.resolve()): void {
    inspector = new ChunkInspector({
      engine: {
        chunks: async (_folderId, path) => {
          asked.push(path);
          return answer(path);
        },
        on: (_event, listener) => {
          indexChanged = () => listener({ folderId: '', version: 1 });
          return () => (indexChanged = assert.fail);
        },
      },
      folders: {
        locate: (uri) => {
          const path = vscode.workspace.asRelativePath(uri);
          return uri.scheme === 'file' ? { folder: { id: 'f', name: 'f', uri: workspaceUri() }, path } : undefined;
        },
      },
      start,
      onError: (error) => errors.push(error),
    });
  }

  async function open(path: string): Promise<void> {
    await vscode.window.showTextDocument(workspaceUri(path), { preview: false });
  }

  it('shows the active editor, follows it and the index, and goes away by the same command', async () => {
    create();
    await open('server/retry.ts');
    await inspector.toggle();
    assert.equal(inspector.shown?.path, 'server/retry.ts');
    await open('server/parcelStore.ts');
    await until('the other file', () => inspector.shown?.path === 'server/parcelStore.ts');
    const before = asked.length;
    indexChanged();
    indexChanged();
    await until('one more question', () => asked.length === before + 1);
    await inspector.toggle();
    assert.equal(inspector.shown, undefined);
    await open('server/retry.ts');
    assert.equal(asked.length, before + 1);
    assert.throws(indexChanged);
  });

  it('stays away when it is switched off while the engine starts', async () => {
    const starting = Promise.withResolvers<void>();
    create(async () => starting.promise);
    await open('server/retry.ts');
    const toggled = inspector.toggle();
    await inspector.toggle();
    starting.resolve();
    await toggled;
    assert.deepEqual([inspector.shown, asked], [undefined, []]);
  });

  it('draws nothing over a newer answer, nor for a file without chunks', async () => {
    create();
    await open('server/retry.ts');
    const late = Promise.withResolvers<FileChunks>();
    answer = async (path) => (path.endsWith('retry.ts') ? late.promise : Promise.resolve(fileOf(path)));
    const toggled = inspector.toggle();
    await until('the question', () => asked.length === 1);
    await open('server/parcelStore.ts');
    await until('the newer file', () => inspector.shown?.path === 'server/parcelStore.ts');
    late.resolve(fileOf('server/retry.ts'));
    await toggled;
    assert.equal(inspector.shown?.path, 'server/parcelStore.ts');
    answer = async () => Promise.reject(new AppError('NotFound', 'It is not indexed.'));
    await open('README.md');
    await until('nothing shown', () => inspector.shown === undefined);
  });

  it('tells everything of a chunk in its hover, the long text cut', () => {
    const { value } = chunkHover(chunk, fileOf('server/retry.ts'));
    for (const text of ['wait', '1,234', 'too&nbsp;long', 'small', 'ab'.repeat(8), 'server/retry.ts\nfunction wait'])
      assert.ok(value.includes(text), `${text} in ${value}`);
    assert.ok(value.split('\n').length < 50);
    assert.equal(chunksText(fileOf('a')), '1 chunk, 1,234 tokens');
  });
});

describe('the chunks of a file', () => {
  before(async () => indexedWorkspace());
  afterEach(async () => run('workbench.action.closeAllEditors'));

  it('are listed with the one at the cursor chosen, and Enter goes to its beginning', async () => {
    const shown = await vscode.window.showTextDocument(workspaceUri('server/parcelStore.ts'));
    const end = shown.document.lineAt(shown.document.lineCount - 1).range.end;
    shown.selection = new vscode.Selection(end, end);
    const listing = run('codeweaver.listChunks');
    await until('the chunk', async () => {
      await run('workbench.action.acceptSelectedQuickOpenItem');
      return Promise.race([
        listing.then(() => true),
        new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
      ]);
    });
    const editor = vscode.window.activeTextEditor;
    assert(editor);
    assert.ok(editor.document.uri.path.endsWith('server/parcelStore.ts'));
    assert.ok(editor.selection.active.line < end.line);
  });

  it('show what the model is given in a document that is never unsaved', async () => {
    const folderId = workspaceUri().toString().replace(/\/$/u, '');
    const { results } = await (
      await indexedWorkspace()
    ).search({ query: 'retry', filter: { paths: ['server/retry.ts'] } });
    const [{ chunkId, symbol } = assert.fail()] = results;
    await showChunkDocument(folderId, 'server/retry.ts', { ...chunk, chunkId });
    const { document } = vscode.window.activeTextEditor ?? assert.fail();
    assert.match(document.getText(), new RegExp(`^server/retry\\.ts\\n\\w+ ${symbol}\\n`, 'u'));
    assert.deepEqual([document.isDirty, document.isUntitled, document.languageId], [false, false, 'plaintext']);
  });
});

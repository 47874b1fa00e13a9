import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import assert from 'node:assert/strict';
import { createMcpServer } from '../../../../src/cli/mcp/mcpServer.ts';
import { ServedFolder } from '../../../../src/cli/mcp/servedFolder.ts';
import { AppError, CancelledError } from '../../../../src/protocol/errors.ts';
import type { SearchRequest, SearchResponse } from '../../../../src/protocol/types.ts';
import { eventually } from '../../../support/cliFolder.ts';
import { resultWith, ScriptedCliEngine } from '../../../support/cliEngine.ts';

/** An engine whose searches go on until they are cancelled. */
class PatientEngine extends ScriptedCliEngine {
  readonly started = Promise.withResolvers<void>();
  readonly cancelled = Promise.withResolvers<unknown>();

  override async search(_request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    this.started.resolve();
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        this.cancelled.resolve(signal.reason);
        reject(new CancelledError(signal.reason));
      });
    });
  }
}

interface TextResult {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: unknown;
}

describe('MCP server in its process', () => {
  let ended: AbortController;
  let served: ServedFolder;

  const connect = async (
    engine: ScriptedCliEngine,
    update?: () => Promise<readonly string[]>,
    idleMs?: number,
  ): Promise<Client> => {
    const folder = { folderId: '/somewhere', root: '/somewhere', indexDir: '/index' };
    await engine.openFolder(folder);
    served = new ServedFolder({
      engine,
      folder,
      signal: ended.signal,
      ...(update && { update }),
      ...(idleMs !== undefined && { idleMs }),
    });
    const client = new Client({ name: 'test', version: '1' });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await createMcpServer(served).connect(far);
    await client.connect(near);
    return client;
  };
  const search = async (client: Client, args: object = {}): Promise<TextResult> =>
    (await client.callTool({ name: 'search', arguments: { query: 'retry', ...args } })) as TextResult;

  beforeEach(() => {
    ended = new AbortController();
  });
  afterEach(() => {
    served.dispose();
    ended.abort();
  });

  it('hands a cancelled call on to the engine', async () => {
    const engine = new PatientEngine();
    const client = await connect(engine);
    const cancelling = new AbortController();
    const call = client.callTool({ name: 'search', arguments: { query: 'x' } }, { signal: cancelling.signal });
    await engine.started.promise;
    cancelling.abort('enough');
    await assert.rejects(call);
    await engine.cancelled.promise;
  });

  it('ends what is under way when the server ends', async () => {
    const engine = new PatientEngine();
    const client = await connect(engine);
    const call = search(client);
    await engine.started.promise;
    ended.abort();
    assert.match((await call).content[0]?.text ?? '', /^Cancelled: /);
  });

  it('asks for no more than this folder, with the filters given', async () => {
    const engine = new ScriptedCliEngine();
    const client = await connect(engine);
    await search(client, { k: 3, mode: 'lexical', paths: ['src/', '/somewhere/docs/**'], kinds: ['class'] });
    assert.deepEqual(engine.requests, [
      {
        ...{ query: 'retry', k: 3, mode: 'lexical' },
        filter: { folders: ['/somewhere'], paths: ['src', 'docs/**'], kinds: ['class'] },
      },
    ]);
  });

  it('gives an error of the engine its code and its words', async () => {
    const engine = new ScriptedCliEngine();
    engine.searching = () => Promise.reject(new AppError('DatabaseDamaged', 'The index is damaged. Rebuild it.'));
    const { isError, content } = await search(await connect(engine));
    assert.equal(isError, true);
    assert.deepEqual(content, [{ type: 'text', text: 'DatabaseDamaged: The index is damaged. Rebuild it.' }]);
  });

  it('tells why an answer is less than it could be, first of all', async () => {
    const engine = new ScriptedCliEngine();
    engine.folderChanges = { updatedAt: 5, counts: { discovered: 9, indexed: 6, pending: 3, failed: 0, skipped: 0 } };
    engine.searching = () =>
      Promise.resolve({
        ...{ results: [resultWith({})], mode: 'lexical', cached: false, timings: { totalMs: 1 } },
        degraded: { code: 'ProviderUnavailable', message: 'The provider does not answer.' },
        rerankFailed: { code: 'ProviderTimeout', message: 'Too slow.' },
      });
    const { content, structuredContent } = await search(await connect(engine, () => Promise.resolve(['Busy.'])));
    const notes = [
      'Busy.',
      '3 of 9 files are still being indexed: they may be missing or found by words only.',
      'The provider does not answer.',
      'Not reranked: Too slow.',
    ];
    assert.deepEqual((structuredContent as { notes: string[] }).notes, notes);
    assert.ok(content[0]?.text.startsWith(`${notes.join('\n\n')}\n\nsrc/retry.ts:10-12`));
  });

  it('answers although the index cannot be brought in line, and says so', async () => {
    const engine = new ScriptedCliEngine();
    const client = await connect(engine, () => Promise.reject(new AppError('DiskFull', 'The disk is full.')));
    const { content } = await search(client);
    assert.match(content[0]?.text ?? '', /^The index could not be updated: The disk is full\.\n/);
  });

  it('looks for changes once for many questions in a row', async () => {
    let updates = 0;
    const client = await connect(new ScriptedCliEngine(), () => Promise.resolve([String(++updates)]));
    await Promise.all([search(client), search(client), search(client)]);
    await search(client);
    assert.equal(updates, 1);
  });

  it('leaves the index to other processes after a while without a question, and opens it again for the next', async () => {
    const engine = new ScriptedCliEngine();
    const client = await connect(engine, undefined, 1);
    await search(client);
    await eventually(() => engine.calls.at(-1) === 'closeFolder', 'the folder is closed');
    const { isError } = await search(client);
    assert.notEqual(isError, true);
    assert.deepEqual(engine.calls.filter((call) => call.endsWith('Folder')).slice(0, 3), [
      'openFolder',
      'closeFolder',
      'openFolder',
    ]);
  });

  it('says why the index cannot be opened again, and tries anew with the next question', async () => {
    const engine = new ScriptedCliEngine();
    const client = await connect(engine, undefined, 1);
    await search(client);
    await eventually(() => engine.calls.at(-1) === 'closeFolder', 'the folder is closed');
    const open = engine.openFolder.bind(engine);
    engine.openFolder = async () => Promise.reject(new AppError('StorageFailed', 'No permission.'));
    assert.equal((await search(client)).content[0]?.text, 'StorageFailed: No permission.');
    engine.openFolder = open;
    assert.notEqual((await search(client)).isError, true);
  });
});

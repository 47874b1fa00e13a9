import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type EmbeddingServer, startEmbeddingServer } from '../support/embeddingServer.ts';
import { setSetting, until } from '../support/extensionHost.ts';
import { connectMcpProcess, type McpConnection } from '../support/mcpClient.ts';
import { OwnServices } from '../support/ownServices.ts';
import { type RerankServer, startRerankServer } from '../support/rerankServer.ts';

/* One permission model: tool, API and MCP server send what the user allowed for this workspace, and nothing else. */

const settings = ['embedding.provider', 'embedding.baseUrl', 'embedding.model', 'rerank.enabled', 'rerank.baseUrl'];

describe('what agents may send', () => {
  let embedding: EmbeddingServer;
  let reranking: RerankServer;
  let own: OwnServices;
  let server: McpConnection | undefined;

  /** All requests that left for an endpoint. */
  const sent = (): number => embedding.requests.length + reranking.requests.length;

  const startServer = async (): Promise<McpConnection> => {
    const [definition] = own.mcp.provideMcpServerDefinitions();
    assert(definition);
    const resolved = await own.mcp.resolveMcpServerDefinition(definition);
    assert(resolved);
    server = await connectMcpProcess(resolved);
    return server;
  };

  /** A query in words of its own each time, so that no answer is remembered. */
  let asked = 0;
  const query = (): string => `how is a parcel delivered, question ${++asked}`;

  beforeEach(async () => {
    server = undefined;
    [embedding, reranking] = await Promise.all([startEmbeddingServer(), startRerankServer({ dialect: 'vllm' })]);
    const values = ['openai', embedding.url, 'test', true, reranking.url];
    for (const [index, key] of settings.entries()) await setSetting(key, values[index]);
    own = await OwnServices.create();
    await own.services.start();
  });

  afterEach(async () => {
    await server?.client.close();
    await own.dispose();
    for (const key of settings) await setSetting(key, undefined);
    await Promise.all([embedding.close(), reranking.close()]);
  });

  const indexed = async (isDone: (folder: { vectors: number; chunks: number }) => boolean): Promise<void> =>
    until('the workspace is indexed', async () => {
      const { folders } = await own.api.status();
      return folders.every((folder) => folder.updatedAt > 0 && folder.phase === 'idle' && isDone(folder));
    });

  it('is nothing without permission: not by the tool, the API or the MCP server', async () => {
    await indexed(({ chunks }) => chunks > 0);
    assert.match(await own.askTool(query()), /\.\w+:\d+-\d+ /);
    const { results, degraded } = await own.askApi(query());
    assert.ok(results.length > 0);
    assert.equal(degraded?.code, 'WorkspaceUntrusted');
    const { value, text } = await (await startServer()).call('search', { query: query() });
    assert.ok(value.results.length > 0, text);
    assert.equal(value.mode, 'lexical');
    assert.deepEqual(own.tool.prepareInvocation({ input: { query: 'x' } }).confirmationMessages, undefined);
    assert.equal(sent(), 0);
  });

  it('is what searches send once it is allowed, after the tool has said so', async () => {
    await own.allow(true);
    await indexed(({ vectors, chunks }) => chunks > 0 && vectors === chunks);
    const servers = [embedding, reranking];
    const counted = async (ask: () => Promise<unknown>): Promise<void> => {
      const before = servers.map(({ requests }) => requests.length);
      await ask();
      for (const [index, { requests }] of servers.entries()) assert.ok(requests.length > (before[index] ?? 0));
    };
    const { confirmationMessages } = own.tool.prepareInvocation({ input: { query: 'where is x' } });
    const { message } = confirmationMessages ?? {};
    assert(typeof message === 'string');
    for (const part of ['where is x', embedding.url, reranking.url]) assert.ok(message.includes(part), message);
    await counted(async () => own.askTool(query()));
    await counted(async () => own.askApi(query()));
    const { call } = await startServer();
    await counted(async () => call('search', { query: query() }));

    // What is taken back, is taken back from a server that runs as well.
    await own.allow(false);
    await until('the permission taken back', () => !existsSync(own.grantFile));
    const before = sent();
    const { value } = await call('search', { query: query() });
    assert.equal(value.mode, 'lexical');
    assert.match(value.notes.join(), /settings or permissions of the editor have changed/);
    await own.askTool(query());
    await own.askApi(query());
    assert.equal(sent(), before);
  });

  it('is nothing in Restricted Mode, where no MCP server is offered', async () => {
    await own.allow(true);
    const [definition] = own.mcp.provideMcpServerDefinitions();
    assert(definition);
    own.isTrusted = false;
    assert.deepEqual(own.mcp.provideMcpServerDefinitions(), []);
    assert.equal(await own.mcp.resolveMcpServerDefinition(definition), undefined);
  });

  it('is taken back from servers of an earlier window, and ends with the window', async () => {
    await mkdir(dirname(own.grantFile), { recursive: true });
    await writeFile(own.grantFile, 'as it was');
    await own.allow(false);
    await until('the permission taken back', () => !existsSync(own.grantFile));
    await own.allow(true);
    await until('the permission written down', () => existsSync(own.grantFile));
    own.mcp.dispose();
    assert.ok(!existsSync(own.grantFile));
  });

  it('goes with the key of the endpoint, which stands in no argument and in no definition that is listed', async () => {
    await own.services.keys.set(embedding.url, 'secret-of-the-user');
    await own.allow(true);
    const [listed] = own.mcp.provideMcpServerDefinitions();
    assert(listed);
    assert.ok(!JSON.stringify([listed.args, listed.env, listed.version]).includes('secret-of-the-user'));
    assert.equal(listed.env['OPENAI_API_KEY'], null);
    const resolved = await own.mcp.resolveMcpServerDefinition(listed);
    assert.equal(resolved?.env['CODEWEAVER_API_KEY'], 'secret-of-the-user');
    assert.ok(!resolved.args.join(' ').includes('secret-of-the-user'));
    await own.allow(false);
    const [again] = own.mcp.provideMcpServerDefinitions();
    assert(again);
    assert.notEqual(again.version, listed.version);
    assert.equal((await own.mcp.resolveMcpServerDefinition(again))?.env['CODEWEAVER_API_KEY'], null);
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { estimateTokens } from '../../src/core/chunking/tokens.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import { type EditorSetup, editorSetupVariable } from '../../src/protocol/editorSetup.ts';
import { gone, kill, startScript } from '../support/children.ts';
import { CliFolder, eventually, remoteOptions } from '../support/cliFolder.ts';
import { cliPath, runCliProcess, startCli } from '../support/cliRun.ts';
import { type EmbeddingServer, startEmbeddingServer } from '../support/embeddingServer.ts';
import { connectMcp, type McpConnection, type McpConnectOptions } from '../support/mcpClient.ts';

interface Status {
  readonly state: string;
  readonly files: { readonly discovered: number; readonly indexed: number };
}

describe('MCP server', () => {
  let folder: CliFolder;
  let connections: McpConnection[];

  const connect = async (more: readonly string[] = [], options?: McpConnectOptions): Promise<McpConnection> => {
    const connection = await connectMcp(folder.arguments('mcp', ...more), options);
    connections.push(connection);
    return connection;
  };

  beforeEach(async () => {
    connections = [];
    folder = await CliFolder.create(20);
  });

  afterEach(async () => {
    for (const { client } of connections) await client.close();
    for (const { pid } of connections) await gone(pid);
  });

  for (const modern of [false, true]) {
    it(`offers tools that only read and answers them (${modern ? 'newest protocol' : 'protocol of 2025'})`, async () => {
      const { client, call } = await connect([], { modern });
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map(({ name }) => name).sort(), ['find_similar', 'index_status', 'search']);
      for (const { annotations, description, outputSchema } of tools) {
        assert.equal(annotations?.readOnlyHint, true);
        assert.equal(annotations.openWorldHint, false);
        assert.ok((description ?? '').length > 100);
        assert.ok(outputSchema);
      }
      const { value, text } = await call('search', { query: 'parse a token', k: 3 });
      assert.equal(value.results.length, 3);
      const [best] = value.results;
      assert.ok(best);
      assert.ok(text.startsWith(`${best.path}:${best.startLine}-`), text);
      assert.ok(text.includes(best.code));
      assert.deepEqual(value.notes, []);

      const similar = await call('find_similar', { path: best.path, line: best.startLine, k: 2 });
      assert.equal(similar.value.results.length, 2);
      const absolute = await call('find_similar', { path: join(folder.root, best.path), line: best.startLine, k: 2 });
      assert.deepEqual(absolute.value.results, similar.value.results);

      const status = await call<Status>('index_status');
      assert.equal(status.value.state, 'ready');
      assert.deepEqual(status.value.files.indexed, 20);
      assert.match(status.text, /20 files: 20 indexed/);
    });
  }

  it('keeps to the budget of tokens, as text and as data', async () => {
    const { call } = await connect();
    for (const maxTokens of [200, 400, 1_000]) {
      const { value, text } = await call('search', { query: 'parse a token', k: 50, maxTokens });
      assert.ok(estimateTokens(text) <= maxTokens, text);
      assert.ok(estimateTokens(JSON.stringify(value)) <= maxTokens);
      assert.equal(value.omitted > 0, /Left out for lack of room/.test(text));
    }
  });

  it('filters by path, language and kind', async () => {
    const { call } = await connect();
    const { value } = await call('search', { query: 'token', paths: ['src/part1'], k: 50 });
    assert.ok(value.results.length > 0);
    assert.ok(value.results.every(({ path }) => path.startsWith('src/part1/')));
    const none = await call('search', { query: 'token', languages: ['cobol'], kinds: ['enum'] });
    assert.equal(none.text, 'No results.');
  });

  it('leaves out paths, and tests or all else', async () => {
    const { call } = await connect();
    await writeFile(join(folder.root, 'zebra.ts'), '/** Feeds the zebrafish. */\nexport function feed() {}\n');
    await mkdir(join(folder.root, 'test'), { recursive: true });
    await writeFile(join(folder.root, 'test/zebra.test.ts'), "it('feeds the zebrafish', () => feed());\n");
    const paths = async (filter: Record<string, unknown>): Promise<string[]> => {
      const { value } = await call('search', { query: 'zebrafish', mode: 'lexical', ...filter });
      return value.results.map(({ path }) => path).sort();
    };
    await eventually(async () => (await paths({})).length === 2, 'both are found');
    assert.deepEqual(await paths({}), ['test/zebra.test.ts', 'zebra.ts']);
    assert.deepEqual(await paths({ tests: 'only' }), ['test/zebra.test.ts']);
    assert.deepEqual(await paths({ tests: 'exclude' }), ['zebra.ts']);
    assert.deepEqual(await paths({ excludePaths: ['test'] }), ['zebra.ts']);
    const similar = await call('find_similar', { path: 'zebra.ts', line: 2, k: 50, tests: 'exclude' });
    assert.ok(similar.value.results.length > 0);
    assert.ok(similar.value.results.every(({ path }) => !path.startsWith('test/')));
  });

  it('refuses what is outside the folder, and wrong arguments, as errors of the tool', async () => {
    const { failure } = await connect();
    for (const path of ['../secret.ts', '/etc/passwd', join(folder.dataDir, 'x.ts'), 'src/../../x.ts', '.'])
      assert.match(await failure('find_similar', { path, line: 1 }), /^InvalidArgument: .* is outside the folder/);
    for (const glob of ['../**', '/etc/*', 'src/../../**'])
      assert.match(
        await failure('search', { query: 'x', paths: [glob] }),
        /^InvalidArgument: .* is outside the folder/,
      );
    assert.match(await failure('find_similar', { path: 'src/none.ts', line: 1 }), /^NotFound: src\/none\.ts is not/);
    assert.match(await failure('search', { query: '  ' }), /query/);
    assert.match(await failure('search', { query: 'x', k: 0 }), /k/);
  });

  it('says how far the first index is to a call that waits for it', async () => {
    await folder.repository.add(400);
    const { client } = await connect();
    const heard: number[] = [];
    const { content } = await client.callTool(
      { name: 'search', arguments: { query: 'parse a token' } },
      { onprogress: ({ progress }) => heard.push(progress) },
    );
    assert.ok(content.length > 0);
    assert.ok(heard.length > 0);
    assert.deepEqual(
      heard,
      heard.toSorted((a, b) => a - b),
    );
  });

  it('finds what was changed, added and removed since', async () => {
    const { call } = await connect();
    await call('search', { query: 'zebrafish' });
    await writeFile(join(folder.root, 'fish.ts'), '/** Feeds the zebrafish. */\nexport function feed() {}\n');
    const paths = async () =>
      (await call('search', { query: 'zebrafish', k: 1 })).value.results.map(({ path }) => path);
    await eventually(async () => (await paths()).includes('fish.ts'), 'the new file is found');
    await rm(join(folder.root, 'fish.ts'));
    await eventually(async () => !(await paths()).includes('fish.ts'), 'the removed file is not');
  });

  it('serves one folder in two processes at a time; the second follows the first, and takes over', async () => {
    const first = await connect();
    await first.call('search', { query: 'parse a token' });
    const second = await connect();
    const { value } = await second.call('search', { query: 'parse a token', k: 3 });
    assert.equal(value.results.length, 3);
    assert.match(value.notes.join(), /Another process is writing this index/);
    await writeFile(join(folder.root, 'fish.ts'), '/** Feeds the zebrafish. */\nexport function feed() {}\n');
    const finds = async ({ call }: McpConnection) =>
      (await call('search', { query: 'zebrafish', k: 1 })).value.results.some(({ path }) => path === 'fish.ts');
    await eventually(() => finds(first), 'the first has indexed the new file');
    assert.ok(await finds(second));
    await first.client.close();
    await eventually(
      async () => (await second.call('search', { query: 'zebrafish' })).value.notes.length === 0,
      'the second writes the index itself',
    );
  });

  it('serves the stored index as it is when asked to', async () => {
    await folder.run('index');
    await writeFile(join(folder.root, 'fish.ts'), '/** Feeds the zebrafish. */\nexport function feed() {}\n');
    const { call } = await connect(['--no-update']);
    const { value } = await call('search', { query: 'zebrafish' });
    assert.ok(value.results.every(({ path }) => path !== 'fish.ts'));
  });

  it('ends when its client is killed, and leaves the index whole', async () => {
    const script = new URL('../support/mcpClientProcess.ts', import.meta.url);
    const { child, said } = await startScript(script, ...folder.arguments('mcp'));
    await kill(child);
    await gone(Number(said));
    assert.equal((await folder.status()).integrity, 'ok');
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with 0 on ${signal} and at the end of its input, and writes nothing but the protocol on stdout`, async () => {
      for (const end of ['signal', 'input']) {
        const child = spawn(process.execPath, [cliPath, ...folder.arguments('mcp')], { stdio: 'pipe' });
        let stdout = '';
        child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
        const request = (id: number, method: string, params: object) =>
          child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
        const clientInfo = { name: 'test', version: '1' };
        request(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
        request(2, 'tools/call', { name: 'search', arguments: { query: 'token' } });
        await eventually(() => stdout.includes('"id":2'), 'the answer');
        const closed = once(child, 'close');
        if (end === 'signal') child.kill(signal);
        else child.stdin.end();
        assert.deepEqual(await closed, [0, null]);
        for (const line of stdout.trim().split('\n'))
          assert.equal((JSON.parse(line) as { jsonrpc: string }).jsonrpc, '2.0');
      }
    });
  }

  it('refuses a folder that is not there', async () => {
    const { exitCode, stdout, stderr } = await runCliProcess('mcp', join(folder.root, 'none'));
    assert.equal(exitCode, 3);
    assert.equal(stdout, '');
    assert.match(stderr, /There is no folder/);
  });

  describe('with a remote provider', () => {
    let server: EmbeddingServer;

    beforeEach(async () => {
      server = await startEmbeddingServer({ dimensions: 32 });
    });
    afterEach(async () => server.close());

    it('answers by words from what is there while vectors are made, and says so', async () => {
      server.script({ hang: true, times: 1_000 });
      const { call } = await connect(remoteOptions(server.url));
      const { value } = await call('search', { query: 'parse a token', mode: 'lexical', k: 3 });
      assert.equal(value.results.length, 3);
      assert.match(value.notes.join(), /20 of 20 files are still being indexed/);
      assert.ok(server.requests.length > 0);
      const status = await call<Status>('index_status');
      assert.equal(status.value.state, 'indexing');
    });

    describe('started by the editor', () => {
      /** What the editor says, for the index that the command line made. */
      const setup = async (allowed: boolean): Promise<EditorSetup> => {
        const { root, dataDir } = folder;
        const { indexDir } = await folder.json<{ indexDir: string }>('status');
        const embedding = {
          ...defaultConfig.embedding,
          provider: 'openai',
          baseUrl: server.url,
          model: 'test',
        } as const;
        return {
          folder: { folderId: root, root, indexDir },
          cacheDir: join(dataDir, 'embeddings'),
          config: { ...defaultConfig, embedding },
          permissions: { remoteProvider: allowed, reranker: false },
          ...{ grant: 'as it was', grantFile: join(dataDir, 'grant') },
        };
      };
      const start = async (told: EditorSetup): Promise<McpConnection> => {
        const env = { [editorSetupVariable]: JSON.stringify(told), CODEWEAVER_API_KEY: 'key-of-the-editor' };
        const connection = await connectMcp(['mcp', folder.root], { env });
        connections.push(connection);
        return connection;
      };

      beforeEach(async () => {
        assert.equal((await folder.run('index', ...remoteOptions(server.url))).exitCode, 0);
      });

      it('searches the index of the editor, and asks nobody without permission', async () => {
        const before = server.requests.length;
        const { call, failure } = await start(await setup(false));
        const { value } = await call('search', { query: 'parse a token', k: 3 });
        assert.equal(value.results.length, 3);
        assert.equal(value.mode, 'lexical');
        assert.match(await failure('find_similar', { path: 'none.ts', line: 1 }), /NotFound/);
        assert.equal(server.requests.length, before);
      });

      it('asks the provider as long as the user allows it, with the key it was given', async () => {
        const told = await setup(true);
        await writeFile(told.grantFile, told.grant);
        const { call } = await start(told);
        const before = server.requests.length;
        const { value } = await call('search', { query: 'parse a token' });
        assert.equal(value.mode, 'hybrid');
        assert.deepEqual(value.notes, []);
        assert.equal(server.requests.length, before + 1);
        assert.equal(server.requests.at(-1)?.headers.authorization, 'Bearer key-of-the-editor');

        for (const take of [async () => rm(told.grantFile), async () => writeFile(told.grantFile, 'something else')]) {
          await take();
          const after = await call('search', { query: `merge widgets ${String(Math.random())}` });
          assert.equal(after.value.mode, 'lexical');
          assert.match(after.value.notes.join(), /settings or permissions of the editor have changed/);
          assert.equal(server.requests.length, before + 1);
        }
        await writeFile(told.grantFile, told.grant);
        assert.equal((await call('search', { query: 'merge widgets' })).value.mode, 'hybrid');
      });

      it('never writes the index, so that the editor can', async () => {
        const { call } = await start(await setup(false));
        await call('search', { query: 'parse a token' });
        await writeFile(join(folder.root, 'fish.ts'), '/** Feeds the zebrafish. */\nexport function feed() {}\n');
        assert.equal((await folder.run('index')).exitCode, 0);
        const { value } = await call('search', { query: 'zebrafish', k: 1 });
        assert.equal(value.results[0]?.path, 'fish.ts');
      });

      it('refuses to guess what was meant', async () => {
        const { exitCode, stderr } = await startCli(['mcp', folder.root], { env: { [editorSetupVariable]: '{}' } })
          .result;
        assert.equal(exitCode, 2);
        assert.match(stderr, /CODEWEAVER_EDITOR_SETUP is for the editor alone/);
      });
    });
  });
});

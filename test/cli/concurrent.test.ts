import assert from 'node:assert/strict';
import { CliFolder, eventually, remoteOptions, type SearchJson } from '../support/cliFolder.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';

describe('two command lines on one folder', () => {
  let server: EmbeddingServer;
  let folder: CliFolder;

  beforeEach(async () => {
    server = await startEmbeddingServer({ dimensions: 32 });
    folder = await CliFolder.create(20);
  });

  afterEach(async () => {
    await server.close();
  });

  it('the second searches what the first has stored, and the first finishes undisturbed', async () => {
    server.script({ delayMs: 6_000, times: 4 });
    const first = folder.start('index', ...remoteOptions(server.url));
    await eventually(() => server.requests.length >= 4, 'the first waits for its provider');

    const search = await folder.run('search', 'parse token', '--mode', 'lexical', '--json');
    assert.equal(search.exitCode, 0, search.stderr);
    assert.match(search.stderr, /Another process is indexing/);
    assert.ok((JSON.parse(search.stdout) as SearchJson).results.length > 0);

    const status = await folder.status();
    assert.equal(status.busy, true);
    assert.equal(status.integrity, 'ok');

    const { exitCode, stderr } = await first.result;
    assert.equal(exitCode, 0, stderr);
    const after = await folder.status();
    assert.equal(after.busy, false);
    assert.equal(after.vectors, after.chunks);
    assert.equal(Math.max(...server.texts.values()), 1);
  });

  it('the second cannot index or clear meanwhile, and says why', async () => {
    server.script({ hang: true, times: 1_000 });
    const first = folder.start('index', ...remoteOptions(server.url));
    await eventually(() => server.requests.length > 0, 'the first waits for its provider');
    for (const command of ['index', 'clear']) {
      const { exitCode, stderr } = await folder.run(command);
      assert.equal(exitCode, 5, stderr);
      assert.match(stderr, /indexing/);
    }
    first.kill('SIGTERM');
    await first.result;
    await first.allGone();
    assert.equal((await folder.status()).integrity, 'ok');
  });

  it('both may start at the same moment: no chunk is missing, none is doubled, no text is paid for twice', async () => {
    const runs = [1, 2, 3].map(() => folder.start('index', ...remoteOptions(server.url)));
    const results = await Promise.all(runs.map(({ result }) => result));
    for (const { exitCode, stderr } of results) assert.ok(exitCode === 0 || exitCode === 5, `${exitCode}: ${stderr}`);
    assert.ok(results.some(({ exitCode }) => exitCode === 0));
    const chunks = folder.stored.chunks();
    assert.equal(new Set(chunks).size, chunks.length);
    assert.equal(folder.stored.orphans(), 0);
    const { files, vectors } = await folder.status();
    assert.equal(files.pending + files.failed, 0);
    assert.equal(vectors, chunks.length);
    assert.equal(Math.max(...server.texts.values()), 1);
  });
});

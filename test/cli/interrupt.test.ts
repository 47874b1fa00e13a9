import assert from 'node:assert/strict';
import { CliFolder, eventually, remoteOptions } from '../support/cliFolder.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';

describe('Ctrl+C', () => {
  let server: EmbeddingServer;
  let folder: CliFolder;

  beforeEach(async () => {
    server = await startEmbeddingServer({ dimensions: 32 });
    folder = await CliFolder.create(20);
  });

  afterEach(async () => {
    await server.close();
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends with 130 on ${signal}, and the next run goes on without paying again`, async () => {
      // A few answers arrive, then the endpoint falls silent.
      server.script([{ times: 3 }, { hang: true, times: 1_000 }]);
      const run = folder.start('index', ...remoteOptions(server.url));
      await eventually(
        () => folder.stored.chunks().filter((chunk) => chunk.endsWith('+')).length >= 24,
        'three answers',
      );
      run.killAll(signal);
      const { exitCode, stderr } = await run.result;
      await run.allGone();
      assert.equal(exitCode, 130);
      assert.match(stderr, /goes on from there/);

      const { files, vectors, integrity } = await folder.status();
      assert.equal(integrity, 'ok');
      assert.equal(vectors, 24);
      assert.ok(files.pending > 0);

      const answered = server.requests.filter(({ status }) => status === 200);
      const paid = new Set(answered.flatMap(({ inputs }) => inputs));
      const before = server.requests.length;
      server.script(undefined);
      assert.equal((await folder.run('index')).exitCode, 0);
      const askedAgain = server.requests.slice(before).flatMap(({ inputs }) => inputs);
      assert.deepEqual(
        askedAgain.filter((text) => paid.has(text)),
        [],
      );
      const after = await folder.status();
      assert.equal(after.vectors, after.chunks);
    });
  }

  it('ends with 130 in the middle of parsing as well, and the next run finds all the rest', async () => {
    await folder.repository.add(280);
    const run = folder.start('index');
    await eventually(() => folder.stored.chunks().length > 50, 'some files are indexed');
    run.killAll('SIGINT');
    const { exitCode, stderr } = await run.result;
    await run.allGone();
    assert.equal(exitCode, 130, stderr);
    const { files, integrity } = await folder.status();
    assert.equal(integrity, 'ok');
    assert.ok(files.pending > 0, 'it was stopped before it was done');
    assert.equal((await folder.run('index')).exitCode, 0);
    assert.equal((await folder.status()).files.indexed, 300);
  });

  it('ends at once when it is pressed a second time', async () => {
    server.script({ hang: true, times: 1_000 });
    const run = folder.start('index', ...remoteOptions(server.url));
    await eventually(() => server.requests.length > 0, 'the first request');
    run.killAll('SIGINT');
    await eventually(() => run.stderr().includes('once more'), 'the first Ctrl+C was heard');
    run.killAll('SIGINT');
    assert.equal((await run.result).exitCode, 130);
    await run.allGone();
    assert.equal((await folder.status()).integrity, 'ok');
  });
});

import assert from 'node:assert/strict';
import { CliFolder, eventually, remoteOptions } from '../support/cliFolder.ts';
import { startCli } from '../support/cliRun.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';

/** Takes from this Node what older ones do not have. */
const nodeOptions = ['--no-experimental-sqlite'];

describe('a Node that is too old', () => {
  let server: EmbeddingServer;
  let folder: CliFolder;

  beforeEach(async () => {
    server = await startEmbeddingServer({ dimensions: 32 });
    folder = await CliFolder.create(4);
  });

  afterEach(async () => {
    await server.close();
  });

  it('hands over to the one installed with the project: same output, same exit code', async () => {
    const args = folder.arguments('index', '--json');
    const { exitCode, stdout, stderr } = await startCli(args, { nodeOptions }).result;
    assert.equal(exitCode, 0, stderr);
    assert.equal((JSON.parse(stdout) as { files: { indexed: number } }).files.indexed, 4);
    assert.equal((await startCli(['index', 'no such folder'], { nodeOptions }).result).exitCode, 3);
  });

  it('ends with 130 on one Ctrl+C, which both processes get', async () => {
    server.script({ hang: true, times: 1_000 });
    const run = startCli(folder.arguments('index', ...remoteOptions(server.url)), { nodeOptions });
    await eventually(() => server.requests.length > 0, 'the first request');
    run.killAll('SIGINT');
    const { exitCode, stderr } = await run.result;
    assert.equal(exitCode, 130);
    assert.match(stderr, /goes on from there/);
    await run.allGone();
  });

  it('leaves nothing running when it is killed', async () => {
    server.script({ hang: true, times: 1_000 });
    const run = startCli(folder.arguments('index', ...remoteOptions(server.url)), { nodeOptions });
    await eventually(() => server.requests.length > 0, 'the first request');
    run.kill('SIGKILL');
    await run.result;
    await run.allGone();
    assert.equal((await folder.status()).integrity, 'ok');
  });
});

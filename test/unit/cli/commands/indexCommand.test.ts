import assert from 'node:assert/strict';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, CancelledError } from '../../../../src/protocol/errors.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { emptyReport } from '../../../support/cliEngine.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver index', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('prints what was done as JSON whose file counts sum', async () => {
    const { exitCode, stdout } = await cli.run('index', 'repo', '--json');
    assert.equal(exitCode, 0);
    const { files } = JSON.parse(stdout) as { files: Record<string, number> };
    assert.deepEqual(files, { discovered: 3, indexed: 2, pending: 0, failed: 0, skipped: 1 });
  });

  it('closes the engine also when indexing fails', async () => {
    cli.engine.indexing = () => Promise.reject(new AppError('DiskFull', 'The disk is full.'));
    const { exitCode, stderr } = await cli.run('index', 'repo');
    assert.equal(exitCode, 6);
    assert.match(stderr, /The disk is full/);
    assert.equal(cli.engine.calls.at(-1), 'close');
  });

  it('ends with 4 and says what is pending when the provider fails', async () => {
    cli.engine.indexing = () =>
      Promise.resolve({
        ...emptyReport,
        counts: { discovered: 3, indexed: 1, pending: 1, failed: 0, skipped: 1 },
        error: { code: 'ProviderAuth', message: 'The key was refused.' },
      });
    const { exitCode, stdout, stderr } = await cli.run('index', 'repo');
    assert.equal(exitCode, 4);
    assert.match(stdout, /1 pending/);
    assert.match(stderr, /The key was refused/);
  });

  it('ends with 130 when stopped, after closing the engine', async () => {
    cli.engine.indexing = async (signal) => {
      cli.stop.abort(new CancelledError());
      assert.equal(signal?.aborted, true);
      throw new CancelledError();
    };
    const { exitCode, stderr } = await cli.run('index', 'repo');
    assert.equal(exitCode, 130);
    assert.match(stderr, /goes on from there/);
    assert.equal(cli.engine.calls.at(-1), 'close');
  });

  it('waits for a process that has the index only for a moment', async () => {
    let attempts = 0;
    cli.engine.indexing = async () => {
      if (++attempts < 3) throw new AppError('IndexLocked', 'Locked.');
      return emptyReport;
    };
    assert.equal((await cli.run('index', 'repo')).exitCode, 0);
    assert.equal(attempts, 3);
  });

  it('takes the key from the environment, its own variable first', async () => {
    await new CliProcess(home, { OPENAI_API_KEY: 'other' }).run('index', 'repo');
    const both = new CliProcess(home, { OPENAI_API_KEY: 'other', CODEWEAVER_API_KEY: 'own' });
    await both.run('index', 'repo');
    assert.equal(both.engine.credentials?.apiKey, 'own');
    const empty = new CliProcess(home, { OPENAI_API_KEY: 'other', CODEWEAVER_API_KEY: '' });
    await empty.run('index', 'repo');
    assert.equal(empty.engine.credentials?.apiKey, 'other');
  });

  it('remembers what decides the content of the index, never a key', async () => {
    const keyed = new CliProcess(home, { OPENAI_API_KEY: 'sk-secret' });
    const options = ['--base-url', 'http://localhost:1234/v1/', '--model', 'tiny', '--exclude', 'old/**'];
    await keyed.run('index', 'repo', '--index-dir', 'store', ...options);
    await keyed.run('search', 'repo', 'query', '--index-dir', 'store');
    assert.equal(keyed.engine.config?.embedding.provider, 'openai');
    assert.equal(keyed.engine.config.embedding.baseUrl, 'http://localhost:1234/v1');
    assert.equal(keyed.engine.config.embedding.model, 'tiny');
    assert.deepEqual(keyed.engine.config.files.exclude, [{ glob: 'old/**', source: '--exclude' }]);
    const [directory = ''] = await readdir(join(home, 'store/folders'));
    const stored = await readFile(join(home, 'store/folders', directory, 'codeweaver.json'), 'utf8');
    assert.doesNotMatch(stored, /sk-secret/);
  });
});

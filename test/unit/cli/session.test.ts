import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src/protocol/errors.ts';
import { CliProcess } from '../../support/cliProcess.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('folder opened by a command', () => {
  let cli: CliProcess;

  beforeEach(async () => {
    const home = await temporaryDirectory();
    await mkdir(join(home, 'repo'));
    cli = new CliProcess(home);
  });

  it('waits for a process that is just creating the index', async () => {
    const { engine } = cli;
    const open = engine.openFolder.bind(engine);
    let attempts = 0;
    engine.openFolder = async (folder) => {
      if (++attempts < 3) throw new AppError('IndexLocked', 'Just being created.');
      await open(folder);
    };
    assert.equal((await cli.run('search', 'repo', 'query')).exitCode, 0);
    assert.equal(attempts, 3);
  });

  it('keeps what the command found when closing fails, and says so', async () => {
    cli.engine.close = async () => {
      throw new AppError('DiskFull', 'The disk is full.');
    };
    const { exitCode, stdout, stderr } = await cli.run('search', 'repo', 'query', '--json');
    assert.equal(exitCode, 0);
    assert.equal((JSON.parse(stdout) as { results: unknown[] }).results.length, 1);
    assert.match(stderr, /not closed cleanly.*The disk is full/);
  });

  it('leaves the options of an index to the process that writes it', async () => {
    await cli.run('index', 'repo', '--model', 'first');
    cli.engine.folderChanges = { leader: false };
    cli.engine.indexing = () => Promise.reject(new AppError('IndexLocked', 'Locked.'));
    await cli.run('search', 'repo', 'query', '--model', 'second');
    await cli.run('status', 'repo');
    assert.equal(cli.engine.config?.embedding.model, 'first');
  });

  it('shows the log of the engine only when asked', async () => {
    const { engine } = cli;
    engine.logged = { level: 'warn', message: 'A file could not be indexed', fields: { path: 'a.ts' } };
    assert.doesNotMatch((await cli.run('index', 'repo')).stderr, /could not be indexed/);
    assert.match((await cli.run('index', 'repo', '--verbose')).stderr, /warn: A file could not be indexed path=a\.ts/);
  });
});

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver clear', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('removes the index and forgets its options', async () => {
    await cli.run('index', 'repo', '--model', 'tiny');
    assert.equal((await cli.run('clear', 'repo')).exitCode, 0);
    assert.ok(cli.engine.calls.includes('clear'));
    await cli.run('index', 'repo');
    assert.equal(cli.engine.config?.embedding.provider, 'embedded');
  });

  it('has nothing to clear in a folder without index', async () => {
    assert.equal((await cli.run('clear', 'repo')).exitCode, 0);
    assert.deepEqual(cli.engine.calls, []);
  });
});

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver files', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('lists files as one JSON array, however many', async () => {
    await cli.run('index', 'repo');
    cli.engine.entries = Array.from({ length: 1_201 }, (_, index) => ({
      path: `src/file${index}.ts`,
      state: 'indexed' as const,
      bytes: 10,
      chunks: 1,
    }));
    const { stdout } = await cli.run('files', 'repo', '--json');
    assert.deepEqual(JSON.parse(stdout), cli.engine.entries);
  });

  it('lists no files as an empty array', async () => {
    await cli.run('index', 'repo');
    assert.equal((await cli.run('files', 'repo', '--json')).stdout, '[]\n');
  });

  it('ends with 3 when the files of a folder without index are asked for', async () => {
    assert.equal((await cli.run('files', 'repo', '--json')).exitCode, 3);
  });

  it('keeps control characters of file names away from the terminal', async () => {
    await cli.run('index', 'repo');
    cli.engine.entries = [{ path: 'a\u001b[2J.ts', state: 'indexed', bytes: 1, chunks: 1 }];
    assert.ok(!(await cli.run('files', 'repo')).stdout.includes('\u001b'));
  });
});

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver why', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('finds the nearest indexed folder above the file it is asked about', async () => {
    await cli.run('index', 'repo');
    const { exitCode, stdout } = await cli.run('why', 'repo/src/gone/a.ts');
    assert.equal(exitCode, 0);
    assert.ok(cli.engine.calls.includes('why src/gone/a.ts'));
    assert.equal(stdout, 'src/gone/a.ts: indexed, typescript, 2 chunks.\n');
  });

  it('names the rule, its file and its line', async () => {
    await cli.run('index', 'repo');
    cli.engine.reason = {
      path: '',
      state: 'ignored',
      detail: 'Ignored by git.',
      rule: { pattern: '*.gen.ts', source: '.gitignore', line: 3 },
    };
    const { stdout } = await cli.run('why', 'repo/src/a.gen.ts');
    assert.match(stdout, /ignored\. Ignored by git\. \(rule "\*\.gen\.ts", \.gitignore:3\)/);
  });

  it('names a rule once', async () => {
    await cli.run('index', 'repo');
    const rule = { pattern: 'build/', source: '.gitignore', line: 1 };
    cli.engine.reason = { path: '', state: 'ignored', detail: 'Ignored by build/ (.gitignore, line 1).', rule };
    const { stdout } = await cli.run('why', 'repo/build/a.ts');
    assert.equal(stdout, 'build/a.ts: ignored. Ignored by build/ (.gitignore, line 1).\n');
  });

  it('asks in the repository of a file that no index covers', async () => {
    await mkdir(join(home, 'repo/.git'));
    const { exitCode, stderr } = await cli.run('why', 'repo/src/a.ts');
    assert.equal(exitCode, 0);
    assert.ok(cli.engine.calls.includes('why src/a.ts'));
    assert.match(stderr, /no index yet/);
  });

  it('ends with 3 for a file that does not exist', async () => {
    cli.engine.reason = { path: '', state: 'missing', detail: 'There is no such file.' };
    assert.equal((await cli.run('why', 'repo/src/none.ts')).exitCode, 3);
  });

  it('ends with 3 for a file outside the folder that was named', async () => {
    assert.equal((await cli.run('why', 'repo/src/a.ts', '--folder', 'repo/src/..')).exitCode, 0);
    assert.equal((await cli.run('why', 'elsewhere.ts', '--folder', 'repo')).exitCode, 3);
  });
});

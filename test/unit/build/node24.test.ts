import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'mocha';

const launcher = join(import.meta.dirname, '../../../node24.mjs');

function launch(program: string): { readonly status: number | null; readonly stdout: string } {
  return spawnSync(process.execPath, [launcher, '-e', program], { encoding: 'utf8' });
}

describe('node24.mjs', () => {
  it('runs scripts with Node 24 or newer, and so what they start by name', () => {
    const { stdout } = launch("console.log(require('node:child_process').execSync('node -v').toString())");
    assert.ok(Number.parseInt(stdout.slice(1)) >= 24, stdout);
  });

  it('ends with the exit code of the script', () => {
    assert.equal(launch('process.exit(3)').status, 3);
  });

  it('ends with a failure when the script was killed', () => {
    assert.equal(launch("process.kill(process.pid, 'SIGKILL')").status, 1);
  });
});

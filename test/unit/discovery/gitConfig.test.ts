import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTrue, lastValue, parseGitConfig } from '../../../src/core/discovery/gitConfig.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const nasty = `; a comment
[core]
\tbare = false # said so
  ignoreCase
\tExcludesFile = ~/my\\tignore\\\\file "with # sign " ; gone
[Remote "Some \\"Where\\\\"]
\turl = https://example.org/x.git
[alias] one = "a\\
b" two=three  four
[empty]
\tvalue =
[branch.old]
\tmerge = refs/heads/x
[core]
\tbare = yes
`;

describe('git configuration', () => {
  it('is read as git reads it', async () => {
    const file = join(await temporaryDirectory(), 'config');
    writeFileSync(file, nasty);
    const listed = execFileSync('git', ['config', '--file', file, '--list', '-z'], { encoding: 'utf8' });
    const expected = listed.split('\0').filter((entry) => entry !== '');
    const entries = parseGitConfig(nasty).map(({ name, value }) =>
      // Git shows a key without value as such.
      name === 'core.ignorecase' ? name : `${name}\n${value}`,
    );
    assert.deepEqual(entries, expected);
  });

  it('has the last value count', () => {
    const entries = parseGitConfig(nasty);
    assert.equal(lastValue(entries, 'core.bare'), 'yes');
    assert.equal(lastValue(entries, 'core.none'), undefined);
    assert.deepEqual(['yes', 'On', 'true', '1', 'no', '', undefined].map(isTrue), [
      ...[true, true, true, true],
      ...[false, false, false],
    ]);
  });

  it('survives what git refuses', () => {
    assert.deepEqual(parseGitConfig('lost = 1\n[broken\nx = 1\n[ok]\n???\ny = 2\\'), [{ name: 'ok.y', value: '2' }]);
  });
});

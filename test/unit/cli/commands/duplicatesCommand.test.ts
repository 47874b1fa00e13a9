import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuplicateMember } from '../../../../src/protocol/duplicates.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver duplicates', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo'), { recursive: true });
    cli = new CliProcess(home);
    const member = (path: string, likeness: number): DuplicateMember => ({
      ...{ folderId: '/repo', path, startLine: 3, endLine: 14, symbol: 'parse', kind: 'function' },
      ...{ language: 'typescript', likeness },
    });
    cli.engine.duplicates = {
      groups: [{ members: [member('a.ts', 1), member('lib/b.ts', 0.9567)], likeness: 0.9567, savedLines: 12 }],
      ...{ found: 3, chunks: 40, threshold: 0.8, minLines: 8, byVectors: true, totalMs: 3 },
    };
  });

  it('prints groups with their places, after bringing the index up to date', async () => {
    const { exitCode, stdout } = await cli.run('duplicates', 'repo');
    assert.equal(exitCode, 0);
    assert.ok(cli.engine.calls.indexOf('index') < cli.engine.calls.indexOf('findDuplicates'));
    assert.match(stdout, /^ 1\. 2 copies, 95 % alike, 12 repeated lines {2}parse\n/u);
    assert.match(
      stdout,
      /^ {4}a\.ts:3-14 {2}function parse {2}100 %\n {4}lib\/b\.ts:3-14 {2}function parse {2}95 %$/mu,
    );
    assert.match(stdout, /3 groups of near-duplicates, the first 1 shown; compared 40 chunks of 8 or more lines/u);
  });

  it('says when there are none, and when vectors are missing', async () => {
    cli.engine.duplicates = { ...cli.engine.duplicates, groups: [], found: 0, byVectors: false };
    assert.match((await cli.run('duplicates', 'repo')).stdout, /^No near-duplicates; .*by their text alone/u);
  });

  it('prints the report as JSON', async () => {
    const { stdout } = await cli.run('duplicates', 'repo', '--json');
    const report = JSON.parse(stdout) as { folder: string; groups: { members: Record<string, unknown>[] }[] };
    assert.equal(report.folder, join(home, 'repo'));
    assert.deepEqual(Object.keys(report.groups[0]?.members[0] ?? {}).sort(), [
      'endLine',
      'kind',
      'language',
      'likeness',
      'path',
      'startLine',
      'symbol',
    ]);
  });

  it('hands over what it is told', async () => {
    const options = ['--min-lines', '20', '--threshold', '0.9', '--groups', '5', '--tests', 'exclude', '--path', 'src'];
    await cli.run('duplicates', 'repo', ...options, '--language', 'go');
    assert.deepEqual(cli.engine.duplicatesRequest, {
      ...{ minLines: 20, threshold: 0.9, groups: 5 },
      filter: { folders: [join(home, 'repo')], paths: ['src'], languages: ['go'], tests: 'exclude' },
    });
  });

  it('ends with 2 for numbers out of their range', async () => {
    for (const option of [
      ['--threshold', '0.2'],
      ['--threshold', 'much'],
      ['--min-lines', '0'],
    ])
      assert.equal((await cli.run('duplicates', 'repo', ...option)).exitCode, 2);
  });

  it('needs an index when it must not make one', async () => {
    assert.equal((await cli.run('duplicates', 'repo', '--no-update')).exitCode, 3);
  });
});

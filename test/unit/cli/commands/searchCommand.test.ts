import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { AppError } from '../../../../src/protocol/errors.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { answersByWordsAlone, resultWith } from '../../../support/cliEngine.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver search', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('brings the index up to date first', async () => {
    await cli.run('search', 'repo', 'retry delay');
    assert.deepEqual(cli.engine.calls, ['configure', 'openFolder', 'index', 'search', 'close']);
  });

  it('prints one JSON object with the fields of the contract on stdout', async () => {
    cli.engine.searching = () =>
      Promise.resolve({
        results: [
          resultWith({ sources: { lexical: { rank: 2, score: 7 }, semantic: { rank: 1, score: 0.8 } }, score: 0.9 }),
        ],
        mode: 'hybrid',
        cached: false,
        timings: { totalMs: 2 },
      });
    const { exitCode, stdout } = await cli.run('search', 'repo', 'retry delay', '--json');
    assert.equal(exitCode, 0);
    const answer = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(answer['query'], 'retry delay');
    assert.equal(answer['mode'], 'hybrid');
    assert.deepEqual(answer['timings'], { totalMs: 2 });
    assert.deepEqual(answer['results'], [
      {
        path: 'src/retry.ts',
        startLine: 10,
        endLine: 12,
        symbol: 'Retry.delay',
        kind: 'method',
        language: 'typescript',
        score: 0.9,
        sources: { lexical: 2, semantic: 1 },
        rawScores: { lexical: 7, semantic: 0.8 },
        snippet: 'delay() {\n  return 2 ** this.attempt;\n}',
      },
    ]);
  });

  it('hands over number, mode and filters', async () => {
    const filters = [
      '--path',
      'src/**',
      '--path',
      'lib/**',
      '--language',
      'go',
      '--kind',
      'function',
      '--kind',
      'class',
    ];
    await cli.run('search', 'repo', 'query', '-k', '5', '--mode', 'lexical', ...filters);
    assert.deepEqual(cli.engine.requests, [
      {
        query: 'query',
        k: 5,
        mode: 'lexical',
        filter: {
          paths: ['src/**', 'lib/**'],
          languages: ['go'],
          kinds: ['function', 'class'],
          folders: [cli.engine.folder?.root],
        },
      },
    ]);
  });

  it('hands over what is left out, languages by what people call them', async () => {
    const excludes = ['--exclude-path', 'vendor', '--exclude-language', 'md', '--exclude-kind', 'block'];
    await cli.run('search', 'repo', 'query', '--language', 'py', ...excludes, '--tests', 'exclude');
    const { folders, ...filter } = cli.engine.requests[0]?.filter ?? {};
    assert.deepEqual(folders, [cli.engine.folder?.root]);
    assert.deepEqual(filter, {
      languages: ['python'],
      excludePaths: ['vendor'],
      excludeLanguages: ['markdown'],
      excludeKinds: ['block'],
      tests: 'exclude',
    });
  });

  it('prints path:line, symbol, kind, score, lines and timing for people', async () => {
    const { stdout } = await cli.run('search', 'repo', 'attempt');
    assert.match(stdout, /1\. src\/retry\.ts:10 {2}Retry\.delay method {2}0\.500 \[lexical #1\]/);
    assert.match(stdout, /11 │ {3}return 2 \*\* this\.attempt;/);
    assert.match(stdout, /1 result; .*searched in 1\.5 ms \(lexical\)/);
    assert.ok(!stdout.includes('\u001b'));
  });

  it('ends with 0 and says so when the results are degraded', async () => {
    cli.engine.searching = answersByWordsAlone;
    const { exitCode, stdout, stderr } = await cli.run('search', 'repo', 'query', '--json');
    assert.equal(exitCode, 0);
    assert.equal((JSON.parse(stdout) as { degraded: { code: string } }).degraded.code, 'ProviderUnavailable');
    assert.match(stderr, /The provider does not answer/);
  });

  it('searches what is stored while another process is indexing', async () => {
    cli.engine.indexing = () => Promise.reject(new AppError('IndexLocked', 'Locked.'));
    const { exitCode, stdout, stderr } = await cli.run('search', 'repo', 'query', '--json');
    assert.equal(exitCode, 0);
    assert.match(stderr, /Another process is indexing/);
    assert.equal((JSON.parse(stdout) as { index: { updated: boolean } }).index.updated, false);
  });

  it('searches what is stored when the index cannot be updated', async () => {
    cli.engine.indexing = () => Promise.reject(new AppError('DiskFull', 'The disk is full.'));
    const { exitCode, stderr } = await cli.run('search', 'repo', 'query');
    assert.equal(exitCode, 0);
    assert.match(stderr, /The disk is full/);
  });

  it('does not hide a bug behind the stored index', async () => {
    cli.engine.indexing = () => Promise.reject(new TypeError('x is not a function'));
    assert.equal((await cli.run('search', 'repo', 'query')).exitCode, 1);
  });

  it('does not index with --no-update, and ends with 3 when nothing was ever indexed', async () => {
    assert.equal((await cli.run('search', 'repo', 'query', '--no-update')).exitCode, 3);
    await cli.run('index', 'repo');
    cli.engine.calls.length = 0;
    assert.equal((await cli.run('search', 'repo', 'query', '--no-update')).exitCode, 0);
    assert.deepEqual(cli.engine.calls, ['configure', 'openFolder', 'search', 'close']);
  });

  it('ends quietly with 0 when the reader of stdout goes away', async () => {
    cli.stdout = new Writable({
      write(_data, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const { exitCode, stderr } = await cli.run('search', 'repo', 'query', '--no-progress');
    assert.equal(exitCode, 0);
    assert.doesNotMatch(stderr, /EPIPE|error/);
    assert.equal(cli.engine.calls.at(-1), 'close');
  });
});

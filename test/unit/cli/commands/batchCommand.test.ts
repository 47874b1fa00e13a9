import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { AppError } from '../../../../src/protocol/errors.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver search --queries', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  function lines(text: string): unknown[] {
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  async function queries(...content: string[]): Promise<{ exitCode: number; answers: Record<string, unknown>[] }> {
    await writeFile(join(home, 'queries.jsonl'), content.join('\n'));
    const { exitCode, stdout } = await cli.run('search', 'repo', '--queries', 'queries.jsonl', '--json', '-k', '3');
    return { exitCode, answers: lines(stdout) as Record<string, unknown>[] };
  }

  it('answers each line with one line in order, the index opened once', async () => {
    const { exitCode, answers } = await queries(
      '{"id":"b","query":"first"}',
      '',
      '{"id":2,"query":"second","k":7,"path":"src/**","kind":["class"],"mode":"semantic"}',
    );
    assert.equal(exitCode, 0);
    assert.deepEqual(
      answers.map(({ id }) => id),
      ['b', 2],
    );
    assert.deepEqual(answers[0]?.['timings'], { totalMs: 1.5 });
    assert.equal((answers[0]['results'] as unknown[]).length, 1);
    const { requests } = cli.engine;
    assert.deepEqual(
      requests.map(({ query, k, mode }) => ({ query, k, mode })),
      [
        { query: 'first', k: 3, mode: undefined },
        { query: 'second', k: 7, mode: 'semantic' },
      ],
    );
    assert.deepEqual(requests[1]?.filter?.paths, ['src/**']);
    assert.deepEqual(requests[1].filter.kinds, ['class']);
    assert.equal(cli.engine.calls.filter((call) => call === 'openFolder').length, 1);
  });

  it('answers a line it cannot read with an error, goes on, and ends with 1', async () => {
    const { exitCode, answers } = await queries('not json', '{"id":"x"}', '{"id":"y","query":"fine"}');
    assert.equal(exitCode, 1);
    assert.deepEqual(
      answers.map(({ id, error }) => [id, (error as { code?: string } | undefined)?.code]),
      [
        [null, 'InvalidArgument'],
        ['x', 'InvalidArgument'],
        ['y', undefined],
      ],
    );
  });

  it('answers a query the engine refuses with its error', async () => {
    cli.engine.searching = ({ query }) =>
      query === 'bad'
        ? Promise.reject(new AppError('InvalidArgument', 'No.'))
        : Promise.resolve({ results: [], mode: 'lexical', cached: false, timings: { totalMs: 1 } });
    const { exitCode, answers } = await queries('{"id":1,"query":"bad"}', '{"id":2,"query":"good"}');
    assert.equal(exitCode, 1);
    assert.deepEqual(answers[0], { id: 1, error: { code: 'InvalidArgument', message: 'No.' } });
    assert.equal(answers[1]?.['id'], 2);
  });

  it('reads stdin for "-"', async () => {
    cli.stdin = Readable.from(['\ufeff{"id":1,"query":"a"}\r\n{"id":', '2,"query":"b"}']);
    const { exitCode, stdout } = await cli.run('search', 'repo', '--queries', '-', '--json');
    assert.equal(exitCode, 0);
    assert.deepEqual(
      lines(stdout).map((answer) => (answer as { id: number }).id),
      [1, 2],
    );
  });

  it('ends with 130 when it is stopped while it waits for more queries', async () => {
    cli.stdin = new PassThrough();
    cli.engine.searching = () => {
      setImmediate(() => cli.stop.abort());
      return Promise.resolve({ results: [], mode: 'lexical', cached: false, timings: { totalMs: 1 } });
    };
    (cli.stdin as PassThrough).write('{"id":1,"query":"a"}\n');
    const { exitCode, stdout } = await cli.run('search', 'repo', '--queries', '-', '--json');
    assert.equal(exitCode, 130);
    assert.equal(lines(stdout).length, 1);
  });

  it('ends with 3 before indexing anything when the file is not there', async () => {
    assert.equal((await cli.run('search', 'repo', '--queries', 'missing.jsonl')).exitCode, 3);
    assert.deepEqual(cli.engine.calls, []);
  });
});

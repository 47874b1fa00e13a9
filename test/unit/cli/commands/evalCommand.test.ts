import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CliProcess } from '../../../support/cliProcess.ts';
import { answersByWordsAlone, resultWith } from '../../../support/cliEngine.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

interface EvalJson {
  readonly overall: { readonly questions: number; readonly ndcg: { readonly mean: number } };
  readonly categories: Readonly<Record<string, { readonly questions: number }>>;
  readonly modes: Readonly<Record<string, number>>;
  readonly degraded: number;
  readonly worst: readonly number[];
  readonly unindexed: readonly { readonly path: string; readonly state: string; readonly lines: readonly number[] }[];
  readonly questions: readonly {
    readonly id: unknown;
    readonly ndcg: number;
    readonly expected: readonly { readonly path: string; readonly rank: number | null }[];
    readonly results: readonly { readonly path: string }[];
  }[];
}

describe('codeweaver eval', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    for (const name of ['retry', 'upload', 'other']) await writeFile(join(home, `repo/src/${name}.ts`), 'x');
    cli = new CliProcess(home);
    const results = [resultWith({ startLine: 1, endLine: 5 }), resultWith({}), resultWith({ path: 'src/upload.ts' })];
    cli.engine.searching = () => Promise.resolve({ results, mode: 'lexical', cached: false, timings: { totalMs: 1 } });
  });

  async function evaluate(lines: readonly string[], ...options: string[]) {
    await writeFile(join(home, 'known.jsonl'), lines.join('\n'));
    return cli.run('eval', 'repo', '--queries', 'known.jsonl', '--no-progress', ...options);
  }

  async function evaluated(lines: readonly string[], ...options: string[]): Promise<EvalJson> {
    const { exitCode, stdout, stderr } = await evaluate(lines, ...options, '--json');
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as EvalJson;
  }

  it('scores by file: what came, where it was expected, by category and overall', async () => {
    const { overall, categories, questions, worst } = await evaluated([
      '{"id":"a","query":"retries","category":"easy","expected":["./src/retry.ts"]}',
      '',
      `{"id":"b","query":"uploads","category":"hard","expected":[${JSON.stringify(join(home, 'repo/src/upload.ts'))}]}`,
      '{"query":"neither","expected":["src/other.ts"]}',
    ]);
    assert.deepEqual(
      questions.map(({ id, ndcg }) => [id, ndcg]),
      [
        ['a', 1],
        ['b', 0.63093],
        [null, 0],
      ],
    );
    assert.deepEqual(questions[1]?.expected, [{ path: 'src/upload.ts', rank: 2 }]);
    assert.deepEqual(
      questions[1].results.map(({ path }) => path),
      ['src/retry.ts', 'src/upload.ts'],
    );
    assert.equal(overall.questions, 3);
    assert.ok(Math.abs(overall.ndcg.mean - 0.543643) < 1e-6);
    assert.deepEqual(Object.keys(categories), ['(none)', 'easy', 'hard']);
    assert.deepEqual(worst, [4, 3]);
  });

  it('scores by chunk: expected lines have to be met', async () => {
    const line = '{"query":"delays","expected":[{"path":"src/retry.ts","startLine":11,"endLine":11}]}';
    assert.equal((await evaluated([line], '--unit', 'chunk')).questions[0]?.expected[0]?.rank, 2);
    assert.equal((await evaluated([line], '--unit', 'chunk', '--k', '1')).questions[0]?.expected[0]?.rank, null);
  });

  it('hands over mode and ranking, and asks for more than is judged', async () => {
    await evaluated(['{"query":"q","expected":["src/retry.ts"]}'], '--mode', 'semantic', '--no-ranking');
    const { query, k, mode, ranking } = cli.engine.requests[0] ?? {};
    assert.deepEqual({ query, k, mode, ranking }, { query: 'q', k: 20, mode: 'semantic', ranking: false });
  });

  it('prints a table, the worst questions and what cannot be found for people', async () => {
    cli.engine.reason = { path: '', state: 'skipped', reason: 'generated', detail: 'It says so.' };
    const { stdout } = await evaluate(['{"query":"uploads","expected":["src/upload.ts"]}']);
    assert.match(stdout, /1 question, first 10 results by file, lexical/);
    assert.match(stdout, /questions +nDCG@10 +MRR +recall@10 +hit@1/);
    assert.match(stdout, /^all +1 +0\.631 +0\.500 +1\.000 +0\.000$/m);
    assert.match(
      stdout,
      /0\.631 {2}line 1: uploads\n +expected {2}src\/upload\.ts \(rank 2\)\n +came +src\/retry\.ts:1/,
    );
    assert.match(stdout, /src\/upload\.ts: skipped as generated\. It says so\. Expected by line 1\./);
  });

  it('names expected files that are not indexed once, with all lines that expect them', async () => {
    cli.engine.reason = { path: '', state: 'ignored', detail: 'Ignored.' };
    const line = '{"query":"q","expected":["src/retry.ts"]}';
    const { unindexed } = await evaluated([line, line]);
    assert.deepEqual(unindexed, [{ path: 'src/retry.ts', state: 'ignored', detail: 'Ignored.', lines: [1, 2] }]);
  });

  it('says when answers are not in the mode that was asked for', async () => {
    cli.engine.searching = answersByWordsAlone;
    const line = '{"query":"q","expected":["src/retry.ts"]}';
    const { stdout, stderr } = await evaluate([line, line], '--mode', 'semantic');
    assert.match(stdout, /2 answers not in the mode that was asked for/);
    assert.equal(stderr.match(/The provider does not answer/g)?.length, 1);
  });

  it('reads stdin for "-"', async () => {
    cli.stdin = Readable.from(['\ufeff{"query":"q","expected":["src/retry.ts"]}\r\n']);
    assert.equal((await cli.run('eval', 'repo', '--queries', '-')).exitCode, 0);
  });

  const bad: Record<string, readonly [line: string, problem: RegExp]> = {
    'not JSON': ['{', /line 2: it is not JSON/],
    'not an object': ['[]', /line 2: it is not an object/],
    'without a query': ['{"expected":["src/retry.ts"]}', /line 2: "query" must be/],
    'without expectations': ['{"query":"q","expected":[]}', /line 2: "expected" must be/],
    'with an expectation of another kind': ['{"query":"q","expected":[7]}', /line 2: "expected" must hold/],
    'with lines out of order': [
      '{"query":"q","expected":[{"path":"src/retry.ts","startLine":9,"endLine":3}]}',
      /line 2: "startLine" and "endLine" of src\/retry\.ts/,
    ],
    'with a path outside': ['{"query":"q","expected":["../x"]}', /line 2: \.\.\/x is not inside the folder/],
    'with a category that is no text': ['{"query":"q","category":1,"expected":["src/retry.ts"]}', /"category"/],
  };
  for (const [name, [line, problem]] of Object.entries(bad)) {
    it(`ends with 2 before anything is indexed for a line ${name}`, async () => {
      const { exitCode, stdout, stderr } = await evaluate(['{"query":"q","expected":["src/retry.ts"]}', line]);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.match(stderr, problem);
      assert.deepEqual(cli.engine.calls, []);
    });
  }

  it('ends with 3 for files that are not there, naming lines and files', async () => {
    const lines = [
      '{"query":"q","expected":["src/gone.ts","src/retry.ts","src"]}',
      '{"query":"q","expected":["b.ts"]}',
    ];
    const { exitCode, stderr } = await evaluate(lines);
    assert.equal(exitCode, 3);
    assert.match(stderr, /line 1: there is no file src\/gone\.ts, src\n +line 2: there is no file b\.ts/);
  });

  it('ends with 2 without questions and with 3 without the file', async () => {
    assert.equal((await evaluate(['', ' '])).exitCode, 2);
    assert.equal((await cli.run('eval', 'repo', '--queries', 'missing.jsonl')).exitCode, 3);
    assert.equal((await cli.run('eval', 'repo')).exitCode, 2);
  });
});

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeIndexOptions } from '../../../src/cli/options.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';
import { resultWith } from '../../support/cliEngine.ts';
import { CliProcess } from '../../support/cliProcess.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const url = 'http://localhost:8080';

describe('reranking from the command line', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('is off until an address is named, and remembered with the index until it is taken back', async () => {
    await cli.run('search', 'repo', 'q');
    assert.deepEqual(cli.engine.config?.rerank, defaultConfig.rerank);
    const options = ['--rerank-url', `${url}/`, '--rerank-model', 'bge', '--rerank-candidates', '30'];
    await cli.run('search', 'repo', 'q', ...options, '--rerank-weight', '0.5');
    const wanted = { ...defaultConfig.rerank, enabled: true, baseUrl: url, model: 'bge', candidates: 30, weight: 0.5 };
    assert.deepEqual(cli.engine.config.rerank, wanted);
    await cli.run('search', 'repo', 'q');
    assert.deepEqual(cli.engine.config.rerank, wanted);
    await cli.run('search', 'repo', 'q', '--rerank-url', '');
    await cli.run('search', 'repo', 'q');
    assert.equal(cli.engine.config.rerank.enabled, false);
  });

  it('stays when another embedding provider is named', () => {
    const remembered = { provider: 'openai', model: 'tiny', rerankUrl: url, rerankModel: 'bge' } as const;
    assert.deepEqual(mergeIndexOptions(remembered, { provider: 'embedded' }), {
      provider: 'embedded',
      rerankUrl: url,
      rerankModel: 'bge',
    });
  });

  it('takes its key from the environment alone', async () => {
    cli = new CliProcess(home, { CODEWEAVER_RERANK_API_KEY: 'k', OPENAI_API_KEY: 'other' });
    await cli.run('search', 'repo', 'q', '--rerank-url', url);
    assert.deepEqual(cli.engine.credentials, { apiKey: 'other', rerankApiKey: 'k' });
  });

  it('refuses what cannot be a weight or an address', async () => {
    for (const [name, value] of [
      ['--rerank-weight', '2'],
      ['--rerank-weight', 'much'],
      ['--rerank-weight', ''],
      ['--rerank-url', 'localhost'],
      ['--rerank-candidates', '301'],
    ] as const) {
      assert.equal((await cli.run('search', 'repo', 'q', name, value)).exitCode, 2, value);
    }
  });

  it('is left out by --no-rerank, and by a line of a query file', async () => {
    await cli.run('search', 'repo', 'q', '--no-rerank');
    await cli.run('search', 'repo', 'q');
    await writeFile(join(home, 'queries.jsonl'), '{"query":"q","rerank":false}\n{"query":"q"}\n');
    await cli.run('search', 'repo', '--queries', 'queries.jsonl');
    assert.deepEqual(
      cli.engine.requests.map(({ rerank }) => rerank),
      [false, undefined, false, undefined],
    );
  });

  it('is told of in the answer, for people and programs', async () => {
    const reranked = { documents: 25, requests: 1, stoppedEarly: true };
    const parts = { rerankScore: 0.8, rankingScore: 0.2 };
    cli.engine.searching = async () =>
      Promise.resolve({
        results: [resultWith({ reranked: parts })],
        mode: 'hybrid',
        reranked,
        cached: false,
        timings: { totalMs: 2, rerankMs: 1 },
      });
    assert.match((await cli.run('search', 'repo', 'q')).stdout, /\(hybrid, 25 results reranked\)/u);
    const answer = JSON.parse((await cli.run('search', 'repo', 'q', '--json')).stdout) as {
      reranked: unknown;
      timings: unknown;
      results: { reranked: unknown }[];
    };
    assert.deepEqual(answer.reranked, reranked);
    assert.deepEqual(answer.timings, { totalMs: 2, rerankMs: 1 });
    assert.deepEqual(answer.results[0]?.reranked, parts);
  });

  it('is told of when it failed, and the search is done all the same', async () => {
    const rerankFailed = { code: 'ProviderUnavailable', message: 'localhost:8080 refuses connections.' };
    cli.engine.searching = async () =>
      Promise.resolve({
        results: [resultWith({})],
        mode: 'hybrid',
        rerankFailed,
        cached: false,
        timings: { totalMs: 2 },
      });
    const people = await cli.run('search', 'repo', 'q');
    assert.equal(people.exitCode, 0);
    assert.match(people.stdout, /\(hybrid\)\. Not reranked: localhost:8080 refuses connections\./u);
    const program = await cli.run('search', 'repo', 'q', '--json');
    assert.match(program.stderr, /note: Not reranked: localhost:8080 refuses connections\./u);
    assert.deepEqual((JSON.parse(program.stdout) as { rerankFailed: unknown }).rerankFailed, rerankFailed);
  });

  it('is told of once for many queries', async () => {
    const rerankFailed = { code: 'ProviderTimeout', message: 'Too slow.' };
    cli.engine.searching = async () =>
      Promise.resolve({ results: [], mode: 'hybrid', rerankFailed, cached: false, timings: { totalMs: 2 } });
    await writeFile(join(home, 'queries.jsonl'), '{"query":"q"}\n{"query":"r"}\n');
    const { stderr } = await cli.run('search', 'repo', '--queries', 'queries.jsonl');
    assert.equal(stderr.match(/Not reranked/gu)?.length, 1);
  });

  it('has a row in the status while it is on', async () => {
    assert.doesNotMatch((await cli.run('status', 'repo')).stdout, /reranker/u);
    const about = { host: 'localhost:8080', model: 'bge', requests: 0, documents: 0 };
    cli.engine.reranker = { state: 'unknown', ...about };
    assert.match((await cli.run('status', 'repo')).stdout, /reranker +localhost:8080 bge: not asked yet/u);
    cli.engine.reranker = { state: 'ok', ...about, requests: 3, documents: 60 };
    assert.match((await cli.run('status', 'repo')).stdout, /reranker +localhost:8080 bge: ok, 3 requests/u);
    cli.engine.reranker = { state: 'error', message: 'No such model.', ...about, requests: 3 };
    assert.match((await cli.run('status', 'repo')).stdout, /reranker +localhost:8080 bge: No such model\./u);
    const { stdout } = await cli.run('status', 'repo', '--json');
    assert.deepEqual((JSON.parse(stdout) as { reranker: unknown }).reranker, cli.engine.reranker);
  });
});

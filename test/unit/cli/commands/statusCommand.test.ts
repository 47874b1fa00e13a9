import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecallStats } from '../../../../src/protocol/vectorStats.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { emptyReport } from '../../../support/cliEngine.ts';
import { vectorIndexStats } from '../../../support/performancePage.ts';
import { probeOf } from '../../../support/probes.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver status', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  it('prints counts, money spent, integrity and sizes as JSON', async () => {
    await cli.run('index', 'repo');
    cli.engine.folderChanges = {
      vectors: 4,
      space: { provider: 'openai', endpoint: 'http://localhost/v1', model: 'tiny', dimensions: 8 },
    };
    const { exitCode, stdout } = await cli.run('status', 'repo', '--json');
    assert.equal(exitCode, 0);
    const status = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(status['files'], emptyReport.counts);
    assert.equal(status['chunks'], 4);
    assert.equal(status['vectors'], 4);
    assert.equal(status['requests'], 3);
    assert.equal(status['tokens'], 120);
    assert.equal(status['integrity'], 'ok');
    assert.deepEqual(status['sizes'], { catalogueBytes: 4_096, vectorBytes: 0, cacheBytes: 1_000 });
    assert.equal((status['space'] as { model: string }).model, 'tiny');
  });

  it('tells people the same', async () => {
    await cli.run('index', 'repo');
    const { stdout } = await cli.run('status', 'repo');
    assert.match(stdout, /3 discovered = 2 indexed \+ 0 pending \+ 0 failed \+ 1 skipped \(1 binary\)/);
    assert.match(stdout, /3 requests, 120 tokens\n/);
    assert.match(stdout, /\n {2}memory +0 B live with this index open\n/);
  });

  it('says what the tokens cost, about, where the price of the model is known', async () => {
    await cli.run('index', 'repo');
    const space = {
      provider: 'openai',
      endpoint: 'https://api.openai.com/v1',
      model: 'text-embedding-3-large',
      dimensions: 8,
    };
    cli.engine.folderChanges = { space, spent: { requests: 3, tokens: 40_000 } };
    assert.match((await cli.run('status', 'repo')).stdout, /3 requests, 40,000 tokens, about \$0\.0052\n/);
    cli.engine.folderChanges = { space, spent: { requests: 90, tokens: 20_000_000 } };
    assert.match((await cli.run('status', 'repo')).stdout, /20,000,000 tokens, about \$2\.60\n/);
  });

  it('says how vectors are searched, and why so', async () => {
    await cli.run('index', 'repo');
    cli.engine.folderChanges = { vectorIndex: vectorIndexStats() };
    assert.match(
      (await cli.run('status', 'repo')).stdout,
      /engine auto, 0 of 31,000 in the graph \(a scan is fast enough here\)/,
    );
    const { stdout } = await cli.run('status', 'repo', '--json');
    assert.deepEqual((JSON.parse(stdout) as { vectorIndex: unknown }).vectorIndex, vectorIndexStats());
  });

  it('says which profile of its endpoint the provider keeps to', async () => {
    await cli.run('index', 'repo');
    assert.doesNotMatch((await cli.run('status', 'repo')).stdout, /profile/);
    const profile = probeOf({ maxBatchInputs: { accepted: 32, by: 'named' }, requestsPerMinute: 3_000 });
    cli.engine.provider = { ...cli.engine.provider, id: 'openai', profile };
    assert.match(
      (await cli.run('status', 'repo')).stdout,
      /\n {2}profile +probed 2026-01-02T00:00:00.000Z; inputs per request: 32; base64; requests per minute: 3,000\n/,
    );
    const { stdout } = await cli.run('status', 'repo', '--json');
    assert.deepEqual((JSON.parse(stdout) as { provider: { profile: unknown } }).provider.profile, profile);
  });

  it('checks the recall when asked to, and says what was found', async () => {
    await cli.run('index', 'repo');
    const recall: RecallStats = {
      ...{ at10: 0.9612, samples: 50, goal: 0.95, at: 0, ms: 25, effort: 2.25, action: 'raisedEffort' },
    };
    cli.engine.recall = recall;
    cli.engine.folderChanges = { vectorIndex: { ...vectorIndexStats(), recall } };
    const { stdout, stderr } = await cli.run('status', 'repo', '--check-recall');
    assert.match(
      stdout,
      /recall@10 0\.961 \(goal 0\.95\) over 50 samples, with effort ×2\.3, searches have to look at more \(the editor tunes them by itself\), in 25 ms/,
    );
    assert.equal(stderr, '');
    assert.equal(cli.engine.calls.filter((call) => call === 'checkRecall').length, 1);
    const json = await cli.run('status', 'repo', '--check-recall', '--json');
    assert.deepEqual((JSON.parse(json.stdout) as { vectorIndex: { recall: unknown } }).vectorIndex.recall, recall);
  });

  it('does not check the recall by itself, and says when it could not be', async () => {
    await cli.run('index', 'repo');
    await cli.run('status', 'repo');
    assert(!cli.engine.calls.includes('checkRecall'));
    const { exitCode, stdout, stderr } = await cli.run('status', 'repo', '--check-recall');
    assert.equal(exitCode, 0);
    assert.match(stderr, /the recall was not checked/);
    assert.doesNotMatch(stdout, /recall/);
  });

  it('answers for a folder that was never indexed, and leaves nothing behind', async () => {
    const { exitCode, stdout, stderr } = await cli.run('status', 'repo', '--json', '--index-dir', 'store');
    assert.equal(exitCode, 0);
    assert.equal((JSON.parse(stdout) as { indexed: boolean }).indexed, false);
    assert.match(stderr, /no index yet/);
    assert.deepEqual(await readdir(home), ['repo']);
  });
});

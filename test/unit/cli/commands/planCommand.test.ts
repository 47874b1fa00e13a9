import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliProcess } from '../../../support/cliProcess.ts';
import { planOf, spendingOf, spentOf } from '../../../support/costs.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver plan', () => {
  let cli: CliProcess;
  let home: string;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo'));
    cli = new CliProcess(home);
  });

  it('plans for the folder with what is to be excluded as what-if', async () => {
    const { exitCode } = await cli.run('plan', 'repo', '--exclude', 'web/**', '--exclude', 'docs', '--model', 'm');
    assert.equal(exitCode, 0);
    assert.ok(cli.engine.calls.includes('plan web/** docs'));
    assert.deepEqual(cli.engine.config?.files.exclude, []);
    assert.equal(cli.engine.config?.embedding.model, 'm');
  });

  it('shows sums, price, time, disk and directories', async () => {
    const { stdout } = await cli.run('plan', 'repo');
    for (const row of [
      /model +text-embedding-3-small, https:\/\/api\.openai\.com\/v1/,
      /files +12$/m,
      /chunks +100 = 10 with a vector \+ 45 in the cache \+ 5 repeated \+ 0 made here \+ 40 to send/,
      /tokens +12,000 to send, about, in 1 request$/m,
      /price +about \$0\.0002 \(list price\)/,
      /time +300 ms to 4\.0 s/,
      /disk +245\.8 kB of vectors/,
      / 75 % +9,000 tokens +30 chunks +src\/$/m,
      / 25 % +3,000 tokens +10 chunks +\. \(files directly in it\)/,
    ]) {
      assert.match(stdout, row);
    }
    assert.doesNotMatch(stdout, /budget/);
  });

  it('says what is not known, what is not complete, and when a budget is too small', async () => {
    const plan: Partial<ReturnType<typeof planOf>> = { ...planOf({ isComplete: false }) };
    for (const name of ['dollars', 'time', 'vectorBytes'] as const) Reflect.deleteProperty(plan, name);
    cli.engine.planned = plan as ReturnType<typeof planOf>;
    cli.engine.spending = spendingOf({ budgetTokens: 12_500, workspace: spentOf({ tokens: 501 }) });
    const { stdout } = await cli.run('plan', 'repo', '--budget-tokens', '12500');
    assert.match(stdout, /some are not read yet/);
    assert.match(stdout, /price +unknown/);
    assert.match(stdout, /time +unknown \("codeweaver probe"/);
    assert.match(stdout, /disk +unknown/);
    assert.match(stdout, /budget +12,500 tokens, 501 spent: not enough/);
    cli.engine.planned = planOf({ time: { least: 61_000 } });
    assert.match((await cli.run('plan', 'repo')).stdout, /1 min 1 s at least, by the rate limits/);
  });

  it('of the embedded model says that nothing is sent', async () => {
    cli.engine.planned = planOf({
      provider: 'embedded',
      endpoint: '',
      toSend: 0,
      local: 90,
      tokens: 0,
      directories: [],
    });
    const { stdout } = await cli.run('plan', 'repo');
    assert.match(stdout, /nothing is sent, and it costs nothing/);
    assert.doesNotMatch(stdout, /price/);
  });

  it('prints JSON, with null for what is not known', async () => {
    const { stdout } = await cli.run('plan', 'repo', '--json');
    const { time, ...plan } = planOf();
    assert.deepEqual(
      { folderId: 'folder', ...(JSON.parse(stdout) as object) },
      {
        ...{ ...plan, folder: join(home, 'repo') },
        ...{ leastMs: time?.least, mostMs: time?.most, budgetTokens: null, spentTokens: 0 },
      },
    );
  });

  it('leaves nothing remembered, and takes no file out of an index there is', async () => {
    await cli.run('plan', 'repo', '--model', 'paid-model', '--include', 'src/**');
    await cli.run('index', 'repo');
    assert.equal(cli.engine.config?.embedding.provider, 'embedded');
    const { exitCode, stderr } = await cli.run('plan', 'repo', '--include', 'src/**');
    assert.equal(exitCode, 2);
    assert.match(stderr, /only --exclude can be tried/);
  });
});

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { BenchmarkReport } from '../../src/protocol/benchmark.ts';
import { targetIds } from '../../src/protocol/benchmark.ts';
import type { BaselineComparison } from '../../src/util/benchmarkBaseline.ts';
import { runCliProcess, startCli } from '../support/cliRun.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('codeweaver bench', () => {
  it('measures every target and leaves nothing but the result', async function () {
    this.timeout(120_000);
    const directory = await temporaryDirectory();
    const { exitCode, stdout, stderr } = await runCliProcess('bench', '--json', '--index-dir', directory);
    assert.equal(exitCode, 0, stderr);
    const { targets, measures, baseline } = JSON.parse(stdout) as BenchmarkReport & { baseline: BaselineComparison };
    assert.deepEqual(
      targets.map(({ id }) => id),
      targetIds,
    );
    const ids = measures.map(({ id }) => id);
    for (const phase of ['chunk', 'embed.one', 'upsert.100000', 'build.10000', 'search.1000', 'index', 'edit'])
      assert.ok(ids.includes(phase), phase);
    assert.deepEqual(
      baseline.measures.map(({ id, ratio }) => [id, ratio !== null]),
      ids.map((id) => [id, true]),
    );
    for (const { id, measured, how } of targets) assert.ok(Number.isFinite(measured) && how !== '', id);
    for (const { id, iterations, min, median, max } of measures)
      assert.ok(iterations > 0 && min >= 0 && min <= median && median <= max, id);
    assert.deepEqual(await readdir(directory), ['benchmark.json']);
  });

  it('stops when it is told to, and leaves nothing', async () => {
    const directory = await temporaryDirectory();
    const run = startCli(['bench', '--index-dir', directory]);
    while (!run.stderr().includes('1,000 vectors')) await new Promise((resolve) => setTimeout(resolve, 20));
    run.killAll('SIGINT');
    assert.equal((await run.result).exitCode, 130);
    assert.deepEqual(await readdir(directory), []);
  });
});

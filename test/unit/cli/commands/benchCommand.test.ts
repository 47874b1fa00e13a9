import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchmarkMeasure, BenchmarkReport } from '../../../../src/protocol/benchmark.ts';
import { benchmarkBaseline, type BaselineComparison } from '../../../../src/util/benchmarkBaseline.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

function found(median: number): BenchmarkReport {
  const search: BenchmarkMeasure = {
    ...{ id: 'search', name: 'search, 10 chunks', unit: 'ms', iterations: 100 },
    ...{ median, mean: median, min: median / 2, max: median * 2, p95: median * 1.5, std: 0.1 },
  };
  const targets = [
    { id: 'a', name: 'Search latency', target: '< 100', unit: 'ms', measured: median, pass: true, how: 'p95' },
    { id: 'b', name: 'Resource usage', target: '< 100', unit: 'MB', measured: 120.4, pass: false, how: 'growth' },
  ];
  const machine = { processor: 'Test Processor', cores: 4, memoryBytes: 8 * 2 ** 30 };
  return { at: 1_000, tookMs: 9_000, machine, measures: [search], targets };
}

describe('codeweaver bench', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    cli = new CliProcess(home);
    cli.engine.benchmarkReport = found(2);
  });

  it('shows targets, met or not, and what was measured', async () => {
    const { exitCode, stdout } = await cli.run('bench', '--index-dir', 'data');
    assert.equal(exitCode, 0);
    assert.match(stdout, /\| Search latency +\| < 100 ms \| 2 +\| yes \| +\| p95 +\|/);
    assert.match(stdout, /\| Resource usage +\| < 100 MB \| 120 +\| NO +\| +\| growth +\|/);
    assert.match(stdout, /\| search, 10 chunks \| ms +\| 100 \| 2 +\| 2 +\| 1 +\| 4 +\| 3 +\| 0\.1 +\|/);
    assert.match(stdout, /The next run is compared with this one\./);
    assert.match(stdout, /^CodeWeaver \d+\.\d+\.\d+ on Test Processor, 4 cores, 8 GiB\n/);
  });

  it('sets the next run beside the last', async () => {
    await cli.run('bench', '--index-dir', 'data');
    cli.engine.benchmarkReport = found(3);
    const { stdout } = await cli.run('bench', '--index-dir', 'data');
    assert.match(stdout, /\| 2 \(1\.50x\) +\|/);
    const { stdout: json } = await cli.run('bench', '--index-dir', 'data', '--json');
    const { targets, measures, last, machine } = JSON.parse(json) as BenchmarkReport & {
      last: BenchmarkReport;
      machine: object;
    };
    assert.deepEqual(targets, found(3).targets);
    assert.equal(measures[0]?.median, 3);
    assert.equal(last.measures[0]?.median, 3);
    assert.deepEqual(Object.keys(machine), ['processor', 'cores', 'memoryBytes']);
    assert.deepEqual(await readdir(join(home, 'data')), ['benchmark.json']);
  });

  it('sets every run beside the baseline that ships, and names its machine', async () => {
    const [measure] = benchmarkBaseline.measures;
    assert.ok(measure);
    const [search] = found(measure.median * 2).measures;
    assert.ok(search);
    cli.engine.benchmarkReport = { ...found(1), measures: [{ ...search, id: measure.id }] };
    const { stdout } = await cli.run('bench', '--index-dir', 'data');
    assert.match(stdout, /\(2\.00x\) +\|\n/);
    assert.ok(stdout.includes(`on ${benchmarkBaseline.machine.processor}, ${benchmarkBaseline.machine.cores} cores`));
    assert.match(stdout, /another machine: what is beside the baseline is only a hint/);
    const { stdout: json } = await cli.run('bench', '--index-dir', 'data', '--json');
    const { baseline } = JSON.parse(json) as { baseline: BaselineComparison };
    assert.equal(baseline.sameMachine, false);
    assert.equal(baseline.measures.find(({ id }) => id === measure.id)?.ratio, 2);
    assert.equal(baseline.measures.filter(({ ratio }) => ratio === null).length, baseline.measures.length - 1);
    assert.equal(baseline.targets.length, benchmarkBaseline.targets.length);
  });

  it('goes on when what the last run left cannot be read', async () => {
    await mkdir(join(home, 'data'));
    await writeFile(join(home, 'data/benchmark.json'), '{"measures": 5');
    const { exitCode, stdout } = await cli.run('bench', '--index-dir', 'data');
    assert.equal(exitCode, 0);
    assert.match(stdout, /The next run is compared with this one\./);
  });
});

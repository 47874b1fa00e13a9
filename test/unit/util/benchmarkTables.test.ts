import assert from 'node:assert/strict';
import { targetIds } from '../../../src/protocol/benchmark.ts';
import type { BenchmarkBaseline, BenchmarkReport } from '../../../src/protocol/benchmark.ts';
import { benchmarkBaseline, compareWithBaseline } from '../../../src/util/benchmarkBaseline.ts';
import { benchmarkTables } from '../../../src/util/benchmarkTables.ts';

const machine = { processor: 'Fast', cores: 8, memoryBytes: 16 * 2 ** 30 };

function reportOf(median: number): BenchmarkReport {
  return {
    ...{ at: 0, tookMs: 1, machine },
    measures: [
      { id: 'chunk', name: 'chunking', unit: 'ms', iterations: 3, mean: 1, median, min: 1, max: 1, p95: 1, std: 0 },
      { id: 'new', name: 'something new', unit: 'ms', iterations: 1, mean: 1, median, min: 1, max: 1, p95: 1, std: 0 },
    ],
    targets: [{ id: 'a', name: 'A', target: '< 9', unit: 's', measured: median, pass: true, how: 'timed' }],
  };
}

const baseline: BenchmarkBaseline = {
  ...{ version: '1.2.3', at: Date.UTC(2026, 0, 31), machine: { ...machine, processor: 'Slow' }, note: 'Three runs.' },
  measures: [
    { id: 'chunk', median: 4 },
    { id: 'gone', median: 5 },
  ],
  targets: [{ id: 'a', measured: 8 }],
};

/** Cells of the row that starts with `name`. */
function row(tables: string, name: string): string[] {
  const line = tables.split('\n').find((text) => text.startsWith(`| ${name} `)) ?? '';
  return line.split('|').map((cell) => cell.trim());
}

describe('tables of a benchmark', () => {
  it('set each measure beside the last run and the baseline', () => {
    const tables = benchmarkTables(reportOf(2), { last: reportOf(1), baseline });
    assert.deepEqual(row(tables, 'chunking').slice(-3), ['1 (2.00x)', '4 (0.50x)', '']);
    assert.deepEqual(row(tables, 'something new').slice(-3), ['1 (2.00x)', '', '']);
    assert.deepEqual(row(tables, 'A'), ['', 'A', '< 9 s', '2', 'yes', '8', 'timed', '']);
  });

  it('leave the last run empty when there was none', () => {
    assert.deepEqual(row(benchmarkTables(reportOf(2), { baseline }), 'chunking').slice(-3), ['', '4 (0.50x)', '']);
  });

  it("name the baseline's machine, and say whether it is this one", () => {
    const other = benchmarkTables(reportOf(2), { baseline });
    assert.match(
      other,
      /Baseline: CodeWeaver 1\.2\.3 on Slow, 8 cores, 16 GiB, 2026-01-31\. Three runs\. .*only a hint/,
    );
    const same = benchmarkTables(reportOf(2), { baseline: { ...baseline, machine } });
    assert.match(same, /This machine is of the same kind\./);
    assert.doesNotMatch(same, /only a hint/);
  });
});

describe('the baseline that ships', () => {
  it('has every target, and figures that can be divided by', () => {
    const { measures, targets, machine: named } = benchmarkBaseline;
    assert.deepEqual(
      targets.map(({ id }) => id),
      targetIds,
    );
    for (const { id, median } of measures) assert.ok(median > 0, id);
    for (const { id, measured } of targets) assert.ok(measured > 0, id);
    assert.ok(named.processor !== '' && named.cores > 0 && named.memoryBytes > 0);
  });

  it('has a ratio of one with itself', () => {
    const { measures, targets } = benchmarkBaseline;
    const { measures: compared } = compareWithBaseline(
      {
        ...reportOf(1),
        measures: measures.map((measure) => ({ ...reportOf(1).measures[0]!, ...measure })),
        targets: targets.map((target) => ({ ...reportOf(1).targets[0]!, ...target })),
      },
      benchmarkBaseline,
    );
    assert.deepEqual(new Set(compared.map(({ ratio }) => ratio)), new Set([1]));
  });
});

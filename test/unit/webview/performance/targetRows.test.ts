import assert from 'node:assert/strict';
import { targetIds } from '../../../../src/protocol/benchmark.ts';
import { performanceStrings } from '../../../../src/protocol/viewStrings.ts';
import { targetRows, targetsText } from '../../../../webview/performance/targetRows.ts';
import type { TargetRow } from '../../../../webview/performance/targetRows.ts';
import { createFormat, noValue } from '../../../../webview/shared/format.ts';
import {
  benchmarkReport,
  engineStatus,
  folderStatus,
  metricsSnapshot,
  performanceData,
  stageStats,
  vectorIndexStats,
} from '../../../support/performancePage.ts';

const words = { strings: performanceStrings, format: createFormat('en') };

function row(id: string, data = performanceData(), report = benchmarkReport()): TargetRow {
  return targetRows(report, data, words).find((one) => one.id === id) ?? assert.fail(`No row ${id}.`);
}

describe('targets of the panel', () => {
  it('are all there before anything was measured', () => {
    const rows = targetRows(undefined, performanceData(), words);
    assert.deepEqual(
      rows.map(({ id }) => id),
      targetIds,
    );
    assert.ok(rows.every(({ measured, pass, how }) => measured === noValue && pass === undefined && how === noValue));
    assert.equal(targetsText(undefined, words), performanceStrings.targetsNever);
  });

  it('say what was measured, how, and whether that meets the target', () => {
    const { table, target, measured, pass, result, how } = row('upsertThroughput');
    assert.deepEqual(
      [table, target, measured, pass, result, how],
      ['Backend', '> 1,000 vectors/s', '4,000 vectors/s', true, 'met', 'Upsert throughput, p95'],
    );
    assert.equal(row('serviceMemory').result, 'missed');
    assert.match(targetsText(benchmarkReport(), words), /^Measured on this machine: .*2026.* 11 of 12 targets met\.$/);
  });

  it('leave a row open that an older report does not have', () => {
    assert.equal(
      row('healthCheck', performanceData(), { ...benchmarkReport(), targets: [] }).result,
      'not measured yet',
    );
  });

  it('show live what is the same quantity, and nothing else', () => {
    const stages = { search: stageStats({ p95: 12 }), vectorSearch: stageStats({ p95: 1.5 }) };
    const data = performanceData({ metrics: metricsSnapshot({ stages }) });
    const live = targetRows(undefined, data, words).filter((one) => one.live !== noValue);
    assert.deepEqual(
      live.map((one) => [one.id, one.live]),
      [
        ['searchLatency', '1.5 ms'],
        ['memoryEfficiency', '0.315 times the vectors'],
        ['processingLatency', '12 ms'],
        ['healthCheck', '0.84 ms'],
      ],
    );
  });

  it('say nothing live of the memory of a small index: a kernel has a size of its own', () => {
    const folders = [folderStatus({ vectorIndex: vectorIndexStats({ count: 500, bytes: 8_000_000 }) })];
    assert.equal(row('memoryEfficiency', performanceData({ status: engineStatus({ folders }) })).live, noValue);
  });
});

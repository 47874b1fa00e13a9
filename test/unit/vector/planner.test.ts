import assert from 'node:assert/strict';
import { graphPlan, maxEffort, searchPlan, walkMs, type SearchInput } from '../../../src/core/vector/planner.ts';

describe('graphPlan', () => {
  const slowScan = { scanMs: 10, walkMs: 1 };

  it('never builds with the setting exact, whatever it would save', () => {
    assert.deepEqual(graphPlan({ engine: 'exact', rows: 1e6, costs: slowScan }), { wanted: false, reason: 'setting' });
  });

  it('builds with the setting hnsw from 256 rows on, whatever it costs', () => {
    const costs = { scanMs: 0, walkMs: 9 };
    assert.deepEqual(graphPlan({ engine: 'hnsw', rows: 255, costs }), { wanted: false, reason: 'small' });
    assert.deepEqual(graphPlan({ engine: 'hnsw', rows: 256, costs }), { wanted: true, reason: 'setting' });
    assert.deepEqual(graphPlan({ engine: 'hnsw', rows: 256, costs: undefined }), { wanted: true, reason: 'setting' });
  });

  it('left to itself, does not build below 4,096 rows', () => {
    assert.deepEqual(graphPlan({ engine: 'auto', rows: 4095, costs: slowScan }), { wanted: false, reason: 'small' });
    assert.deepEqual(graphPlan({ engine: 'auto', rows: 4096, costs: slowScan }), { wanted: true, reason: 'graphPays' });
  });

  it('waits for the measurement', () => {
    assert.deepEqual(graphPlan({ engine: 'auto', rows: 1e6, costs: undefined }), {
      wanted: false,
      reason: 'measuring',
    });
  });

  it('builds only when a walk saves a millisecond and half of the time', () => {
    const wanted = (scanMs: number, walkMs: number) =>
      graphPlan({ engine: 'auto', rows: 1e6, costs: { scanMs, walkMs } });
    assert.deepEqual(wanted(2, 1), { wanted: true, reason: 'graphPays' });
    assert.deepEqual(wanted(1.9, 0.95), { wanted: false, reason: 'scanIsFast' });
    assert.deepEqual(wanted(10, 5), { wanted: true, reason: 'graphPays' });
    assert.deepEqual(wanted(10, 5.1), { wanted: false, reason: 'scanIsFast' });
    assert.deepEqual(wanted(1, 2), { wanted: false, reason: 'scanIsFast' });
  });

  it('takes a walk to compare 1,600 rows', () => {
    assert.equal(walkMs(0.5), 800);
    assert.equal(walkMs(0), 0);
  });
});

describe('searchPlan', () => {
  const plan = (input: Partial<SearchInput>) =>
    searchPlan({
      engine: 'auto',
      limit: 40,
      rows: 100_000,
      graphed: 0,
      allowed: input.rows ?? 100_000,
      width: { wanted: 500, recall: 1 },
      ...input,
    });

  it('compares all codes with the setting exact', () => {
    assert.deepEqual(plan({ engine: 'exact', graphed: 100_000 }), { way: 'flat', wanted: 500, efFactor: 1 });
  });

  it('scans with the width found, without a graph', () => {
    assert.deepEqual(plan({}), { way: 'scan', wanted: 500, efFactor: 1 });
    assert.deepEqual(plan({ engine: 'hnsw' }), { way: 'scan', wanted: 500, efFactor: 1 });
  });

  it('scans with 750 until a width is found', () => {
    assert.deepEqual(plan({ width: undefined }), { way: 'scan', wanted: 750, efFactor: 1 });
  });

  it('widens the filter for more than the 40 hits it was measured for, not for fewer', () => {
    assert.equal(plan({ limit: 1 }).wanted, 500);
    assert.equal(plan({ limit: 60 }).wanted, 750);
    assert.equal(plan({ limit: 41 }).wanted, 513);
  });

  it('widens the filter by the effort, unless more hits ask for more, and compares all codes in the end', () => {
    assert.deepEqual(plan({ effort: 1.5 }), { way: 'scan', wanted: 750, efFactor: 1 });
    assert.equal(plan({ effort: 1.5, limit: 80 }).wanted, 1000);
    assert.equal(plan({ effort: 9 }).way, 'flat');
    assert.equal(plan({ graphed: 100_000, effort: 100 }).way, 'graph');
    assert.equal(plan({ graphed: 100_000, effort: maxEffort }).way, 'flat');
  });

  it('compares all codes when no width was narrow enough', () => {
    assert.equal(plan({ width: { wanted: 0, recall: 1 } }).way, 'flat');
  });

  it('compares all codes when the filter would let a quarter of the rows through', () => {
    assert.equal(plan({ rows: 2001, allowed: 2001 }).way, 'scan');
    assert.equal(plan({ rows: 2000, allowed: 2000 }).way, 'flat');
    assert.equal(plan({ allowed: 2000 }).way, 'flat');
  });

  it('compares all codes when more has to pass than the filter or the walk can give', () => {
    const narrow = { wanted: 50, recall: 1 };
    assert.equal(plan({ limit: 2048, graphed: 100_000, width: narrow }).way, 'graph');
    assert.equal(plan({ limit: 2049, graphed: 100_000, width: narrow }).way, 'flat');
    assert.equal(plan({ limit: 2048, width: narrow }).way, 'scan');
    assert.equal(plan({ limit: 40, width: { wanted: 4096, recall: 1 } }).way, 'scan');
    assert.equal(plan({ limit: 41, width: { wanted: 4096, recall: 1 } }).way, 'flat');
  });

  it('walks when the graph has more than half of the rows', () => {
    assert.deepEqual(plan({ graphed: 50_001 }), { way: 'graph', wanted: 500, efFactor: 1 });
    assert.equal(plan({ graphed: 50_000 }).way, 'scan');
  });

  it('walks under a filter that allows half of the rows, with more candidates', () => {
    assert.deepEqual(plan({ graphed: 100_000, allowed: 50_000 }), { way: 'graph', wanted: 500, efFactor: 2 });
    assert.deepEqual(plan({ graphed: 100_000, allowed: 49_999 }), { way: 'scan', wanted: 500, efFactor: 1 });
  });

  it('has an answer for an empty index', () => {
    assert.deepEqual(plan({ rows: 0 }), { way: 'flat', wanted: 500, efFactor: 1 });
  });
});

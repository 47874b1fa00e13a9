import assert from 'node:assert/strict';
import { formatBytes, formatDuration, formatNumberOf } from '../../../src/cli/format.ts';

describe('numbers for people', () => {
  it('durations carry the unit that fits', () => {
    const durations = [0.04, 9.96, 12.4, 999, 1_000, 59_999, 125_000, 3_725_000].map(formatDuration);
    assert.deepEqual(durations, ['0.0 ms', '10.0 ms', '12 ms', '999 ms', '1.0 s', '60.0 s', '2 min 5 s', '1 h 2 min']);
  });

  it('bytes are decimal', () => {
    assert.deepEqual([0, 999, 1_000, 52_400_000, 2e12].map(formatBytes), [
      '0 B',
      '999 B',
      '1.0 kB',
      '52.4 MB',
      '2.0 TB',
    ]);
  });

  it('counts agree with their noun', () => {
    assert.equal(formatNumberOf(1, 'file'), '1 file');
    assert.equal(formatNumberOf(1_200, 'file'), '1,200 files');
    assert.equal(formatNumberOf(2, 'query', 'queries'), '2 queries');
  });
});

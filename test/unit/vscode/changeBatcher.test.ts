import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { FileChange } from '../../../src/protocol/types.ts';
import { ChangeBatcher } from '../../../src/vscode/changeBatcher.ts';

describe('change batcher', () => {
  let batches: (readonly FileChange[])[];
  let batcher: ChangeBatcher;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    batches = [];
    batcher = new ChangeBatcher((changes) => batches.push(changes));
  });

  afterEach(() => {
    batcher.dispose();
    mock.timers.reset();
  });

  it('delivers one saved file within 60 ms', () => {
    batcher.add({ type: 'changed', path: 'a.ts' });
    mock.timers.tick(60);
    assert.deepEqual(batches, [[{ type: 'changed', path: 'a.ts' }]]);
  });

  it('keeps of each path what happened last', () => {
    batcher.add({ type: 'deleted', path: 'a.ts' });
    batcher.add({ type: 'changed', path: 'a.ts' });
    batcher.add({ type: 'changed', path: 'b.ts' });
    batcher.add({ type: 'deleted', path: 'b.ts' });
    mock.timers.tick(60);
    assert.deepEqual(batches, [
      [
        { type: 'changed', path: 'a.ts' },
        { type: 'deleted', path: 'b.ts' },
      ],
    ]);
  });

  it('makes one batch of a branch switch, although its events come in bursts', () => {
    for (let burst = 0; burst < 5; burst++) {
      for (let file = 0; file < 2_000; file++) batcher.add({ type: 'changed', path: `${burst}/${file}.ts` });
      mock.timers.tick(300);
    }
    mock.timers.tick(400);
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [10_000],
    );
  });

  it('delivers in between when events never pause', () => {
    for (let elapsedMs = 0; elapsedMs < 7_000; elapsedMs += 50) {
      batcher.add({ type: 'changed', path: 'log.txt' });
      mock.timers.tick(50);
    }
    assert.equal(batches.length, 2);
  });

  it('delivers at once when asked, and nothing after that', () => {
    batcher.add({ type: 'changed', path: 'a.ts' });
    batcher.flush();
    assert.equal(batches.length, 1);
    mock.timers.tick(10_000);
    assert.equal(batches.length, 1);
  });

  it('delivers nothing once disposed of', () => {
    batcher.add({ type: 'changed', path: 'a.ts' });
    batcher.dispose();
    mock.timers.tick(10_000);
    assert.deepEqual(batches, []);
  });
});

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Progress, type ProgressStyle } from '../../../src/cli/progress.ts';
import type { IndexProgress } from '../../../src/protocol/types.ts';

describe('progress', () => {
  let written: string;
  let now: number;

  function create(style: ProgressStyle, isTTY: boolean): Progress {
    written = '';
    now = 1_000;
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
    stream.on('data', (data: Buffer) => (written += data.toString()));
    return new Progress(stream, style, () => now);
  }

  function step(done: number, changes: Partial<IndexProgress> = {}): IndexProgress {
    return { folderId: '/repo', phase: 'embedding', done, total: 2_000, ...changes };
  }

  it('draws a bar with rate and time left, and takes it away at the end', () => {
    const progress = create('bar', true);
    progress.update(step(0, { phase: 'discovering', total: 0 }));
    progress.update(step(1_000, { perSecond: 250.4, remainingMs: 4_000 }));
    progress.stop();
    assert.match(written, /Discovering 0 files/);
    assert.match(written, /Embedding \[#{12}\.{12}\] 1,000\/2,000 chunks, 250\/s, 4\.0 s left/);
    const erased = written.lastIndexOf('\u001b[2K');
    assert.ok(erased > written.lastIndexOf('Embedding'), 'the line is erased after the last drawing');
  });

  it('writes a line now and then where there is no terminal', () => {
    const progress = create('lines', false);
    progress.update(step(1));
    now += 9_999;
    progress.update(step(2));
    now += 1;
    progress.update(step(3, { perSecond: 10 }));
    progress.update(step(4));
    progress.stop();
    assert.equal(written, 'Embedding: 3 of 2,000 chunks, 10/s\n');
  });

  it('says nothing when it is switched off, and nothing about phases without work', () => {
    const none = create('none', true);
    none.update(step(1));
    none.stop();
    assert.equal(written, '');
    const bar = create('bar', true);
    bar.update(step(0, { phase: 'idle' }));
    bar.stop();
    assert.equal(written, '');
  });

  it('lets the process end after it was stopped twice', () => {
    const progress = create('bar', true);
    progress.update(step(1));
    progress.stop();
    progress.stop();
  });
});

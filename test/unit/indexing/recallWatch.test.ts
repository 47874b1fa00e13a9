import assert from 'node:assert/strict';
import { RecallWatch, type RecallWatchOptions } from '../../../src/core/indexing/recallWatch.ts';
import type { VectorIndex } from '../../../src/core/ports.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError, CancelledError } from '../../../src/protocol/errors.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { openIndex } from '../../support/vectorIndexes.ts';
import { clusteredVectors, take } from '../../support/vectors.ts';

const idleMs = 10_000;
const minutes = 60_000;
const count = 400;

/** The real index; time is the test's. */
describe('RecallWatch', () => {
  const vectors = take(clusteredVectors(16, 3), count);
  let clock: FakeClock;
  let index: VectorIndex;
  let watch: RecallWatch;
  let logged: LogRecord[];
  /** Checks that came to their end. */
  let checks: number;
  let isBusy: boolean;
  let readFails: boolean;

  beforeEach(async () => {
    clock = new FakeClock();
    logged = [];
    checks = 0;
    isBusy = readFails = false;
    index = await openIndex({
      dimensions: 16,
      rows: (ids) => {
        if (readFails) throw new AppError('StorageFailed', 'The disk is gone.');
        return ids.map((id) => vectors[id - 1]);
      },
    });
    await index.add([...vectors.keys()].map((position) => position + 1), vectors); // prettier-ignore
    watch = createWatch();
  });

  afterEach(async () => {
    await watch.dispose();
    await index.dispose();
    assert.equal(clock.sleeping, 0, 'a timer was left');
  });

  function createWatch(changes: Partial<RecallWatchOptions> = {}): RecallWatch {
    return new RecallWatch({
      clock,
      logger: { log: (record) => void logged.push(record) },
      index: () => index,
      goal: () => 0.95,
      whenIdle: true,
      isBusy: () => isBusy,
      onChecked: () => checks++,
      ...changes,
    });
  }

  /** Moves on by `ms`, and lets what is under way in real time come to its end. */
  async function pass(ms: number): Promise<void> {
    await clock.advance(ms);
    for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate);
  }

  it('checks once after the index was opened, ten seconds after its last use', async () => {
    watch.noteChange(0);
    await pass(idleMs - 1);
    watch.noteSearch();
    await pass(idleMs - 1);
    assert.equal(checks, 0);
    await pass(1);
    assert.equal(checks, 1);
    assert.equal((await index.stats()).recall?.at10, 1);
    assert.equal(clock.sleeping, 0, 'it waits for nothing');
    await pass(60 * minutes);
    assert.equal(checks, 1);
  });

  it('checks again after a tenth has changed, at most every five minutes', async () => {
    watch.noteChange(0);
    await pass(idleMs);
    watch.noteChange(count / 10 - 1);
    await pass(60 * minutes);
    assert.equal(checks, 1);
    watch.noteChange(1);
    await pass(idleMs);
    assert.equal(checks, 2);
    watch.noteChange(count);
    await pass(5 * minutes - 1);
    assert.equal(checks, 2);
    await pass(1);
    assert.equal(checks, 3);
  });

  it('checks at the next idle time when searches go another way or have another goal', async () => {
    watch.noteChange(0);
    await pass(idleMs);
    watch.noteChange(Infinity);
    await pass(5 * minutes);
    assert.equal(checks, 2);
  });

  it('waits until nothing is being indexed', async () => {
    isBusy = true;
    watch.noteChange(0);
    await pass(10 * minutes);
    assert.equal(checks, 0);
    isBusy = false;
    await pass(idleMs);
    assert.equal(checks, 1);
  });

  for (const [name, use] of Object.entries({
    search: (of: RecallWatch) => of.noteSearch(),
    change: (of: RecallWatch) => of.noteChange(1),
  })) {
    it(`gives way to a ${name}, and checks when it is idle again`, async () => {
      watch.noteChange(0);
      await clock.advance(idleMs);
      assert.equal(checks, 0, 'the check is over already');
      use(watch);
      await pass(idleMs - 1);
      assert.equal(checks, 0);
      assert.equal((await index.stats()).recall, undefined);
      await pass(1);
      assert.equal(checks, 1);
    });
  }

  it('checks what it finds when vectors are changed by others meanwhile', async () => {
    watch.noteChange(0);
    await clock.advance(idleMs);
    await index.add([1], [vectors[1]!]);
    await pass(0);
    assert.equal(checks, 0);
    await pass(idleMs);
    assert.equal(checks, 1);
  });

  it('does nothing by itself in a process that does not stay, but checks when asked', async () => {
    watch = createWatch({ whenIdle: false });
    watch.noteChange(count);
    await pass(60 * minutes);
    assert.deepEqual([checks, clock.sleeping], [0, 0]);
    assert.equal((await watch.check(undefined))?.samples, 50);
    assert.equal(checks, 1);
  });

  it('counts a check that was asked for', async () => {
    watch.noteChange(0);
    await watch.check(undefined);
    await pass(60 * minutes);
    assert.equal(checks, 1);
  });

  it('has nothing to check while there are no vectors', async () => {
    watch = createWatch({ index: () => undefined });
    watch.noteChange(1);
    await pass(60 * minutes);
    assert.equal(await watch.check(undefined), undefined);
    assert.deepEqual([checks, clock.sleeping], [0, 0]);
  });

  it('says why a check failed, and tries again five minutes later', async () => {
    readFails = true;
    watch.noteChange(0);
    await pass(idleMs);
    assert.deepEqual(
      logged.map(({ level, fields }) => [level, fields]),
      [['warn', { error: 'The disk is gone.' }]],
    );
    await assert.rejects(watch.check(undefined), { code: 'StorageFailed' });
    readFails = false;
    await pass(5 * minutes - 1);
    assert.equal(checks, 0);
    await pass(1);
    assert.equal(checks, 1);
  });

  it('stops a check that was asked for when the caller wants it', async () => {
    const controller = new AbortController();
    const checking = watch.check(controller.signal);
    controller.abort();
    await assert.rejects(checking, CancelledError);
  });

  it('leaves nothing behind when it ends while it waits', async () => {
    watch.noteChange(0);
    await clock.quiet();
    assert.equal(clock.sleeping, 1);
    await watch.dispose();
    assert.equal(clock.sleeping, 0);
    watch.noteChange(count);
    await pass(60 * minutes);
    assert.equal(checks, 0);
  });

  it('ends with the index in the middle of a check, idle or asked for', async () => {
    watch.noteChange(0);
    await clock.advance(idleMs);
    const asked = assert.rejects(watch.check(undefined), CancelledError);
    await watch.dispose();
    await asked;
    assert.equal(checks, 0);
    assert.deepEqual(logged, []);
  });
});

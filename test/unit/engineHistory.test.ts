import assert from 'node:assert/strict';
import { historyIntervalMs } from '../../src/protocol/metrics.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { EngineFixture, folderId } from '../support/engineFixture.ts';

describe('history of the engine', () => {
  let fixture: EngineFixture;
  let clock: FakeClock;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    clock = new FakeClock();
  });
  afterEach(async () => fixture.close());

  async function reopen(keepsHistory: boolean): Promise<void> {
    await fixture.reopenAt(clock, { keepsHistory });
  }

  it('has what was indexed and searched before anybody asked, and from then on what is new', async () => {
    await reopen(true);
    await fixture.engine.index(folderId);
    await fixture.engine.search({ query: 'retry upload' });
    await clock.advance(historyIntervalMs);
    const samples = await fixture.engine.history(0);
    const { vectors } = await fixture.folderStatus();
    const counted = samples.map(({ counts }) => counts);
    const sum = (name: keyof (typeof counted)[number]): number =>
      counted.reduce((total, counts) => total + counts[name], 0);
    assert.deepEqual([sum('filesIndexed'), sum('vectorsAdded'), sum('searches')], [3, vectors, 1]);
    assert.ok((samples.at(-1)?.gauges.engineRssBytes ?? 0) > 0);
    assert.deepEqual(await fixture.engine.history(samples.at(-1)?.at ?? 0), []);
  });

  it('takes no time in a process that nobody looks at', async () => {
    await reopen(false);
    await fixture.engine.index(folderId);
    assert.equal(clock.sleeping, 0);
    assert.deepEqual(await fixture.engine.history(0), []);
  });

  it('keeps nobody from closing', async () => {
    await reopen(true);
    await fixture.engine.index(folderId);
    assert.equal(clock.sleeping, 1);
    await fixture.engine.close();
    assert.equal(clock.sleeping, 0);
  });
});

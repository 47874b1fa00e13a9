import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { EngineEvents } from '../../../src/protocol/engineApi.ts';
import type { EngineStatus, HealthReport, IndexProgress } from '../../../src/protocol/types.ts';
import { EngineModel, sumProgress } from '../../../src/vscode/engineModel.ts';
import { createRecordingEngine, emptyStatus } from '../../support/recordingEngine.ts';

const progress = (changes: Partial<IndexProgress>): IndexProgress => ({
  folderId: 'a',
  phase: 'chunking',
  done: 0,
  total: 0,
  ...changes,
});

const healthy: HealthReport = { ok: true, ms: 1, checks: [] };
const unwell: HealthReport = { ok: false, ms: 1, checks: [{ name: 'disk', ok: false, detail: '12 MB free' }] };

describe('engine model', () => {
  let emit: <E extends keyof EngineEvents>(event: E, payload: EngineEvents[E]) => void;
  let answer: () => Promise<EngineStatus>;
  let asked: number;
  let health: HealthReport;
  let healthAsked: number;
  let changes: number;
  let model: EngineModel;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const listeners = new Map<string, (payload: never) => void>();
    emit = (event, payload) => listeners.get(event)?.(payload as never);
    asked = 0;
    health = healthy;
    healthAsked = 0;
    changes = 0;
    answer = async () => emptyStatus;
    const engine = createRecordingEngine({
      status: async () => {
        asked++;
        return answer();
      },
      health: async () => {
        healthAsked++;
        return Promise.resolve(health);
      },
    });
    model = new EngineModel({
      ...engine,
      on: (event, listener) => {
        listeners.set(event, listener);
        return () => void listeners.delete(event);
      },
    });
    model.onDidChange(() => changes++);
  });

  afterEach(() => {
    model.dispose();
    mock.timers.reset();
  });

  const turn = async () => new Promise(setImmediate);

  it('never asks an engine that has said nothing', () => {
    mock.timers.tick(60_000);
    assert.equal(asked, 0);
    assert.equal(model.status, undefined);
  });

  it('takes a search by meaning for a request until the engine has said otherwise', async () => {
    assert.equal(model.asksNetwork, true);
    await model.refresh();
    assert.equal(model.asksNetwork, false);
  });

  it('asks once for many events', async () => {
    for (let event = 0; event < 100; event++) emit('indexChanged', { folderId: 'a', version: event });
    emit('statusChanged', {});
    mock.timers.tick(150);
    await turn();
    assert.equal(asked, 1);
    assert.equal(model.status, emptyStatus);
    assert.equal(changes, 1);
  });

  it('asks again after the next event when the engine could not answer', async () => {
    answer = async () => Promise.reject(new Error('stopped'));
    emit('statusChanged', {});
    mock.timers.tick(150);
    await turn();
    answer = async () => emptyStatus;
    emit('statusChanged', {});
    mock.timers.tick(1_000);
    await turn();
    assert.equal(model.status, emptyStatus);
  });

  const working = (): readonly string[] => model.progress.map(({ folderId, phase }) => `${folderId} ${phase}`);

  it('has the progress of the folders that work, and none of those that were closed', () => {
    emit('progress', progress({ folderId: 'a', done: 1, total: 4 }));
    emit('progress', progress({ folderId: 'b', done: 2, total: 4 }));
    model.forget('b');
    assert.deepEqual(working(), ['a chunking']);
    model.forget();
    assert.deepEqual(working(), []);
  });

  it('has a folder whose work ended until the status says what came of it, which is asked for soon', async () => {
    await model.refresh();
    emit('progress', progress({ phase: 'chunking' }));
    emit('statusChanged', {}); // Would be followed a second later while a folder works.
    emit('progress', progress({ phase: 'idle' }));
    assert.deepEqual(working(), ['a chunking']);
    const seen: (readonly string[])[] = [];
    model.onDidChange(() => seen.push(working()));
    mock.timers.tick(150);
    await turn();
    assert.equal(asked, 2);
    assert.deepEqual([...new Set(seen.flat())], []);
    assert.ok(seen.length > 0);
  });

  it('has what works anew while the end of its former work is asked for', async () => {
    emit('progress', progress({ phase: 'chunking' }));
    emit('progress', progress({ phase: 'idle' }));
    mock.timers.tick(150);
    emit('progress', progress({ phase: 'discovering' }));
    await turn();
    assert.deepEqual(working(), ['a discovering']);
  });

  it('keeps no end of work whose status could not be had, nor one of work it was told nothing of', async () => {
    answer = async () => Promise.reject(new Error('stopped'));
    emit('progress', progress({ phase: 'chunking' }));
    emit('progress', progress({ phase: 'idle' }));
    emit('progress', progress({ folderId: 'b', phase: 'idle' }));
    assert.deepEqual(working(), ['a chunking']);
    const before = changes;
    mock.timers.tick(150);
    await turn();
    assert.deepEqual(working(), []);
    assert.equal(changes, before + 1);
  });

  /** An event, and all that follows from it within the second. */
  async function change(): Promise<void> {
    emit('statusChanged', {});
    mock.timers.tick(1_000);
    await turn();
  }

  it('looks at the health with the status, once in half a minute for many changes', async () => {
    await change();
    assert.equal(model.health, healthy);
    for (let n = 0; n < 10; n++) await change();
    assert.deepEqual([asked, healthAsked], [11, 1]);
    // What changed meanwhile is looked at in the end, without another event.
    mock.timers.tick(30_000);
    mock.timers.tick(1_000);
    await turn();
    assert.equal(healthAsked, 2);
    mock.timers.tick(600_000);
    await turn();
    assert.equal(healthAsked, 2);
  });

  it('looks again while something is wrong: it may pass without an event', async () => {
    health = unwell;
    await change();
    assert.equal(model.health, unwell);
    health = healthy;
    const changesBefore = changes;
    mock.timers.tick(30_000);
    mock.timers.tick(1_000);
    await turn();
    assert.equal(model.health, healthy);
    assert.equal(changes, changesBefore + 1);
  });

  it('asks an engine that stopped for its health when it is back, and not before', async () => {
    health = unwell;
    await change();
    model.forget();
    assert.equal(model.health, undefined);
    mock.timers.tick(60_000);
    await turn();
    assert.equal(healthAsked, 1);
    await change();
    assert.equal(healthAsked, 2);
  });

  it('asks nothing once it is disposed of', () => {
    emit('statusChanged', {});
    model.dispose();
    mock.timers.tick(10_000);
    assert.equal(asked, 0);
  });
});

describe('progress of several folders', () => {
  it('is that of the phase that is furthest behind, summed, with the longest time left', () => {
    const sum = sumProgress([
      progress({ folderId: 'a', phase: 'embedding', done: 5, total: 9 }),
      progress({ folderId: 'b', done: 1, total: 10, perSecond: 2, remainingMs: 100 }),
      progress({ folderId: 'c', done: 2, total: 20, perSecond: 3, remainingMs: 900 }),
    ]);
    assert.deepEqual(sum, { phase: 'chunking', done: 3, total: 30, perSecond: 5, remainingMs: 900 });
  });

  it('is none when no folder works', () => {
    assert.equal(sumProgress([]), undefined);
  });
});

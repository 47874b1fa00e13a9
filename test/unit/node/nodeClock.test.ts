import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { CancelledError } from '../../../src/protocol/errors.ts';

describe('nodeClock', () => {
  it('sleeps at least as long as asked', async () => {
    const start = nodeClock.monotonicMs();
    await nodeClock.sleep(20);
    // Timers count in whole milliseconds of another clock.
    assert(nodeClock.monotonicMs() - start >= 18);
  });

  it('wakes with CancelledError when the signal fires, and not at all when it already has', async () => {
    const controller = new AbortController();
    const sleeping = nodeClock.sleep(60_000, controller.signal);
    controller.abort('enough');
    await assert.rejects(sleeping, (error: unknown) => error instanceof CancelledError && error.cause === 'enough');
    await assert.rejects(nodeClock.sleep(60_000, controller.signal), CancelledError);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await nodeClock.sleep(1, signal);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('yields to what is already waiting, timers and messages included', async () => {
    const { port1, port2 } = new MessageChannel();
    let received = false;
    port2.onmessage = () => (received = true);
    port1.postMessage('query');
    for (let turn = 0; turn < 10 && !received; turn++) await nodeClock.yield();
    assert(received);
    port1.close();
  });
});

import assert from 'node:assert/strict';
import { AppError } from '../../../src/protocol/errors.ts';
import { Channel } from '../../../src/rpc/channel.ts';
import { createMemoryPorts } from '../../../src/rpc/memoryPort.ts';
import { transferring } from '../../../src/rpc/transfer.ts';

interface Api {
  add(a: number, b: number, signal?: AbortSignal): Promise<number>;
  vector(size: number, signal?: AbortSignal): Promise<{ values: Float32Array }>;
  fail(signal?: AbortSignal): Promise<never>;
  hang(signal?: AbortSignal): Promise<never>;
  uncloneable(signal?: AbortSignal): Promise<unknown>;
}

interface Events {
  tick: { readonly count: number };
}

type Nothing = Record<never, never>;

function connect(api: Partial<Api> = {}) {
  const memory = createMemoryPorts();
  const near = new Channel<Api, Events>(memory.ports[0], 'The engine');
  const far = new Channel<Nothing, Events>(memory.ports[1], 'The host');
  const complete: Api = {
    add: async (a, b) => a + b,
    vector: async (size) => {
      const values = new Float32Array(size).fill(0.5);
      return transferring({ values }, [values.buffer]);
    },
    fail: async () => {
      throw new AppError('ProviderAuth', 'The key was refused. Set another.', { data: { status: 401 } });
    },
    hang: async () => new Promise<never>(() => undefined),
    uncloneable: async () => () => 1,
    ...api,
  };
  far.serve(complete, ['add', 'vector', 'fail', 'hang', 'uncloneable']);
  return { near, far, memory };
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

describe('channel', () => {
  it('answers each call with its own result, whatever the order of the answers', async () => {
    const waits: (() => void)[] = [];
    const { near } = connect({
      add: async (a, b) => {
        await new Promise<void>((resolve) => waits.push(resolve));
        return a + b;
      },
    });
    const first = near.call('add', [1, 2]);
    const second = near.call('add', [10, 20]);
    await new Promise(setImmediate);
    waits[1]?.();
    assert.equal(await second, 30);
    waits[0]?.();
    assert.equal(await first, 3);
  });

  it('moves marked buffers instead of copying them', async () => {
    let sent: Float32Array | undefined;
    const { near } = connect({
      vector: async (size) => {
        sent = new Float32Array(size).fill(0.25);
        return transferring({ values: sent }, [sent.buffer as ArrayBuffer]);
      },
    });
    const { values } = await near.call('vector', [3]);
    assert.deepEqual([...values], [0.25, 0.25, 0.25]);
    assert.equal(sent?.length, 0);
  });

  it('carries an error with its code, message and data', async () => {
    const { near } = connect();
    await assert.rejects(near.call('fail', []), (error: unknown) => {
      assert(error instanceof AppError);
      assert.equal(error.code, 'ProviderAuth');
      assert.equal(error.message, 'The key was refused. Set another.');
      assert.deepEqual(error.data, { status: 401 });
      return true;
    });
  });

  it('rejects the call when its answer cannot be cloned', async () => {
    const { near } = connect();
    await assert.rejects(near.call('uncloneable', []), code('Internal'));
  });

  it('rejects the call when its arguments cannot be cloned, and the channel goes on', async () => {
    const { near } = connect();
    await assert.rejects(near.call('add', [(() => 1) as unknown as number, 2]), code('Internal'));
    assert.equal(await near.call('add', [1, 1]), 2);
  });

  it('rejects a call that nothing answers', async () => {
    const { near } = connect();
    const untyped = near as unknown as Channel<{ toString(): Promise<string> }, Events>;
    await assert.rejects(untyped.call('toString', []), code('Internal'));
  });

  it('rejects an aborted call at once and fires the signal of the other side', async () => {
    let farSignal: AbortSignal | undefined;
    const { near } = connect({
      hang: async (signal) => {
        farSignal = signal;
        return new Promise<never>(() => undefined);
      },
    });
    const controller = new AbortController();
    const call = near.call('hang', [], controller.signal);
    await new Promise(setImmediate);
    assert.equal(farSignal?.aborted, false);
    controller.abort();
    await assert.rejects(call, code('Cancelled'));
    await new Promise(setImmediate);
    assert.equal(farSignal.aborted, true);
  });

  it('does not send a call whose signal has already fired', async () => {
    let calls = 0;
    const { near } = connect({
      add: async () => ++calls,
    });
    await assert.rejects(near.call('add', [1, 2], AbortSignal.abort()), code('Cancelled'));
    await new Promise(setImmediate);
    assert.equal(calls, 0);
  });

  it('delivers events until the listener is removed', async () => {
    const { near, far } = connect();
    const seen: number[] = [];
    const off = near.on('tick', ({ count }) => seen.push(count));
    far.emit('tick', { count: 1 });
    far.emit('tick', { count: 2 });
    await new Promise(setImmediate);
    off();
    far.emit('tick', { count: 3 });
    await new Promise(setImmediate);
    assert.deepEqual(seen, [1, 2]);
  });

  it('rejects every pending call when the other side dies, and every later one', async () => {
    const { near, memory } = connect();
    const calls = [near.call('hang', []), near.call('hang', [])];
    memory.break(new Error('killed'));
    for (const call of calls) await assert.rejects(call, code('ChannelClosed'));
    await assert.rejects(near.call('add', [1, 2]), code('ChannelClosed'));
    assert.equal(near.isClosed, true);
  });

  it('aborts what it was serving when the other side dies', async () => {
    let farSignal: AbortSignal | undefined;
    const { near, memory } = connect({
      hang: async (signal) => {
        farSignal = signal;
        return new Promise<never>(() => undefined);
      },
    });
    const call = near.call('hang', []);
    await new Promise(setImmediate);
    memory.break(undefined);
    await assert.rejects(call, code('ChannelClosed'));
    assert.equal(farSignal?.aborted, true);
  });

  it('tells once that it has closed', () => {
    const { near } = connect();
    let closings = 0;
    near.onClosed(() => closings++);
    near.close();
    near.close();
    assert.equal(closings, 1);
  });
});

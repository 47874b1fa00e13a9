import assert from 'node:assert/strict';
import { EngineClient, type EngineCrash } from '../../../src/node/engineClient.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';
import { type EngineApi, type EngineEvents, engineMethods } from '../../../src/protocol/engineApi.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import type { HostApi } from '../../../src/protocol/hostApi.ts';
import { Channel } from '../../../src/rpc/channel.ts';
import { connectFetch } from '../../../src/rpc/fetchBridge.ts';
import { createMemoryPorts } from '../../../src/rpc/memoryPort.ts';
import { createRecordingEngine, type RecordedCall } from '../../support/recordingEngine.ts';

const folder = { folderId: 'a', root: '/a', indexDir: '/index/a' };
const otherFolder = { folderId: 'b', root: '/b', indexDir: '/index/b' };

interface StartedEngine {
  readonly calls: readonly RecordedCall[];
  readonly channel: Channel<HostApi, EngineEvents>;
  crash(cause?: Error): void;
  readonly state: { terminated: boolean };
}

describe('engine client', () => {
  let engines: StartedEngine[];
  let crashes: EngineCrash[];
  let answers: Partial<EngineApi>;
  let nowMs: number;
  let passTime: (() => void) | undefined;
  let client: EngineClient;

  beforeEach(() => {
    engines = [];
    crashes = [];
    answers = {};
    nowMs = 0;
    passTime = undefined;
    client = new EngineClient({
      start: () => {
        const memory = createMemoryPorts();
        const { ports } = memory;
        const engine = createRecordingEngine(answers);
        const channel = new Channel<HostApi, EngineEvents>(ports[1], 'The editor');
        channel.serve<EngineApi>(engine, engineMethods);
        const state = { terminated: false };
        engines.push({ calls: engine.calls, channel, crash: (cause) => memory.break(cause), state });
        return {
          port: ports[0],
          terminate: async () => {
            state.terminated = true;
            ports[0].close();
          },
        };
      },
      fetch: async (url) => new Response(`fetched ${url}`),
      clock: {
        monotonicMs: () => nowMs,
        sleep: async () => new Promise<void>((resolve) => (passTime = resolve)),
      },
      onCrash: (crash) => crashes.push(crash),
    });
  });

  const methods = (engine: StartedEngine | undefined) => engine?.calls.map(({ method }) => method);
  const hang = async () => new Promise<never>(() => undefined);
  const code = (expected: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === expected;
  async function configure() {
    await client.configure(defaultConfig, { apiKey: 'k' }, { remoteProvider: true });
  }

  it('starts nothing for a configuration alone', async () => {
    await configure();
    assert.equal(engines.length, 0);
  });

  it('starts the engine with the first call, with its configuration and folder before it', async () => {
    await configure();
    await client.openFolder(folder);
    await client.search({ query: 'q' });
    assert.equal(engines.length, 1);
    assert.deepEqual(methods(engines[0]), ['configure', 'openFolder', 'search']);
    assert.deepEqual(engines[0]?.calls[0]?.args, [defaultConfig, { apiKey: 'k' }, { remoteProvider: true }]);
  });

  it('sends a later configuration to the running engine', async () => {
    await client.openFolder(folder);
    await configure();
    assert.deepEqual(methods(engines[0]), ['openFolder', 'configure']);
  });

  it('rejects pending calls when the engine dies, and starts it again with the same state for the next one', async () => {
    await configure();
    await client.openFolder(folder);
    await client.openFolder(otherFolder);
    await client.closeFolder('b');
    answers = {};
    const pending = client.index('a');
    await new Promise(setImmediate);
    engines[0]?.crash(new Error('boom'));
    // The fake had answered before the crash; a hanging one is below.
    await pending;
    await client.search({ query: 'q' });
    assert.equal(engines.length, 2);
    assert.deepEqual(methods(engines[1]), ['configure', 'openFolder', 'search']);
    assert.deepEqual(engines[1]?.calls[1]?.args, [folder]);
    assert.deepEqual(
      crashes.map(({ crashesInRow, pausedMs }) => [crashesInRow, pausedMs]),
      [[1, 0]],
    );
  });

  it('rejects a call that was waiting for its answer with ChannelClosed', async () => {
    answers = { search: hang };
    const pending = client.search({ query: 'q' });
    await new Promise(setImmediate);
    engines[0]?.crash();
    await assert.rejects(pending, code('ChannelClosed'));
  });

  it('pauses after three crashes in a row and answers again after 30 s', async () => {
    for (let round = 0; round < 3; round++) {
      await client.status();
      engines[round]?.crash();
    }
    assert.deepEqual(
      crashes.map(({ pausedMs }) => pausedMs),
      [0, 0, 30_000],
    );
    nowMs = 29_999;
    await assert.rejects(client.status(), (error: unknown) => {
      assert(error instanceof AppError && error.code === 'EngineCrashed');
      assert.equal(error.data['retryInMs'], 1);
      return true;
    });
    assert.equal(engines.length, 3);
    nowMs = 30_000;
    await client.status();
    assert.equal(engines.length, 4);
    engines[3]?.crash();
    assert.deepEqual(
      crashes.map(({ isFirstPause }) => isFirstPause),
      [false, false, true, false],
    );
  });

  it('begins a new row after an engine that ran for a minute', async () => {
    for (let round = 0; round < 3; round++) {
      await client.status();
      if (round === 2) nowMs = 60_000;
      engines[round]?.crash();
    }
    assert.equal(crashes[2]?.crashesInRow, 1);
    await client.status();
    assert.equal(engines.length, 4);
  });

  it('searches the other folders when one cannot be opened, and says why to calls about that one', async () => {
    answers = {
      openFolder: async ({ folderId }) => {
        if (folderId === 'b') throw new AppError('FolderNotFound', 'The folder is gone.');
      },
    };
    const warnings: string[] = [];
    client.on('log', ({ message }) => warnings.push(message));
    await client.openFolder(folder);
    await assert.rejects(client.openFolder(otherFolder), code('FolderNotFound'));
    await client.search({ query: 'q' });
    await client.search({ query: 'r' });
    assert.deepEqual(methods(engines[0]), ['openFolder', 'openFolder', 'search', 'search']);
    await assert.rejects(client.index('b'), code('FolderNotFound'));
    assert.deepEqual(methods(engines[0])?.at(-1), 'openFolder');
    assert.equal(warnings.length, 2);
  });

  it('goes on when the engine refuses its configuration, and says so in the log', async () => {
    answers = {
      configure: async () => {
        throw new AppError('InvalidArgument', 'No such provider.');
      },
    };
    await configure();
    const logged: unknown[] = [];
    client.on('log', ({ fields }) => logged.push(fields));
    await client.search({ query: 'q' });
    assert.deepEqual(logged, [{ code: 'InvalidArgument', reason: 'No such provider.' }]);
    await assert.rejects(configure(), code('InvalidArgument'));
  });

  it('keeps its listeners across a restart', async () => {
    const versions: number[] = [];
    client.on('indexChanged', ({ version }) => versions.push(version));
    await client.status();
    engines[0]?.channel.emit('indexChanged', { folderId: 'a', version: 1 });
    await new Promise(setImmediate);
    engines[0]?.crash();
    await client.status();
    engines[1]?.channel.emit('indexChanged', { folderId: 'a', version: 2 });
    await new Promise(setImmediate);
    assert.deepEqual(versions, [1, 2]);
  });

  it('rejects an aborted call while the engine still opens its folders', async () => {
    answers = { openFolder: hang };
    const controller = new AbortController();
    client.openFolder(folder).catch(() => undefined);
    const search = client.search({ query: 'q' }, controller.signal);
    await new Promise(setImmediate);
    controller.abort();
    await assert.rejects(search, code('Cancelled'));
  });

  it('sends the HTTP requests of the engine', async () => {
    await client.status();
    const channel = engines[0]?.channel;
    assert(channel);
    const fetch = connectFetch((request, signal) => channel.call('fetch', [request], signal));
    const response = await fetch('http://example.test/', {});
    assert.equal(await response.text(), 'fetched http://example.test/');
  });

  describe('close', () => {
    it('starts nothing and may be called twice', async () => {
      await client.close();
      await client.close();
      assert.equal(engines.length, 0);
    });

    it('lets the engine end cleanly, then refuses calls', async () => {
      await client.openFolder(folder);
      await client.close();
      assert.equal(methods(engines[0])?.at(-1), 'close');
      assert.equal(engines[0]?.state.terminated, true);
      assert.deepEqual(crashes, []);
      await assert.rejects(client.status(), code('ChannelClosed'));
    });

    it('ends an engine that does not answer when its time is over', async () => {
      answers = { close: hang };
      await client.status();
      const closing = client.close();
      await new Promise(setImmediate);
      assert.equal(engines[0]?.state.terminated, false);
      passTime?.();
      await closing;
      assert.equal(engines[0].state.terminated, true);
    });
  });
});

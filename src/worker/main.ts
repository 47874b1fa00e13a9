import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from '../core/engine.ts';
import type { EngineWorkerData } from '../node/engineWorker.ts';
import { LoopDelay } from '../node/loopDelay.ts';
import { createNodePlatform } from '../node/platform.ts';
import { parentThreadPort } from '../node/workerPort.ts';
import { type EngineApi, type EngineEvents, engineEvents, engineMethods } from '../protocol/engineApi.ts';
import type { MetricsSnapshot } from '../protocol/metrics.ts';
import type { HostApi } from '../protocol/hostApi.ts';
import { Channel } from '../rpc/channel.ts';
import { connectFetch } from '../rpc/fetchBridge.ts';

/* The engine's worker thread: builds the engine on Node's platform and answers for it. */

if (parentPort === null) throw new Error('This file runs as a worker thread only.');
const { cacheDir, assetsDir, parserPath, shardPath } = workerData as EngineWorkerData;

const channel = new Channel<HostApi, EngineEvents>(parentThreadPort(parentPort), 'The editor');
const platform = createNodePlatform({
  assetsDir,
  parserPath,
  shardPath,
  fetch: connectFetch((request, signal) => channel.call('fetch', [request], signal)),
  logger: { log: (record) => channel.emit('log', record) },
});

/** The engine, with what only its thread can measure. */
class ThreadedEngine extends Engine {
  readonly loopDelay = new LoopDelay();

  override async metrics(): Promise<MetricsSnapshot> {
    const snapshot = await super.metrics();
    const engineLoopDelayP99Ms = this.loopDelay.percentileMs(99);
    if (engineLoopDelayP99Ms === undefined) return snapshot;
    return { ...snapshot, gauges: { ...snapshot.gauges, engineLoopDelayP99Ms } };
  }
}

const engine = new ThreadedEngine(platform, { cacheDir, checksRecall: true, keepsHistory: true });
engine.on('progress', ({ phase }) => (phase === 'idle' ? engine.loopDelay.stop() : engine.loopDelay.start()));
for (const event of engineEvents) engine.on(event, (payload) => channel.emit(event, payload));
channel.serve<EngineApi>(engine, engineMethods);

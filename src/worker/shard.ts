import { parentPort, workerData } from 'node:worker_threads';
import { shardMethods, type ShardApi } from '../core/vector/shardApi.ts';
import { VectorShard } from '../core/vector/vectorShard.ts';
import { createKernelLoader } from '../node/kernelLoader.ts';
import { nodeClock } from '../node/nodeClock.ts';
import { NodeStorage } from '../node/nodeStorage.ts';
import type { ShardThreadData, ShardThreadEvents } from '../node/shardThreads.ts';
import { parentThreadPort } from '../node/workerPort.ts';
import { Channel } from '../rpc/channel.ts';

/* The thread of one shard of a large vector index. */

if (parentPort === null) throw new Error('This file runs as a worker thread only.');
const { kernelPath } = workerData as ShardThreadData;
const channel = new Channel<Record<never, never>, ShardThreadEvents>(parentThreadPort(parentPort), 'The engine');
const shard = new VectorShard({
  loadKernel: createKernelLoader(kernelPath),
  storage: new NodeStorage(),
  clock: nodeClock,
  logger: { log: (record) => channel.emit('log', record) },
});
channel.serve<ShardApi>(shard, shardMethods);

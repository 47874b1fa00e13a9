/** The thread of a shard, as src/worker/shard.ts is; it dies without a word when it is asked for the vector `deadlyId`. */
import { parentPort } from 'node:worker_threads';
import '../../src/worker/shard.ts';
import type { Frame } from '../../src/rpc/frames.ts';
import { deadlyId } from './deadlyId.ts';

// Answers are sent in a later microtask than this: none is given any more.
parentPort!.on('message', (frame: Frame) => {
  if (frame.type === 'call' && frame.method === 'get' && frame.args[0] === deadlyId) process.exit(3);
});

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../core/ports.ts';
import { shardMethods, type ShardApi } from '../core/vector/shardApi.ts';
import { VectorShard, type ShardSurroundings } from '../core/vector/vectorShard.ts';
import type { LogRecord } from '../protocol/engineApi.ts';
import { Channel, type Contract } from '../rpc/channel.ts';
import { workerThreadPort } from './workerPort.ts';

/** What a shard's thread is told when it starts. */
export interface ShardThreadData {
  readonly kernelPath: string;
}

export interface ShardThreadEvents {
  readonly log: LogRecord;
}

/** More threads than this find their memory bus taken. */
const maxThreads = 4;
/** JavaScript heap of a shard's thread; its vectors are outside of it. */
const maxHeapMegabytes = 256;

/** Threads for all shards of an index, this one included: half of the cores, as others have work to do as well. */
function threadCount(threads: number): number {
  return threads > 0 ? threads : Math.max(1, Math.min(maxThreads, availableParallelism() >> 1));
}

/**
 * Creates the shards of indexes: the first, and with it every small index, in this thread, further ones in turn here and in
 * threads of their own as far as threads may be used. `threadPath`: their entry; undefined: no threads.
 */
export function createShardFactory(
  surroundings: ShardSurroundings,
  { threadPath, kernelPath }: { threadPath: string | undefined; kernelPath: string },
): (number: number, threads: number) => ShardApi {
  return (number, threads) => {
    const isHere = threadPath === undefined || number % threadCount(threads) === 0;
    return isHere ? new VectorShard(surroundings) : startShardThread(threadPath, { kernelPath }, surroundings.logger);
  };
}

/** A shard in a thread of its own, which ends with the shard. */
function startShardThread(threadPath: string, workerData: ShardThreadData, logger: Logger): ShardApi {
  const worker = new Worker(threadPath, {
    workerData,
    name: 'codeweaver-vectors',
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
  });
  const channel = new Channel<Contract<ShardApi> & ShardApi, ShardThreadEvents>(
    workerThreadPort(worker),
    'The vector index',
  );
  channel.on('log', (record) => logger.log(record));
  // Nobody has to wait for a shard: what matters of it is on disk. Listening has made the process wait again.
  worker.unref();
  const call = (method: keyof ShardApi, args: readonly unknown[]): Promise<unknown> =>
    channel.call(method, args as never);
  const remote = Object.fromEntries(
    shardMethods.map((method) => [method, async (...args: readonly unknown[]) => call(method, args)]),
  ) as unknown as ShardApi;
  return {
    ...remote,
    stats: async () => ({ ...(await remote.stats()), isHere: false }),
    dispose: async () => {
      try {
        await remote.dispose();
      } catch (error) {
        // A thread that has died needs no end.
        if (!channel.isClosed) throw error;
      } finally {
        channel.close();
      }
    },
  };
}

import { Worker } from 'node:worker_threads';
import type { Port } from '../rpc/frames.ts';
import { workerThreadPort } from './workerPort.ts';

/** What the engine's worker thread is told when it starts. */
export interface EngineWorkerData {
  /** Directory of the embedding cache, shared by all workspaces and windows. */
  readonly cacheDir: string;
  /** Directory of the grammars and other files the engine reads. */
  readonly assetsDir: string;
  /** Entry of the parse process. */
  readonly parserPath: string;
  /** Entry of the thread of a part of a large vector index. */
  readonly shardPath: string;
}

/** A running engine: a way to talk to it and a way to end it. */
export interface EngineProcess {
  readonly port: Port;
  /** Ends it at once, whatever it does. */
  terminate(): Promise<void>;
}

/**
 * JavaScript heap of the engine. Ten times what it needs for 50,000 chunks: reaching it ends the worker with an error,
 * where an unlimited worker takes the editor's whole extension host with it.
 */
const maxHeapMegabytes = 1_024;
/** Young generation: what passes through the engine is short-lived, and a larger one only defers collecting it. */
const maxYoungMegabytes = 16;

/** Starts the engine's worker thread. */
export function startEngineWorker(workerPath: string, workerData: EngineWorkerData): EngineProcess {
  const worker = new Worker(workerPath, {
    workerData,
    name: 'codeweaver-engine',
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes, maxYoungGenerationSizeMb: maxYoungMegabytes },
  });
  return {
    port: workerThreadPort(worker),
    terminate: async () => {
      await worker.terminate();
    },
  };
}

import type { EngineConfig } from '../../protocol/config.ts';
import type { EngineEvents } from '../../protocol/engineApi.ts';
import type { EmbeddingCache } from '../embedding/embeddingCache.ts';
import type { Spending } from '../embedding/spending.ts';
import type { MemoryGovernor } from '../memory/memoryGovernor.ts';
import type { Metrics, Platform } from '../ports.ts';
import type { EmbedQueue } from './embedQueue.ts';

/** What the engine shares with the indexes of its folders. */
export interface FolderDependencies {
  readonly platform: Platform;
  readonly metrics: Metrics;
  readonly cache: EmbeddingCache;
  readonly spending: Spending;
  readonly embedQueue: EmbedQueue;
  readonly config: () => EngineConfig;
  readonly memory: MemoryGovernor;
  /** The process stays: checks the recall of the vector index on idle. */
  readonly checksRecall: boolean;
  readonly emit: <E extends keyof EngineEvents>(event: E, payload: EngineEvents[E]) => void;
}

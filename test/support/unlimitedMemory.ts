import { MemoryGovernor } from '../../src/core/memory/memoryGovernor.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import { defaultConfig } from '../../src/protocol/config.ts';

/** Of an engine that holds nothing, as far as it knows. */
export function unlimitedMemory(): MemoryGovernor {
  return new MemoryGovernor({
    measure: async () => Promise.resolve({ workingBytes: 0, totalBytes: 0, heapShare: 0 }),
    config: () => defaultConfig.memory,
    clock: nodeClock,
    logger: { log: () => undefined },
    trim: () => undefined,
    onChanged: () => undefined,
  });
}

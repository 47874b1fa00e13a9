import { toHex } from '../../util/hex.ts';
import type { PendingChunk } from '../store/vectorLedger.ts';

/** Chunks with the same text share one request and one vector. */
export interface ChunkGroup {
  readonly identity: Uint8Array;
  readonly first: PendingChunk;
  readonly ids: number[];
}

export function groupByIdentity(chunks: readonly PendingChunk[]): ChunkGroup[] {
  const groups = new Map<string, ChunkGroup>();
  for (const chunk of chunks) {
    const key = toHex(chunk.identity);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { identity: chunk.identity, first: chunk, ids: [chunk.id] });
    else group.ids.push(chunk.id);
  }
  return [...groups.values()];
}

import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Its modification time is when the folder of an index was opened last. */
const markName = 'opened';

/** Remembers that the index in this directory is in use now. */
export async function markIndexUsed(indexDir: string): Promise<void> {
  await writeFile(join(indexDir, markName), '');
}

/**
 * Removes the indexes below `directory` that were marked as used, but not within `maxAgeMs`; returns how many. An index
 * costs time to make again, never money: vectors are in the embedding cache.
 */
export async function removeUnusedIndexes(directory: string, maxAgeMs: number, nowMs = Date.now()): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(directory)) {
    const mark = await stat(join(directory, name, markName)).catch(() => undefined);
    if (mark === undefined || nowMs - mark.mtimeMs <= maxAgeMs) continue;
    await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 });
    removed++;
  }
  return removed;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

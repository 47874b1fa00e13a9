import { CancelledError } from '../../protocol/errors.ts';
import type { FolderIndex } from './folderIndex.ts';
import type { VectorTier } from './vectorTier.ts';

/**
 * What `look` finds by the vectors that answer in a folder; undefined when they end meanwhile, as the provider is changed.
 * Rejects with what `look` rejects with otherwise.
 */
export async function whileAnswering<T>(
  folder: FolderIndex,
  look: (tier: VectorTier) => Promise<T | undefined>,
): Promise<T | undefined> {
  const tier = folder.answering?.tier;
  if (tier === undefined) return undefined;
  try {
    const found = await look(tier);
    return folder.answering?.tier === tier ? found : undefined;
  } catch (error) {
    if (error instanceof CancelledError) return undefined;
    throw error;
  }
}

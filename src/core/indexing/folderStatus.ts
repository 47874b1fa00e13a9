import type { FolderSpec } from '../../protocol/engineApi.ts';
import type { FolderStatus } from '../../protocol/types.ts';
import type { Storage } from '../ports.ts';
import { catalogueFileName, type Catalogue } from '../store/catalogue.ts';
import { chunkCount, counts, languages, skippedByReason } from '../store/report.ts';
import type { VectorTier } from './vectorTier.ts';

/** Reads a folder's state from the catalogue; `state` is what only the running process knows. O(chunks). */
export async function folderStatus(
  folder: FolderSpec,
  catalogue: Catalogue,
  tier: VectorTier | undefined,
  storage: Storage,
  state: Pick<FolderStatus, 'phase' | 'leader' | 'integrity' | 'error' | 'spent'>,
): Promise<FolderStatus> {
  const space = tier?.space;
  const bytes = await Promise.all(
    ['', '-wal'].map((suffix) => storage.size(storage.join(folder.indexDir, catalogueFileName + suffix))),
  );
  const { database } = catalogue;
  const index = await tier?.index?.stats();
  return {
    ...state,
    folderId: folder.folderId,
    root: folder.root,
    counts: counts(database, tier?.spaceRow),
    skippedByReason: skippedByReason(database),
    chunks: chunkCount(database),
    languages: languages(database),
    vectors: tier === undefined ? 0 : catalogue.ledger.countEmbedded(tier.spaceRow),
    ...(space === undefined
      ? {}
      : {
          space: {
            provider: space.provider,
            endpoint: space.endpoint,
            model: space.model,
            dimensions: space.dimensions || catalogue.ledger.spaceDimensions(space.id),
          },
        }),
    ...(index === undefined ? {} : { vectorIndex: index }),
    sizes: {
      catalogueBytes: bytes.reduce((sum, size) => sum + size, 0),
      vectorBytes: index?.bytes ?? 0,
    },
    updatedAt: Number(catalogue.meta('updatedAt')),
  };
}

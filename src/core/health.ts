import { AppError, toAppError } from '../protocol/errors.ts';
import type { HealthCheck, HealthReport, ProviderStatus, RerankerStatus } from '../protocol/types.ts';
import type { FolderIndex } from './indexing/folderIndex.ts';
import type { Clock, Storage } from './ports.ts';

/** With less than this an index of a large repository cannot be written to its end. */
const leastFreeBytes = 200e6;

export interface HealthOptions {
  readonly folders: readonly FolderIndex[];
  /** From its last call; nothing is asked now. */
  readonly provider: ProviderStatus;
  /** From its last call, too; undefined: off. */
  readonly reranker: RerankerStatus | undefined;
  readonly storage: Storage;
  readonly clock: Clock;
}

/** Looks at everything that answers depend on. No check throws; what goes wrong in one is its result. */
export async function checkHealth(options: HealthOptions): Promise<HealthReport> {
  const { folders, provider, reranker, storage, clock } = options;
  const start = clock.monotonicMs();
  const checks: HealthCheck[] = [{ name: 'engine', ok: true, detail: 'answers' }];
  checks.push({
    name: 'provider',
    ok: provider.state !== 'error',
    detail: `${provider.id}: ${provider.message ?? provider.state}`,
  });
  if (reranker !== undefined) {
    const detail = `${reranker.host}: ${reranker.message ?? reranker.state}`;
    checks.push({ name: 'reranker', ok: reranker.state !== 'error', detail });
  }
  for (const folder of folders) {
    checks.push(databaseCheck(folder), indexCheck(folder), await diskCheck(folder, storage));
  }
  return { ok: checks.every(({ ok }) => ok), ms: clock.monotonicMs() - start, checks };
}

function databaseCheck(folder: FolderIndex): HealthCheck {
  return check('database', folder, () => {
    if (!folder.isWriter) return 'can be read; another process writes';
    // Takes the write lock and gives it back.
    folder.catalogue.database.transaction(() => undefined);
    return 'can be written';
  });
}

/**
 * Every vector the catalogue knows of is in the index; more may be in for a moment, while chunks are being removed. Not
 * compared while the two are changing: chunks are marked first and their vectors follow.
 */
function indexCheck(folder: FolderIndex): HealthCheck {
  return check('index', folder, () => {
    const tier = folder.answering?.tier;
    if (tier === undefined) return 'words only';
    if (folder.isChanging) return `${tier.count} vectors, more are on their way`;
    const known = folder.catalogue.ledger.countEmbedded(tier.spaceRow);
    if (tier.count < known) {
      const message = `Only ${tier.count} of ${known} vectors are in the index. Index the folder to put the others back.`;
      throw new AppError('SnapshotDamaged', message);
    }
    return `${known} vectors`;
  });
}

async function diskCheck(folder: FolderIndex, storage: Storage): Promise<HealthCheck> {
  const { folderId, indexDir } = folder.folder;
  try {
    const free = await storage.freeBytes(indexDir);
    return { name: 'disk', folderId, ok: free >= leastFreeBytes, detail: `${Math.floor(free / 1e6)} MB free` };
  } catch (error) {
    return { name: 'disk', folderId, ok: false, detail: toAppError(error).message };
  }
}

function check(name: HealthCheck['name'], { folder: { folderId } }: FolderIndex, body: () => string): HealthCheck {
  try {
    return { name, folderId, ok: true, detail: body() };
  } catch (error) {
    return { name, folderId, ok: false, detail: toAppError(error).message };
  }
}

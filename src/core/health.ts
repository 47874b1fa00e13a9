import { AppError, toAppError } from '../protocol/errors.ts';
import { english, type Phrase, phrase } from '../protocol/phrase.ts';
import type { HealthCheck, HealthReport, ProviderStatus, RerankerStatus } from '../protocol/types.ts';
import type { FolderIndex } from './indexing/folderIndex.ts';
import type { Clock, Storage } from './ports.ts';

/** With less than this an index of a large repository cannot be written to its end. */
const leastFreeBytes = 200e6;

/** What a provider's newest answer said, where it has left no message. */
const stateTexts: Readonly<Record<ProviderStatus['state'], Phrase>> = {
  none: phrase`none`,
  unknown: phrase`unknown`,
  ok: phrase`ok`,
  limited: phrase`limited`,
  error: phrase`error`,
};

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
  const checks: HealthCheck[] = [checked('engine', undefined, true, phrase`answers`)];
  const said = phrase`${provider.id}: ${provider.phrase ?? stateTexts[provider.state]}`;
  checks.push(checked('provider', undefined, provider.state !== 'error', said));
  if (reranker !== undefined) {
    const seen = phrase`${reranker.host}: ${reranker.phrase ?? stateTexts[reranker.state]}`;
    checks.push(checked('reranker', undefined, reranker.state !== 'error', seen));
  }
  for (const folder of folders) {
    checks.push(databaseCheck(folder), indexCheck(folder), await diskCheck(folder, storage));
  }
  return { ok: checks.every(({ ok }) => ok), ms: clock.monotonicMs() - start, checks };
}

function databaseCheck(folder: FolderIndex): HealthCheck {
  return check('database', folder, () => {
    if (!folder.isWriter) return phrase`can be read; another process writes`;
    // Takes the write lock and gives it back.
    folder.catalogue.database.transaction(() => undefined);
    return phrase`can be written`;
  });
}

/**
 * Every vector the catalogue knows of is in the index; more may be in for a moment, while chunks are being removed. Not
 * compared while the two are changing: chunks are marked first and their vectors follow.
 */
function indexCheck(folder: FolderIndex): HealthCheck {
  return check('index', folder, () => {
    const tier = folder.answering?.tier;
    if (tier === undefined) return phrase`words only`;
    if (folder.isChanging) return phrase`${tier.count} vectors, more are on their way`;
    const known = folder.catalogue.ledger.countEmbedded(tier.spaceRow);
    if (tier.count < known) {
      const message = phrase`Only ${tier.count} of ${known} vectors are in the index. Index the folder to put the others back.`;
      throw new AppError('SnapshotDamaged', message);
    }
    return phrase`${known} vectors`;
  });
}

async function diskCheck(folder: FolderIndex, storage: Storage): Promise<HealthCheck> {
  const { folderId, indexDir } = folder.folder;
  try {
    const free = await storage.freeBytes(indexDir);
    return checked('disk', folderId, free >= leastFreeBytes, phrase`${Math.floor(free / 1e6)} MB free`);
  } catch (error) {
    return checked('disk', folderId, false, toAppError(error).phrase);
  }
}

function check(name: HealthCheck['name'], { folder: { folderId } }: FolderIndex, body: () => Phrase): HealthCheck {
  try {
    return checked(name, folderId, true, body());
  } catch (error) {
    return checked(name, folderId, false, toAppError(error).phrase);
  }
}

function checked(name: HealthCheck['name'], folderId: string | undefined, ok: boolean, said: Phrase): HealthCheck {
  return { name, ...(folderId === undefined ? {} : { folderId }), ok, detail: english(said), phrase: said };
}
